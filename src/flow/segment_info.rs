//! What a TCP header says, read once.

use super::outstanding::SegmentTrace;
use crate::wire::tcp::options::TcpOption;
use crate::wire::tcp::{FIXED, Flags};
use crate::wire::{Packet, Protocol};

/// A segment as it arrives.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "a header's flags, one by one")]
pub(super) struct TcpSegmentInfo {
    pub(super) sequence: u32,
    /// Absent without the ACK flag.
    pub(super) acknowledgment: Option<u32>,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    pub(super) window: u16,
    /// Data bytes, by the length fields.
    pub(super) data: u32,
    pub(super) mss: Option<u16>,
    pub(super) shift: Option<u8>,
    pub(super) sack_permitted: bool,
    /// The SACK blocks, which are four at most (RFC 2018 section 3): left edge, right edge.
    pub(super) sack: [Option<(u32, u32)>; 4],
    /// Value and echo reply.
    pub(super) timestamps: Option<(u32, u32)>,
    /// IPv4 identification and TCP checksum: a segment that is sent again has another identification (RFC 6864 section 4.1).
    /// Of a SYN without one its timestamp: sent again, a second later, it has another. The checksum is not usable there, where
    /// the network card computes it. 0: unknown.
    pub(super) fingerprint: u32,
}

impl TcpSegmentInfo {
    /// Reads the header; `None` where it is cut or malformed.
    pub(super) fn of(packet: &Packet<'_>) -> Option<Self> {
        let layer = packet.layer(Protocol::Tcp)?;
        let tcp = layer.tcp()?;
        let header = layer.header().bytes;
        let declared = usize::from(header.get(12)? >> 4) * 4;
        if declared < FIXED || header.len() < declared {
            return None;
        }
        let flags = tcp.flags();
        let mut info = Self {
            sequence: tcp.sequence_number(),
            acknowledgment: flags.has(Flags::ACK).then(|| tcp.acknowledgment_number()),
            syn: flags.has(Flags::SYN),
            fin: flags.has(Flags::FIN),
            rst: flags.has(Flags::RST),
            window: tcp.window(),
            data: u32::try_from(layer.payload_length()).unwrap_or(u32::MAX),
            mss: None,
            shift: None,
            sack_permitted: false,
            sack: [None; 4],
            timestamps: None,
            fingerprint: 0,
        };
        for option in tcp.options() {
            info.note(option);
        }
        let identification = packet.ipv4().map_or(0, |ip| ip.identification());
        info.fingerprint = match (identification, info.timestamps) {
            (0, Some((stamp, _))) if info.syn => stamp,
            (0, _) => 0,
            _ => u32::from(identification) << 16 | u32::from(tcp.checksum()),
        };
        Some(info)
    }

    fn note(&mut self, option: TcpOption<'_>) {
        match option {
            TcpOption::MaximumSegmentSize(mss) => self.mss = Some(mss),
            // RFC 7323 section 2.3
            TcpOption::WindowScale(shift) => self.shift = Some(shift.min(14)),
            TcpOption::SackPermitted => self.sack_permitted = true,
            TcpOption::Sack(blocks) => {
                let mut edges = blocks.edges();
                self.sack = std::array::from_fn(|_| edges.next());
            }
            TcpOption::Timestamps { value, echo_reply } => self.timestamps = Some((value, echo_reply)),
            _ => {}
        }
    }

    /// How many numbers it takes: a byte one, SYN and FIN one each.
    pub(super) fn length(&self) -> u32 {
        let flags = u32::from(self.syn) + u32::from(self.fin);
        self.data.saturating_add(flags)
    }

    /// As it is remembered while nothing has acknowledged it.
    pub(super) fn trace(&self) -> SegmentTrace {
        SegmentTrace {
            start: self.sequence,
            length: self.length(),
            stamp: self.timestamps.map(|(value, _)| value),
            fingerprint: self.fingerprint,
        }
    }

    /// Offers it nothing, not even what a kernel that has a socket always says (the MSS: RFC 9293 section 3.7.1)?
    pub(super) const fn offers_nothing(&self) -> bool {
        self.mss.is_none() && self.shift.is_none() && self.timestamps.is_none() && !self.sack_permitted
    }

    /// None of an orderly connection: only the first SYN comes without ACK, and it opens and does nothing else.
    pub(super) const fn is_stray(&self) -> bool {
        (self.syn && (self.fin || self.rst)) || (!self.syn && !self.rst && self.acknowledgment.is_none())
    }
}
