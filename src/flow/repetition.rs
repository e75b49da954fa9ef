//! Of a segment that was sent again: what the capture shows about the first transmission, and what it leaves open.
//!
//! One capture cannot show everything: whether a packet was lost after it passed the place of capture, or its answer before it came
//! there, both look the same. Nothing here looks ahead: [`Repetition`] is what the packets until the repeated one show, and
//! [`Proof`] is what a later one adds.

use super::number::Sequence;

/// What is known at a retransmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repetition {
    /// About the first transmission.
    pub first: FirstTransmission,
    /// May it be older than what was captured before: a copy that the network made, or an earlier transmission that was overtaken? Its
    /// identification or timestamp excludes that where it is later than the other one's ([`SendOrder`](super::order::SendOrder)).
    pub may_be_older: bool,
    /// What asked for it, of a fast retransmission.
    pub asked: Asked,
}

/// What made a sender send again before its timer ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    /// Nothing that was captured.
    Not,
    /// Three duplicate acknowledgments. RFC 5681 section 3.2
    Duplicates,
    /// Selective acknowledgments of what was sent after it. RFC 6675 section 5, RFC 8985 section 6
    Reports,
    /// An acknowledgment of a part of what was sent before an earlier one was asked for. RFC 6582 section 3.2
    PartialAck,
}

/// What the packets before a retransmission show about the first transmission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FirstTransmission {
    /// A SYN that arrived: the other end answered it with a challenge ACK of the connection before. RFC 9293 section 3.5.1
    Challenged,
    /// It was captured, and no answer to it: it was lost or late, or its answer was, or there was none.
    Open,
    /// An acknowledgment of it was captured, so it had arrived.
    Acknowledged,
    /// Its receiver reported that it had arrived after a hole. RFC 2018
    Reported,
    /// Its receiver showed that it had not arrived: it reported what was sent later (RFC 2018), or it sent its SYN again.
    Missing,
    /// Duplicate acknowledgments asked for it, and such connections do not report what arrived: that it had not is deduced. RFC 5681 section 3.2
    AskedFor,
    /// An ICMP error said that it was not delivered.
    Undelivered,
    /// It carried a SYN with data, and only the SYN was acknowledged. RFC 7413 section 4.2.2
    NotTaken,
    /// Its checksum was wrong where it was captured, so its receiver drops it.
    Damaged,
    /// It was not captured, though bytes after it were.
    NotCaptured,
    /// Nothing can be said: the connection was reset, or too much is under way to remember.
    Unknown,
}

/// What a packet proves about the other end's segments that were sent again before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The packet of this number arrived: the timestamp that is echoed is its own, and not that of the retransmission. RFC 7323
    /// section 4.3
    Arrived(u64),
    /// The packet of this number had not arrived when this one was sent.
    Missing(u64),
    /// These numbers of the other end's stream, as they are in headers, arrived twice. RFC 2883
    ArrivedTwice {
        /// The first.
        first: Sequence,
        /// The last.
        last: Sequence,
    },
}

impl Proof {
    /// The number of the packet that it is about.
    #[must_use]
    pub const fn packet(self) -> Option<u64> {
        match self {
            Self::Arrived(packet) | Self::Missing(packet) => Some(packet),
            Self::ArrivedTwice { .. } => None,
        }
    }
}
