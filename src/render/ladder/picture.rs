//! A ladder as data: what it is made from, and what it shows.

use std::net::SocketAddr;

use crate::calls::{Call, Program, Role};
use crate::flow::Party;
use crate::flow::conversation::Conversation;
use crate::flow::datagram::{DatagramPart, IcmpErrorKind};
use crate::flow::number::Number;
use crate::flow::segment::{Delay, Remarks, SegmentPart};
use crate::flow::state::ObservedState;
use crate::frame::Time;
use crate::timeline::{OrderNote, PacketRef, PayloadStart, Timeline};

/// What a ladder is made from.
#[derive(Debug, Clone, Copy)]
pub struct LadderInput<'a> {
    /// The conversation as a whole.
    pub conversation: &'a Conversation,
    /// Its packets, in the order of the capture.
    pub packets: &'a [PacketRef],
    /// Packets that were left out to bound the memory: after how many of `packets`, and how many.
    pub left_out: Option<(usize, u64)>,
    /// Packets and calls in one order.
    pub timeline: &'a Timeline,
    /// Is the other end's capture shown beside it? That shows what this one leaves open.
    pub has_other_end: bool,
    /// Was a call log given?
    pub has_log: bool,
    /// Time of the first packet of the whole capture.
    pub capture_start: Option<Time>,
}

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Long runs of data in one row each.
    Folded,
    /// A row for every packet.
    Full,
}

/// A conversation as a picture.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// Number of the conversation.
    pub conversation: u64,
    /// TCP or UDP.
    pub transport: TransportName,
    /// Packets of the conversation, those included that are not drawn.
    pub packets: u64,
    /// Time 0 of the rows: the first packet's.
    pub start: Option<Time>,
    /// Time of the first packet of the whole capture.
    pub capture_start: Option<Time>,
    /// The client, on the left, and the server, on the right.
    pub lanes: [Lane; 2],
    /// From top to bottom.
    pub rows: Vec<LadderRow>,
    /// What the picture cannot show, in sentences.
    pub notes: Vec<String>,
    /// How it went, in sentences.
    pub outcome: Vec<String>,
}

/// The protocol of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportName {
    /// TCP
    Tcp,
    /// UDP
    Udp,
}

impl TransportName {
    /// `TCP` or `UDP`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// One end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Client or server.
    pub party: Party,
    /// Its address and port.
    pub address: SocketAddr,
    /// Its state before the first packet, of TCP.
    pub state: Option<ObservedState>,
    /// The program, where its calls are known.
    pub program: Option<(Program, u32)>,
    /// Its sockets, in the order of their first calls: role and descriptor.
    pub sockets: Vec<(Role, i64)>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderRow {
    /// Nanoseconds since [`Ladder::start`]; negative before it.
    pub time: Option<i64>,
    /// Remarks about its order.
    pub order_note: Option<OrderNote>,
    /// What it shows.
    pub kind: RowKind,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKind {
    /// The states of client and server before the first packet.
    States([ObservedState; 2]),
    /// A packet: an arrow.
    Packet(Arrow),
    /// Several packets in one arrow.
    Run(SegmentRun),
    /// A socket call.
    Call(CallRow),
    /// Nothing, for a long time.
    Gap(Gap),
    /// A remark between the rows.
    Note(String),
}

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrow {
    /// Its number in the capture.
    pub number: u64,
    /// Who sent it.
    pub from: Party,
    /// How the line looks.
    pub line: ArrowLine,
    /// What it carries.
    pub content: ArrowContent,
    /// How the text begins that it carries.
    pub payload_start: Option<PayloadStart>,
    /// The client's state after it, where it is another one.
    pub client: Option<ObservedState>,
    /// The server's state after it, where it is another one.
    pub server: Option<ObservedState>,
    /// Is it a SYN without any answer, or a UDP request for which no reply was captured?
    pub is_unanswered: bool,
}

impl Arrow {
    /// This party's state after it, where it is another one.
    #[must_use]
    pub const fn state(&self, party: Party) -> Option<ObservedState> {
        match party {
            Party::Client => self.client,
            Party::Server => self.server,
        }
    }
}

/// How a line looks; it means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrowLine {
    /// Opens, closes, acknowledges.
    Control,
    /// Carries data.
    Data,
    /// Carries what was sent before.
    Retransmission,
    /// Refused, or lost: an answer said so.
    Lost,
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrowContent {
    /// A segment.
    Segment {
        /// Its part.
        part: SegmentPart,
        /// Its flags.
        flags: crate::wire::tcp::Flags,
        /// Its sequence number.
        sequence: Number,
        /// Its acknowledgment number.
        acknowledgment: Option<Number>,
        /// Data bytes.
        length: u64,
        /// What is remarkable about it.
        remarks: Remarks,
        /// Number of the packet that it repeats.
        first_sent: Option<u64>,
    },
    /// A datagram with this many data bytes.
    Datagram {
        /// The port that it was sent from.
        source: u16,
        /// The port that it was sent to.
        destination: u16,
        /// Data bytes.
        length: u64,
        /// What it does in its conversation.
        part: DatagramPart,
    },
    /// An ICMP error.
    Notice {
        /// What it says.
        says: IcmpErrorKind,
        /// Number of the packet that it is about.
        about: Option<u64>,
        /// Number of the packet that it repeats.
        copies: Option<u64>,
    },
}

/// Several data segments of one direction, with the acknowledgments among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRun {
    /// Who sent the data.
    pub from: Party,
    /// Number of the first packet.
    pub first: u64,
    /// Number of the last packet.
    pub last: u64,
    /// When that was captured, as the row's time is counted.
    pub last_time: Option<i64>,
    /// Data segments.
    pub segments: u64,
    /// Their data bytes.
    pub bytes: u64,
    /// The other end's acknowledgments among them.
    pub acknowledgments: u64,
}

/// A point of a socket call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRow {
    /// Whose lane.
    pub party: Party,
    /// Which point.
    pub point: CallPoint,
    /// The call.
    pub call: Call,
}

/// A point of a socket call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPoint {
    /// It is entered.
    Entered,
    /// It has returned.
    Returned,
    /// Both, with nothing in between.
    Whole,
}

/// A long time without anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Nanoseconds.
    pub length: i64,
    /// Why, as far as it is known: parts of a sentence.
    pub reasons: Vec<GapReason>,
}

/// Why nothing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapReason {
    /// What the connection shows about the next packet, and which end sent it.
    Delay(Delay, Party),
    /// The next packet is this party's answer to the one before, or to one before that: the way there and back takes so long, and what the
    /// party did meanwhile.
    Answer(Party),
    /// A segment that does not fit the connection came to this party, which answers it.
    Challenge(Party),
    /// Nothing was sent, or it was lost before it came to the place of capture: only a capture at the other end shows which.
    NothingCame,
    /// Nothing of this party was seen before: no call, no packet.
    NotThere(Party),
    /// This party's program was in no socket call of this conversation: it worked, waited for a user, or served others.
    Busy(Party),
    /// This party's program waited in this call.
    Waiting(Party, crate::calls::CallName),
}
