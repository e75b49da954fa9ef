//! A TCP segment in its connection: what takes the whole conversation to know. RFC 9293

use super::number::{ByteRange, Number, Sequence};
use super::party::Party;
use super::repetition::{Proof, Repetition};
use super::signs::Signs;
use super::state::Change;

/// What a segment does in its connection.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// Its part.
    pub part: SegmentPart,
    /// The client's state before and after.
    pub client: Change,
    /// The server's state before and after.
    pub server: Change,
    /// Its sequence number.
    pub sequence: Number,
    /// Its acknowledgment number; absent without the ACK flag.
    pub acknowledgment: Option<Number>,
    /// Initial sequence number of the sender's stream, when its SYN was captured.
    pub own_start: Option<Sequence>,
    /// Initial sequence number of the receiver's stream, when its SYN was captured.
    pub other_start: Option<Sequence>,
    /// The data that it carries, as bytes of the sender's stream.
    pub data: Option<ByteRange>,
    /// What it acknowledges for the first time.
    pub acknowledges: Acknowledged,
    /// The window in bytes, as it counts: scaled where both SYNs offered it.
    pub window: Window,
    /// Bytes of the sender's stream that are sent and not acknowledged, this segment's included; absent where not known.
    pub in_flight: Option<u64>,
    /// What is remarkable about it.
    pub remarks: Remarks,
    /// Of a retransmission, and of a copy: number of the packet with the earlier one, where it is remembered.
    pub first_sent: Option<u64>,
    /// What is known about the first transmission, of a retransmission.
    pub repetition: Option<Repetition>,
    /// What it proves about an earlier segment of the other end that was sent again.
    pub proof: Option<Proof>,
    /// Round trip: from the packet that it answers to this one.
    pub round_trip: Option<RoundTrip>,
    /// Number of the packet whose timestamp it echoes (RFC 7323), where it is remembered.
    pub echoes: Option<u64>,
    /// Why it came so long after the packet before, when the connection shows it.
    pub delay: Option<Delay>,
    /// What shows these causes.
    pub signs: Signs,
}

impl Segment {
    /// The numbers of the other end's stream that it reports as arrived twice. RFC 2883
    #[must_use]
    pub fn arrived_twice(&self) -> Option<ByteRange> {
        let (Some(Proof::ArrivedTwice { first, last }), Some(to)) = (self.proof, self.acknowledgment) else {
            return None;
        };
        let relative = |number: Sequence| to.relative + i64::from(number.distance(to.raw));
        Some(ByteRange {
            first: relative(first),
            last: relative(last),
        })
    }
}

/// The part of a segment in its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SegmentPart {
    /// Step 1 of the handshake.
    Syn,
    /// Step 2.
    SynAck,
    /// A SYN that crosses the other end's SYN: both open at once. RFC 9293 section 3.5, figure 7
    CrossingSyn,
    /// Step 3: the acknowledgment that completes the handshake (it may carry data).
    HandshakeAck,
    /// Carries data (an acknowledgment may ride on it).
    Data,
    /// Only acknowledges.
    Ack,
    /// Only announces a new window.
    WindowUpdate,
    /// Asks whether the other end is still there. RFC 9293 section 3.8.4
    KeepAlive,
    /// The answer to that.
    KeepAliveAck,
    /// Asks whether a window of zero has opened. RFC 9293 section 3.8.6.1
    WindowProbe,
    /// The answer to that.
    WindowProbeAck,
    /// The first FIN (it may carry data).
    FirstFin,
    /// The FIN of the other direction.
    SecondFin,
    /// Acknowledges the other end's FIN, and sends none.
    FinAck,
    /// Answers a segment that does not belong to the open connection: says what it expects. RFC 5961 sections 3 and 4
    ChallengeAck,
    /// A SYN-ACK with another initial sequence number, on a connection that is open: its receiver does not take it.
    OtherSynAck,
    /// A RST: ends the connection at once, if its receiver takes it.
    Reset(ResetCause),
    /// An earlier packet once more, which was sent once: captured a second time, or repeated on the way.
    Copy,
    /// Its checksum is wrong, and its sender's were right before: its receiver drops it. RFC 9293 section 3.1
    Damaged,
    /// None of an orderly connection: SYN with FIN, no flags at all, FIN with PSH and URG.
    Stray,
}

/// Why a RST was sent, as far as the packets show it. RFC 9293 section 3.5.3
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResetCause {
    /// It answers a SYN: no program listens on the port (or a firewall says so).
    NobodyListens,
    /// It answers the SYN-ACK, from the end that sent the SYN: a scan that only asked whether the port is open, a client that gave
    /// up, or one to which the SYN was old (RFC 9293 section 3.5, figure 8).
    BreaksOffHandshake,
    /// It answers a segment of a connection that its sender does not have (it was restarted, or has forgotten it).
    NoSuchConnection,
    /// It answers a segment that came after the end of the connection.
    ConnectionOver,
    /// The sender's program closed while data that it had not read were waiting, or data came after it had closed. RFC 2525 section 2.17, RFC 9293 section 3.6
    DataAfterClose,
    /// The sender's program broke off (`SO_LINGER` 0), was killed with data unread, or waited too long: the wire does not tell which.
    Abort,
    /// Its numbers do not fit, so its receiver does not take it; its sender may be another one than it says.
    NotTaken(RemarkableReset),
}

/// What becomes of a RST that does not end the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RemarkableReset {
    /// Its number lies outside the receiver's window, or it does not acknowledge the receiver's SYN. RFC 9293 section 3.10.7.3 and 3.10.7.4
    Ignored,
    /// Its number lies inside the window and is not the one expected next: the receiver answers with a challenge ACK. RFC 5961 section 3.2
    Challenged,
}

/// What an acknowledgment number newly covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Acknowledged {
    /// The other end's SYN.
    pub syn: bool,
    /// Bytes of the other end's stream.
    pub bytes: Option<ByteRange>,
    /// The other end's FIN.
    pub fin: bool,
    /// Number of the last packet that is covered as a whole, where it is remembered.
    pub packet: Option<u64>,
    /// Are there more packets than that one that it covers for the first time?
    pub several: bool,
}

impl Acknowledged {
    /// Is anything newly acknowledged?
    #[must_use]
    pub const fn is_something(&self) -> bool {
        self.syn || self.fin || self.bytes.is_some()
    }
}

/// The advertised window. RFC 7323 section 2
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// As it is in the header.
    pub raw: u16,
    /// How it is scaled.
    pub scale: Scale,
}

impl Window {
    /// The bytes that it means; absent when the scale was not captured.
    #[must_use]
    pub const fn bytes(self) -> Option<u64> {
        match self.scale {
            Scale::Shift(shift) => Some((self.raw as u64) << shift),
            Scale::OfSyn | Scale::NotOffered => Some(self.raw as u64),
            Scale::NotCaptured => None,
        }
    }
}

/// How a window is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// By this many bits, 0 to 14: both SYNs had the option, and this is the sender's shift.
    Shift(u8),
    /// The window of a SYN is never scaled.
    OfSyn,
    /// One of the SYNs did not have the option, so no window is scaled.
    NotOffered,
    /// The SYNs were not captured.
    NotCaptured,
}

/// A measured round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrip {
    /// Number of the packet that is answered.
    pub packet: u64,
    /// Nanoseconds between the two.
    pub time: i64,
}

/// Why a packet came late, when the connection shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delay {
    /// The acknowledgment waited for data to ride on. RFC 9293 section 3.8.6.3 (500 ms at most), Linux: 40 to 200 ms. Its sender is
    /// next to where it was captured, so the path does not explain it.
    DelayedAck,
    /// So it may be, or the path took so long, this time.
    PathOrDelayedAck,
    /// The path to its sender and back takes about so long: what it answers, or waited for, was under way; or nothing held it up.
    PathOrIdle,
    /// The sender waited for an acknowledgment that did not come. RFC 6298
    RetransmissionTimer,
    /// The sender waited for an acknowledgment, and sent its last segment again to get one sooner. RFC 8985 section 7
    TailLossProbe,
    /// One of these two: both would look the same.
    TimerOrProbe,
    /// Nothing is known to hold it up: a program, or the user before it, had nothing to say, or a packet was lost or under way.
    Idle,
    /// The connection was idle until the keep-alive timer ran out.
    KeepAliveTimer,
    /// The window of this end was closed.
    ZeroWindow(Party),
    /// The window of this end had no room for a full segment, and its other end waited for more. RFC 9293 section 3.8.6.2.1
    SmallWindow(Party),
}

/// What is remarkable about a segment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Remarks(u32);

/// One thing that is remarkable about a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Remark {
    /// All of it was sent before, or is missing in the capture and comes too late to have been overtaken. The two that follow
    /// come with this one.
    Retransmission,
    /// The same, after three duplicate acknowledgments asked for it. RFC 5681 section 3.2
    FastRetransmission,
    /// The same, though the other end had acknowledged it already.
    SpuriousRetransmission,
    /// It carries bytes that were sent before, and new ones.
    Overlap,
    /// It comes after segments that were sent later.
    OutOfOrder,
    /// Bytes before it are missing in the capture: lost, or not captured.
    Gap,
    /// It acknowledges bytes that the capture does not have.
    AcknowledgesUnseen,
    /// It says once more what the last acknowledgment said: a segment before is missing. RFC 5681 section 2
    DuplicateAck,
    /// It reports bytes that arrived twice. RFC 2883
    DuplicateSack,
    /// The window that it announces is zero: stop.
    ZeroWindow,
    /// It fills the other end's window to the last byte.
    WindowFull,
    /// Its first numbers were those of an earlier connection between the same ports.
    PortReuse,
    /// It is after the end: the connection was closed or reset, and its sender knew.
    AfterEnd,
    /// Its SYN carries data. RFC 7413 (TCP Fast Open)
    DataInSyn,
    /// One direction is closed, and the other still carries data.
    HalfClosed,
    /// Both ends asked to close at once. RFC 9293 section 3.6, figure 13
    SimultaneousClose,
    /// It asks again after a RST has refused it, with the same initial sequence number.
    AsksAgain,
    /// A SYN with another initial sequence number, while the connection of these addresses and ports is not known to be over.
    OtherSyn,
    /// It carries what is new, after a RST with its sender's address: that RST came from elsewhere.
    GoesOn,
    /// It was captured after the end, and its sender cannot have known of that: it crossed the other end's last segment on the way.
    CrossesEnd,
}

impl Remark {
    /// Every remark.
    pub const ALL: [Self; 20] = [
        Self::Retransmission,
        Self::FastRetransmission,
        Self::SpuriousRetransmission,
        Self::Overlap,
        Self::OutOfOrder,
        Self::Gap,
        Self::AcknowledgesUnseen,
        Self::DuplicateAck,
        Self::DuplicateSack,
        Self::ZeroWindow,
        Self::WindowFull,
        Self::PortReuse,
        Self::AfterEnd,
        Self::DataInSyn,
        Self::HalfClosed,
        Self::SimultaneousClose,
        Self::AsksAgain,
        Self::OtherSyn,
        Self::GoesOn,
        Self::CrossesEnd,
    ];
}

impl Remarks {
    /// None.
    pub const NONE: Self = Self(0);

    /// These and one more.
    #[must_use]
    pub const fn with(self, remark: Remark) -> Self {
        Self(self.0 | 1 << remark as u8)
    }

    /// Is this among them?
    #[must_use]
    pub const fn has(self, remark: Remark) -> bool {
        self.0 & 1 << remark as u8 != 0
    }

    /// Is there none?
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each, in the order of the declaration.
    pub fn each(self) -> impl Iterator<Item = Remark> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let lowest = left.trailing_zeros();
            left &= left.wrapping_sub(1);
            Remark::ALL.get(lowest as usize).copied()
        })
    }
}

impl FromIterator<Remark> for Remarks {
    fn from_iter<I: IntoIterator<Item = Remark>>(remarks: I) -> Self {
        remarks.into_iter().fold(Self::NONE, Self::with)
    }
}
