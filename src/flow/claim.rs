//! What is claimed of a segment's cause, how certain that is, and what shows it: for programs that check such claims.
//!
//! [`claims`] says in data what the sentences say in words. Where one capture leaves several causes, the sentence names them all, and the
//! claim is [`Certainty::OneOfSeveral`].

use super::order::{OrderSign, SendOrder};
use super::packet_in_flow::PacketInFlow;
use super::repetition::FirstTransmission;
use super::segment::{Delay, Remark, Segment, SegmentPart};
use super::signs::DuplicateCause;

/// How certain a claim is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// The packets say it.
    Fact,
    /// It follows from them by what hosts usually do: that they count their identifications up, which timers they have.
    Deduced,
    /// It is one of the causes that would look the same here.
    OneOfSeveral,
}

/// What shows a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// An earlier packet of this number.
    Packet(u64),
    /// IPv4 identifications or timestamps, compared with those of another packet.
    Order(SendOrder),
    /// The time from here to the sender and back, in nanoseconds, measured before.
    RoundTrip(i64),
    /// The time since the packet before in the conversation, or since the one that came first, in nanoseconds.
    Pause(i64),
    /// Its selective acknowledgments. RFC 2018, RFC 2883
    Selective,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// A remark.
    Remark(Remark),
    /// Why it came late.
    Delay(Delay),
    /// Its part.
    Part(SegmentPart),
    /// It carries other data than the packet that it repeats.
    OtherContent,
    /// It carries more data than one segment may: the network card divides it, or has put it together.
    LargerThanMss,
}

/// A claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// What is claimed.
    pub what: Claimed,
    /// How certain it is.
    pub certainty: Certainty,
    /// What shows it, the strongest first.
    pub evidence: [Option<Evidence>; 3],
}

impl Claim {
    fn new(what: Claimed, certainty: Certainty) -> Self {
        Self {
            what,
            certainty,
            evidence: [None; 3],
        }
    }

    /// The same with what shows it.
    fn by(mut self, evidence: Option<Evidence>) -> Self {
        if let Some(free) = self.evidence.iter_mut().find(|one| one.is_none()) {
            *free = evidence;
        }
        self
    }
}

/// What is claimed of a segment's cause. Of most segments nothing is.
#[must_use]
pub fn claims(in_flow: &PacketInFlow) -> Vec<Claim> {
    let Some(segment) = in_flow.segment() else {
        return Vec::new();
    };
    let mut claims: Vec<Claim> = segment
        .remarks
        .each()
        .filter_map(|remark| of_remark(segment, remark))
        .collect();
    claims.extend(segment.delay.map(|delay| of_delay(in_flow, delay)));
    let signs = &segment.signs;
    let first = segment.first_sent.map(Evidence::Packet);
    let since = signs.since_first.map(Evidence::Pause);
    let pause = in_flow.pause.map(Evidence::Pause);
    let part = Claimed::Part(segment.part);
    match segment.part {
        SegmentPart::Copy => claims.push(Claim::new(part, Certainty::OneOfSeveral).by(first).by(since)),
        SegmentPart::KeepAlive => claims.push(Claim::new(part, Certainty::Deduced).by(pause)),
        SegmentPart::WindowUpdate | SegmentPart::Damaged => claims.push(Claim::new(part, Certainty::Deduced)),
        _ => {}
    }
    if signs.has_other_content {
        claims.push(Claim::new(Claimed::OtherContent, Certainty::OneOfSeveral).by(first));
    }
    if signs.larger_than.is_some() {
        claims.push(Claim::new(Claimed::LargerThanMss, Certainty::OneOfSeveral));
    }
    claims
}

/// How certain an order is.
const fn of_order(order: SendOrder) -> Certainty {
    match order.by {
        OrderSign::Identification(..) => Certainty::Deduced,
        OrderSign::Timestamp(..) => Certainty::Fact,
    }
}

fn of_remark(segment: &Segment, remark: Remark) -> Option<Claim> {
    let signs = &segment.signs;
    let first = segment.first_sent.map(Evidence::Packet);
    let since = signs.since_first.map(Evidence::Pause);
    let order = signs.order.map(Evidence::Order);
    let of = |certainty| Claim::new(Claimed::Remark(remark), certainty);
    Some(match remark {
        Remark::Retransmission | Remark::SpuriousRetransmission => {
            of(of_repetition(segment)).by(order).by(first).by(since)
        }
        Remark::FastRetransmission => of(Certainty::Deduced).by(order).by(first).by(since),
        Remark::OutOfOrder => match (signs.order, signs.round_trip) {
            (Some(known), _) if known.is_before && signs.may_be_sent_again => of(Certainty::OneOfSeveral).by(order),
            (Some(known), _) if known.is_before => of(of_order(known)).by(order),
            _ if signs.has_lower_acknowledgment => of(Certainty::Deduced),
            (_, Some(round_trip)) => of(Certainty::Deduced).by(Some(Evidence::RoundTrip(round_trip))),
            _ => of(Certainty::OneOfSeveral),
        },
        Remark::DuplicateAck => match signs.duplicate {
            Some(DuplicateCause::Gap) => of(Certainty::Fact).by(Some(Evidence::Selective)),
            Some(DuplicateCause::Twice) => of(Certainty::Deduced),
            _ => of(Certainty::OneOfSeveral).by(signs.same_as.map(Evidence::Packet)),
        },
        Remark::DuplicateSack => of(Certainty::Fact).by(Some(Evidence::Selective)),
        Remark::AfterEnd | Remark::CrossesEnd => of(Certainty::Deduced),
        _ => return None,
    })
}

/// That it was sent again: a copy made on the way, or the first transmission, may look the same.
fn of_repetition(segment: &Segment) -> Certainty {
    let later = segment.signs.order.filter(|order| !order.is_before);
    match (segment.repetition, later) {
        (None, _) => Certainty::Fact,
        (Some(_), Some(order)) => of_order(order),
        (Some(repetition), None) if repetition.first == FirstTransmission::NotCaptured || repetition.may_be_older => {
            Certainty::OneOfSeveral
        }
        (Some(_), None) => Certainty::Deduced,
    }
}

fn of_delay(in_flow: &PacketInFlow, delay: Delay) -> Claim {
    let certainty = match delay {
        Delay::PathOrDelayedAck | Delay::PathOrIdle | Delay::TimerOrProbe => Certainty::OneOfSeveral,
        // Between two hosts it may have been under way, or lost before it came here.
        Delay::Idle if !in_flow.is_in_one_host() => Certainty::OneOfSeveral,
        _ => Certainty::Deduced,
    };
    Claim::new(Claimed::Delay(delay), certainty).by(in_flow.pause.map(Evidence::Pause))
}
