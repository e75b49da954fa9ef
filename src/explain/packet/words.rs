//! The words for the parts, remarks, delays and causes of a conversation: one table each.
//!
//! A name is short and stable, for filters and programs: `syn-ack`. A tag is shown in brackets on a line: `dup ACK`.

use crate::flow::Roles;
use crate::flow::claim::{Certainty, Claimed};
use crate::flow::datagram::{self, IcmpErrorKind};
use crate::flow::segment::{Delay, Remark, ResetCause, SegmentPart};

/// The stable name of a segment's part.
#[must_use]
pub const fn part(part: SegmentPart) -> &'static str {
    match part {
        SegmentPart::Syn => "syn",
        SegmentPart::SynAck => "syn-ack",
        SegmentPart::CrossingSyn => "crossing-syn",
        SegmentPart::HandshakeAck => "handshake-ack",
        SegmentPart::Data => "data",
        SegmentPart::Ack => "ack",
        SegmentPart::WindowUpdate => "window-update",
        SegmentPart::KeepAlive => "keep-alive",
        SegmentPart::KeepAliveAck => "keep-alive-ack",
        SegmentPart::WindowProbe => "window-probe",
        SegmentPart::WindowProbeAck => "window-probe-ack",
        SegmentPart::FirstFin => "first-fin",
        SegmentPart::SecondFin => "second-fin",
        SegmentPart::FinAck => "fin-ack",
        SegmentPart::Reset(_) => "reset",
        SegmentPart::Copy => "copy",
        SegmentPart::Stray => "stray",
    }
}

/// What a line says of the part in brackets, where the flags do not say it.
#[must_use]
pub const fn part_tag(part: SegmentPart) -> Option<&'static str> {
    Some(match part {
        SegmentPart::WindowUpdate => "window update",
        SegmentPart::KeepAlive => "keep-alive",
        SegmentPart::KeepAliveAck => "keep-alive ACK",
        SegmentPart::WindowProbe => "window probe",
        SegmentPart::WindowProbeAck => "window probe ACK",
        SegmentPart::CrossingSyn => "crossing SYN",
        SegmentPart::Reset(ResetCause::NobodyListens) => "refused",
        SegmentPart::Reset(ResetCause::HalfOpenScan) => "half-open",
        SegmentPart::Copy => "same packet again",
        SegmentPart::Stray => "stray",
        _ => return None,
    })
}

/// The stable name of a reset's cause.
#[must_use]
pub const fn cause(cause: ResetCause) -> &'static str {
    match cause {
        ResetCause::NobodyListens => "nobody-listens",
        ResetCause::HalfOpenScan => "half-open",
        ResetCause::NoSuchConnection => "no-such-connection",
        ResetCause::DataAfterClose => "data-after-close",
        ResetCause::Abort => "abort",
    }
}

/// The stable name of a remark.
#[must_use]
pub const fn remark(remark: Remark) -> &'static str {
    match remark {
        Remark::Retransmission => "retransmission",
        Remark::FastRetransmission => "fast-retransmission",
        Remark::SpuriousRetransmission => "spurious-retransmission",
        Remark::Overlap => "overlap",
        Remark::OutOfOrder => "out-of-order",
        Remark::Gap => "gap",
        Remark::AcknowledgesUnseen => "acknowledges-unseen",
        Remark::DuplicateAck => "duplicate-ack",
        Remark::DuplicateSack => "duplicate-sack",
        Remark::ZeroWindow => "zero-window",
        Remark::WindowFull => "window-full",
        Remark::PortReuse => "port-reuse",
        Remark::AfterEnd => "after-end",
        Remark::DataInSyn => "data-in-syn",
        Remark::HalfClosed => "half-closed",
        Remark::SimultaneousClose => "simultaneous-close",
        Remark::CrossesEnd => "crosses-end",
    }
}

/// The same in brackets on a line.
#[must_use]
pub const fn remark_tag(remark: Remark) -> &'static str {
    match remark {
        Remark::Retransmission => "retransmission",
        Remark::FastRetransmission => "fast retransmission",
        Remark::SpuriousRetransmission => "spurious retransmission",
        Remark::Overlap => "overlap",
        Remark::OutOfOrder => "out of order",
        Remark::Gap => "bytes missing before",
        Remark::AcknowledgesUnseen => "ACK of unseen bytes",
        Remark::DuplicateAck => "dup ACK",
        Remark::DuplicateSack => "D-SACK",
        Remark::ZeroWindow => "zero window",
        Remark::WindowFull => "window full",
        Remark::PortReuse => "port reuse",
        Remark::AfterEnd => "after the end",
        Remark::DataInSyn => "data in SYN",
        Remark::HalfClosed => "half-closed",
        Remark::SimultaneousClose => "simultaneous close",
        Remark::CrossesEnd => "crosses the end",
    }
}

/// The stable name of a delay's reason.
#[must_use]
pub const fn delay(delay: Delay) -> &'static str {
    match delay {
        Delay::DelayedAck => "delayed-ack",
        Delay::PathOrDelayedAck => "path-or-delayed-ack",
        Delay::PathOrIdle => "path-or-idle",
        Delay::RetransmissionTimer => "retransmission-timer",
        Delay::TailLossProbe => "tail-loss-probe",
        Delay::TimerOrProbe => "timer-or-probe",
        Delay::Idle => "idle",
        Delay::KeepAliveTimer => "keep-alive-timer",
        Delay::ZeroWindow(_) => "zero-window",
        Delay::SmallWindow(_) => "small-window",
    }
}

/// The stable name of what is claimed.
#[must_use]
pub const fn claimed(claimed: Claimed) -> &'static str {
    match claimed {
        Claimed::Remark(remark) => self::remark(remark),
        Claimed::Delay(delay) => self::delay(delay),
        Claimed::Part(part) => self::part(part),
        Claimed::OtherContent => "other-content",
        Claimed::LargerThanMss => "larger-than-mss",
    }
}

/// The stable name of how certain a claim is.
#[must_use]
pub const fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Fact => "fact",
        Certainty::Deduced => "deduced",
        Certainty::OneOfSeveral => "one-of-several",
    }
}

/// The stable name of a datagram's part.
#[must_use]
pub const fn datagram(part: datagram::DatagramPart) -> &'static str {
    match part {
        datagram::DatagramPart::Request { .. } => "request",
        datagram::DatagramPart::Reply { .. } => "reply",
        datagram::DatagramPart::Unasked => "unasked",
    }
}

/// The stable name of what an ICMP error says.
#[must_use]
pub const fn icmp_error_kind(icmp_error_kind: IcmpErrorKind) -> &'static str {
    match icmp_error_kind {
        IcmpErrorKind::PortUnreachable => "port-unreachable",
        IcmpErrorKind::Unreachable => "unreachable",
        IcmpErrorKind::Prohibited => "prohibited",
        IcmpErrorKind::TooBig => "too-big",
        IcmpErrorKind::TimeExceeded => "time-exceeded",
        IcmpErrorKind::Other => "other",
    }
}

/// The stable name of how client and server are known.
#[must_use]
pub const fn roles(roles: Roles) -> &'static str {
    match roles {
        Roles::Seen => "seen",
        Roles::Ports => "ports",
        Roles::First => "first",
    }
}
