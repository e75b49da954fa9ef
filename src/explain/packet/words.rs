//! The words for the parts, remarks, delays and causes of a conversation: one table each.
//!
//! A name is short and stable, for filters and programs: `syn-ack`. A tag is shown in brackets on a line: `dup ACK`.

use crate::flow::Roles;
use crate::flow::claim::{Certainty, Claimed};
use crate::flow::datagram::{DatagramPart, Evidence, IcmpErrorKind, Reply};
use crate::flow::segment::{Delay, Remark, RemarkableReset, ResetCause, SegmentPart};

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
        SegmentPart::ChallengeAck => "challenge-ack",
        SegmentPart::OtherSynAck => "other-syn-ack",
        SegmentPart::Reset(_) => "reset",
        SegmentPart::Copy => "copy",
        SegmentPart::Damaged => "damaged",
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
        SegmentPart::Reset(ResetCause::BreaksOffHandshake) => "breaks off the handshake",
        SegmentPart::Reset(ResetCause::NotTaken(RemarkableReset::Ignored)) => "ignored",
        SegmentPart::Reset(ResetCause::NotTaken(RemarkableReset::Challenged)) => "not the number expected",
        SegmentPart::ChallengeAck => "challenge ACK",
        SegmentPart::OtherSynAck => "other ISN",
        SegmentPart::Copy => "same packet again",
        SegmentPart::Damaged => "bad checksum",
        SegmentPart::Stray => "stray",
        _ => return None,
    })
}

/// The stable name of a reset's cause.
#[must_use]
pub const fn cause(cause: ResetCause) -> &'static str {
    match cause {
        ResetCause::NobodyListens => "nobody-listens",
        ResetCause::BreaksOffHandshake => "breaks-off-handshake",
        ResetCause::NoSuchConnection => "no-such-connection",
        ResetCause::ConnectionOver => "connection-over",
        ResetCause::DataAfterClose => "data-after-close",
        ResetCause::Abort => "abort",
        ResetCause::NotTaken(RemarkableReset::Ignored) => "ignored",
        ResetCause::NotTaken(RemarkableReset::Challenged) => "challenged",
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
        Remark::AsksAgain => "asks-again",
        Remark::OtherSyn => "other-syn",
        Remark::GoesOn => "goes-on",
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
        Remark::AsksAgain => "asks again",
        Remark::OtherSyn => "another SYN",
        Remark::GoesOn => "goes on after RST",
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
pub const fn datagram(part: DatagramPart) -> &'static str {
    match part {
        DatagramPart::Request { .. } => "request",
        DatagramPart::Reply(Reply { is_another: false, .. }) | DatagramPart::ReplyToOneOf(_) => "reply",
        DatagramPart::Reply(_) => "another-reply",
        DatagramPart::ReplyFromElsewhere(_) => "reply-from-elsewhere",
        DatagramPart::Copy { .. } => "copy",
        DatagramPart::Unasked => "unasked",
    }
}

/// How sure it is that a reply answers this request: `fact`, where the data show it, or `deduced`.
#[must_use]
pub const fn reply_certainty(evidence: Evidence) -> &'static str {
    certainty(if evidence.is_proof() {
        Certainty::Fact
    } else {
        Certainty::Deduced
    })
}

/// The certainty of a reply that answers one of several requests, as one word.
pub const ONE_OF_SEVERAL: &str = certainty(Certainty::OneOfSeveral);

/// The stable name of what shows which request a reply answers.
#[must_use]
pub const fn evidence(evidence: Evidence) -> &'static str {
    match evidence {
        Evidence::SameData => "same-data",
        Evidence::Uppercase => "same-data-in-uppercase",
        Evidence::DnsQuestion => "dns-identifier-and-question",
        Evidence::ToAsker => "to-the-socket-that-asked",
        Evidence::OnlyWaiting => "only-waiting-request",
        Evidence::AfterPause => "latest-request-after-a-pause",
    }
}

/// The stable name of what an ICMP error says.
#[must_use]
pub const fn icmp_error_kind(icmp_error_kind: IcmpErrorKind) -> &'static str {
    match icmp_error_kind {
        IcmpErrorKind::PortUnreachable => "port-unreachable",
        IcmpErrorKind::ProtocolUnreachable => "protocol-unreachable",
        IcmpErrorKind::Unreachable => "unreachable",
        IcmpErrorKind::Prohibited => "prohibited",
        IcmpErrorKind::TooBig => "too-big",
        IcmpErrorKind::TimeExceeded => "time-exceeded",
        IcmpErrorKind::ReassemblyTimeExceeded => "reassembly-time-exceeded",
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
