//! What a TCP header says, read once.

use super::outstanding::SegmentTrace;
use crate::wire::sum::{add, fold};
use crate::wire::tcp::options::TcpOption;
use crate::wire::tcp::{FIXED, Flags};
use crate::wire::{Checksum, Layer, Packet, Protocol};

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
    pub(super) psh: bool,
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
    /// IPv4 identification; 0 over IPv6, and where a sender does not use it. Most senders count it up, a packet one (RFC 6864 section 4.1
    /// asks that of what may be fragmented only).
    pub(super) identification: u16,
    /// TCP checksum, as it is in the header.
    pub(super) checksum: u16,
    /// The sum of its data as the checksum has it; absent without data, and where the network card is to compute the checksum.
    pub(super) payload_sum: Option<u16>,
    /// Is its checksum right?
    pub(super) verdict: ChecksumVerdict,
}

/// Is a checksum right?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChecksumVerdict {
    Right,
    Wrong,
    /// It is left to the network card, or not all that it covers was captured.
    Unknown,
}

/// Larger segments are put together or to be divided, and their checksums computed, by the network card.
const MOST_CHECKED: u32 = 2_048;

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
            psh: flags.has(Flags::PSH),
            window: tcp.window(),
            data: u32::try_from(layer.payload_length()).unwrap_or(u32::MAX),
            mss: None,
            shift: None,
            sack_permitted: false,
            sack: [None; 4],
            timestamps: None,
            identification: packet.ipv4().map_or(0, |ip| ip.identification()),
            checksum: tcp.checksum(),
            payload_sum: None,
            verdict: ChecksumVerdict::Unknown,
        };
        for option in tcp.options() {
            info.note(option);
        }
        if info.data > 0 {
            info.payload_sum = payload_sum(packet, header, info.data);
        }
        if info.data <= MOST_CHECKED {
            info.verdict = verdict(packet);
        }
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

    /// What it reports by selective acknowledgments, all edges in one number; 0: nothing.
    pub(super) fn reported(&self) -> u32 {
        let edges = self.sack.iter().flatten();
        edges.fold(0, |sum, &(left, right)| {
            sum.rotate_left(7)
                .wrapping_add(left.wrapping_mul(31))
                .wrapping_add(right)
        })
    }

    /// As it is remembered while nothing has acknowledged it.
    pub(super) fn trace(&self) -> SegmentTrace {
        SegmentTrace {
            start: self.sequence,
            length: self.length(),
            stamp: self.timestamps.map(|(value, _)| value),
            identification: self.identification,
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

/// Is the checksum of the segment right?
fn verdict(packet: &Packet<'_>) -> ChecksumVerdict {
    let is_it = |layer: &Layer<'_>| layer.protocol() == Protocol::Tcp && !layer.is_quoted();
    let index = packet.layers().iter().rposition(is_it);
    match index.and_then(|index| packet.checksum(index)) {
        Some(Checksum::Ok) => ChecksumVerdict::Right,
        Some(Checksum::Bad { .. }) => ChecksumVerdict::Wrong,
        _ => ChecksumVerdict::Unknown,
    }
}

/// What the data add to the checksum of a segment: the sum of all that it covers is 0 (RFC 9293 section 3.1), so without the header and
/// the pseudo-header the data's are left. A card that is to compute the checksum finds the pseudo-header's sum there.
fn payload_sum(packet: &Packet<'_>, header: &[u8], data: u32) -> Option<u16> {
    let length = u64::from(data) + header.len() as u64;
    let addresses = match (packet.ipv4(), packet.ipv6()) {
        (Some(ip), _) => add(add(0, &ip.source().octets()), &ip.destination().octets()),
        (None, Some(ip)) => add(add(0, &ip.source().octets()), &ip.destination().octets()),
        (None, None) => return None,
    };
    let pseudo = addresses + 6 + length;
    let checksum = header.get(16..18).map_or(0, |checksum| fold(add(0, checksum)));
    let is_partial = checksum == 0 || fold(pseudo) == checksum;
    // Both zeros of ones' complement are the same.
    (!is_partial).then(|| !fold(add(pseudo, header)) % u16::MAX)
}
