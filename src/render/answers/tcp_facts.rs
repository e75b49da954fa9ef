//! What the questions need of a TCP connection.

use std::net::SocketAddr;

use super::arithmetic::between;
use super::streams::StreamFacts;
use crate::flow::number::Number;
use crate::flow::segment::{Remark, ResetCause, Segment, SegmentPart};
use crate::flow::state::State;
use crate::flow::{PacketInFlow, Party, Roles};
use crate::frame::Time;
use crate::render::proof::Proof;
use crate::wire::tcp::options::TcpOption;
use crate::wire::{Packet, Protocol};
use crate::wire::{ipv4, ipv6, tcp};

/// A round trip of this many nanoseconds is longer than what kernels and programs take.
pub(super) const MEASURABLE: i64 = 2_000_000;

/// A TCP connection.
#[derive(Debug, Clone)]
pub(super) struct TcpFacts {
    pub(super) conversation: u64,
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) roles: Roles,
    pub(super) packets: u64,
    pub(super) first_packet: u64,
    pub(super) last_packet: u64,
    pub(super) syn: Option<SynFacts>,
    pub(super) syn_ack: Option<SynFacts>,
    /// The SYN or the SYN-ACK was sent again.
    pub(super) opening_again: bool,
    /// The packet that completes the handshake.
    pub(super) completed: Option<u64>,
    completed_time: Option<Time>,
    /// The packet that comes after that one.
    pub(super) after_handshake: Option<u64>,
    /// This many packets come after it.
    pub(super) after: u64,
    /// Who sent data first.
    pub(super) first_sender: Option<Party>,
    /// Both directions were closed, or it was reset.
    pub(super) ended: bool,
    /// The first RST, and why it was sent.
    pub(super) reset: Option<(u64, ResetCause)>,
    /// Bytes are missing in the capture.
    pub(super) gaps: u64,
    pub(super) client_stream: StreamFacts,
    pub(super) server_stream: StreamFacts,
}

/// A SYN or a SYN-ACK.
#[derive(Debug, Clone)]
pub(super) struct SynFacts {
    pub(super) number: u64,
    pub(super) time: Option<Time>,
    pub(super) sequence: Number,
    pub(super) acknowledgment: Option<Number>,
    pub(super) sack_permitted: bool,
    pub(super) mss: Option<u16>,
    pub(super) fields: Vec<Proof>,
}

impl SynFacts {
    fn of(number: u64, time: Option<Time>, packet: &Packet<'_>, segment: &Segment) -> Option<Self> {
        let tcp = packet.tcp()?;
        let mut opened = Self {
            number,
            time,
            sequence: segment.sequence,
            acknowledgment: segment.acknowledgment,
            sack_permitted: false,
            mss: None,
            fields: Vec::new(),
        };
        for option in tcp.options() {
            match option {
                TcpOption::SackPermitted => opened.sack_permitted = true,
                TcpOption::MaximumSegmentSize(mss) => opened.mss = Some(mss),
                _ => {}
            }
        }
        let ids = [
            tcp::id::SRCPORT,
            tcp::id::DSTPORT,
            tcp::id::SEQ_RAW,
            tcp::id::ACK_RAW,
            tcp::id::FLAGS,
            tcp::options::id::SACK_PERM,
        ];
        let fields = ids.into_iter();
        opened.fields = fields
            .filter_map(|id| Proof::of(number, packet, Protocol::Tcp, id))
            .chain(address(number, packet, Party::Client))
            .chain(address(number, packet, Party::Server))
            .collect();
        Some(opened)
    }

    /// The fields of these names, in this order.
    pub(super) fn fields<'f>(&'f self, ids: &'f [&str]) -> impl Iterator<Item = &'f Proof> {
        ids.iter()
            .filter_map(|id| self.fields.iter().find(|proof| proof.id == *id))
    }
}

/// The source address of a packet (the sender is called the client here), or its destination address.
fn address(number: u64, packet: &Packet<'_>, end: Party) -> Option<Proof> {
    let (four, six) = match end {
        Party::Client => (ipv4::id::SRC, ipv6::id::SRC),
        Party::Server => (ipv4::id::DST, ipv6::id::DST),
    };
    Proof::of(number, packet, Protocol::Ipv4, four).or_else(|| Proof::of(number, packet, Protocol::Ipv6, six))
}

impl TcpFacts {
    /// A connection of which nothing was taken yet.
    pub(super) fn new(number: u64, in_flow: &PacketInFlow) -> Self {
        Self {
            conversation: in_flow.conversation,
            client: in_flow.client,
            server: in_flow.server,
            roles: in_flow.roles,
            packets: 0,
            first_packet: number,
            last_packet: number,
            syn: None,
            syn_ack: None,
            opening_again: false,
            completed: None,
            completed_time: None,
            after_handshake: None,
            after: 0,
            first_sender: None,
            ended: false,
            reset: None,
            gaps: 0,
            client_stream: StreamFacts::new(),
            server_stream: StreamFacts::new(),
        }
    }

    /// What this party sent.
    pub(super) const fn stream(&self, party: Party) -> &StreamFacts {
        match party {
            Party::Client => &self.client_stream,
            Party::Server => &self.server_stream,
        }
    }

    const fn stream_mut(&mut self, party: Party) -> &mut StreamFacts {
        match party {
            Party::Client => &mut self.client_stream,
            Party::Server => &mut self.server_stream,
        }
    }

    /// This party's address and port.
    pub(super) const fn end(&self, party: Party) -> SocketAddr {
        match party {
            Party::Client => self.client,
            Party::Server => self.server,
        }
    }

    /// Who sent more data; of two who sent the same, who sent first.
    pub(super) fn main_sender(&self) -> Option<Party> {
        let first = self.first_sender?;
        let sent = |party| self.stream(party).reach();
        Some(if sent(first.other()) > sent(first) {
            first.other()
        } else {
            first
        })
    }

    /// Takes a segment of it.
    pub(super) fn take(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow) {
        self.packets += 1;
        self.last_packet = number;
        let Some(segment) = in_flow.segment() else {
            return;
        };
        (self.client, self.server, self.roles) = (in_flow.client, in_flow.server, in_flow.roles);
        if self.completed.is_some() {
            self.after_handshake = self.after_handshake.or(Some(number));
            self.after += 1;
        }
        match segment.part {
            SegmentPart::Syn if self.syn.is_none() => self.syn = SynFacts::of(number, time, packet, segment),
            SegmentPart::SynAck if self.syn_ack.is_none() => {
                self.syn_ack = SynFacts::of(number, time, packet, segment);
            }
            SegmentPart::Syn | SegmentPart::SynAck => self.opening_again = true,
            SegmentPart::HandshakeAck if self.completed.is_none() => {
                (self.completed, self.completed_time) = (Some(number), time);
            }
            SegmentPart::Reset(cause) if self.reset.is_none() => self.reset = Some((number, cause)),
            _ => {}
        }
        self.gaps += u64::from(segment.remarks.has(Remark::Gap));
        let is_over = |state| matches!(state, State::Closed | State::TimeWait);
        let was_opened = self.syn_ack.is_some() || self.syn.is_none();
        let both = is_over(segment.client.after.when_received()) && is_over(segment.server.after.when_received());
        self.ended |= (both && was_opened) || matches!(segment.part, SegmentPart::Reset(_));
        if segment.data.is_some() && self.first_sender.is_none() {
            self.first_sender = Some(in_flow.sender);
        }
        if segment.data.is_some() {
            self.stream_mut(in_flow.sender.other()).interrupt();
        }
        let round_trip = self.handshake_halves().map(|(there, back)| there.saturating_add(back));
        self.stream_mut(in_flow.sender)
            .send(number, time, packet, segment, round_trip);
        self.stream_mut(in_flow.sender.other())
            .acknowledge(number, time, packet, segment);
    }

    /// Nanoseconds from the SYN to the SYN-ACK, and from there to the ACK: together a round trip, wherever on the path the
    /// capture was made. `None` where a time is missing, or where it is unknown which of two SYNs was answered.
    pub(super) fn handshake_halves(&self) -> Option<(i64, i64)> {
        let (syn, syn_ack) = (self.syn.as_ref()?.time, self.syn_ack.as_ref()?.time);
        let halves = (between(syn, syn_ack)?, between(syn_ack, self.completed_time)?);
        (!self.opening_again && halves.0 >= 0 && halves.1 >= 0).then_some(halves)
    }

    /// Was the capture made near the end that receives this party's data? The part of the handshake's round trip that lies on
    /// that side is the shorter one by far then.
    pub(super) fn is_captured_at_receiver(&self, sender: Party) -> bool {
        let Some((there, back)) = self.handshake_halves() else {
            return false;
        };
        let (own, other) = match sender {
            Party::Client => (there, back),
            Party::Server => (back, there),
        };
        // On a short path, what the programs and kernels take decides.
        other >= MEASURABLE && own < other / 4
    }

    /// The RST that ended it before its handshake was complete, and why it was sent.
    pub(super) fn broken_off(&self) -> Option<(u64, ResetCause)> {
        let is_open = self.completed.is_some() || self.first_sender.is_some();
        self.reset.filter(|_| self.syn.is_some() && !is_open)
    }

    /// How well the questions can be answered from it: 3 with handshake, data and end, 2 with handshake and data, 1 with data,
    /// 0 without.
    pub(super) fn rank(&self) -> u8 {
        let data = self.first_sender.is_some();
        let handshake = self.syn.is_some() && self.syn_ack.is_some() && self.completed.is_some();
        match (data, handshake, self.ended) {
            (true, true, true) => 3,
            (true, true, false) => 2,
            (true, false, _) => 1,
            (false, _, _) => 0,
        }
    }
}
