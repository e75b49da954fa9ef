//! Why a segment came late.

use super::analysis::Analysis;
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Delay, Remark, SegmentPart};

/// Pauses below this, in nanoseconds, are what networks and programs take.
const LONG: i64 = 100_000_000;
/// The shortest retransmission timer that most systems have: Linux's (`TCP_RTO_MIN`). RFC 6298 section 2.4 asks for one second.
pub(super) const SHORTEST_TIMER: i64 = 200_000_000;
/// The shortest one in use, as far as is known: FreeBSD's (`net.inet.tcp.rexmit_min`).
const SHORTEST_OF_ALL: i64 = 30_000_000;
/// The shortest timer of a tail loss probe: Linux's (`TCP_TIMEOUT_MIN`, two of its ticks). RFC 8985 section 7.2 asks for two round trips.
const SHORTEST_PROBE: i64 = 2_000_000;
/// Within so short a time, in nanoseconds, a segment may be the reaction to what came before it.
const REACTION: i64 = 5_000_000;
/// What an acknowledgment has to take more than the network does: Linux waits 40 ms at least (`TCP_DELACK_MIN`), …
const DELAYED: i64 = 30_000_000;
/// … and 500 ms is what RFC 9293 section 3.8.6.3 allows; what took longer, something else held up.
const MOST_DELAYED: i64 = 550_000_000;
/// An end is where it was captured when it answered so soon. Any other is behind a path, and a path that once took a millisecond or less
/// may take longer at any time: by a queue, by a radio link, by a busy machine.
const NEXT_TO: i64 = 100_000;

/// What the delay of a segment is told from.
pub(super) struct DelaySigns<'a> {
    pub(super) part: SegmentPart,
    pub(super) analysis: &'a Analysis,
    pub(super) acknowledges: &'a Acknowledged,
    /// Since the packet before in the connection, in nanoseconds.
    pub(super) pause: Option<i64>,
    /// Since the segment that it acknowledges was sent.
    pub(super) since_acked: Option<i64>,
    /// The least time that the sender took to answer, by the packets before: the path there and back. Where it was not measured, what
    /// comes late may have been under way all the time.
    pub(super) round_trip: Option<i64>,
    /// How many bytes the sender could send before the other end's window was full.
    pub(super) room: Option<u64>,
    /// The longest segment that the other end takes.
    pub(super) mss: u16,
    /// Do both ends report what arrives before its turn? Tail loss probes need that. RFC 8985 section 7.1
    pub(super) is_over_sack: bool,
    /// Data bytes.
    pub(super) length: u32,
    /// Was anything outstanding before it?
    pub(super) was_waiting: bool,
    pub(super) sender: Party,
    /// Were the windows closed: the sender's own, and the other end's?
    pub(super) full: [bool; 2],
}

/// Why it came late, if it did and the connection shows it.
pub(super) fn of(signs: &DelaySigns<'_>) -> Option<Delay> {
    let pause = signs.pause?;
    let remarks = signs.analysis.remarks;
    if signs.part == SegmentPart::KeepAlive {
        return (pause >= LONG).then_some(Delay::KeepAliveTimer);
    }
    if remarks.has(Remark::Retransmission) {
        return again(signs, pause);
    }
    match held_by(signs) {
        Some(party) if pause >= LONG => return Some(Delay::ZeroWindow(party)),
        _ => {}
    }
    let acknowledges = signs.acknowledges.bytes.is_some() || signs.acknowledges.fin;
    if matches!(signs.part, SegmentPart::Ack | SegmentPart::FinAck) && acknowledges {
        return acknowledgment(signs, pause);
    }
    let speaks = matches!(
        signs.part,
        SegmentPart::Data | SegmentPart::FirstFin | SegmentPart::SecondFin | SegmentPart::Reset(_)
    );
    if !speaks || signs.was_waiting || pause < LONG {
        return None;
    }
    // RFC 9293 section 3.8.6.2.1: less than a full segment waits for room, and then fills what there is.
    let is_small = signs.room.is_some_and(|room| room < u64::from(signs.mss));
    if is_small && remarks.has(Remark::WindowFull) && signs.length > 0 {
        return Some(Delay::SmallWindow(signs.sender.other()));
    }
    // The packet before was under way to it, and this one back. What is more than half as long again, that does not explain.
    let is_path = signs
        .round_trip
        .is_some_and(|trip| pause <= trip.saturating_add(trip / 2));
    Some(if is_path { Delay::PathOrIdle } else { Delay::Idle })
}

/// Of a retransmission: which timer.
fn again(signs: &DelaySigns<'_>, pause: i64) -> Option<Delay> {
    let analysis = signs.analysis;
    // By a timestamp or identification it may be known that it is not older than what was captured before.
    let is_older = analysis.signs.order.is_none() && analysis.has_marks && analysis.may_be_older();
    if is_older || analysis.remarks.has(Remark::FastRetransmission) {
        return None;
    }
    // RFC 8985 section 7.3: the probe is the last segment, and there is one of them; the timer sends the first one again.
    let may_probe = signs.is_over_sack
        && matches!(
            signs.part,
            SegmentPart::Data | SegmentPart::FirstFin | SegmentPart::SecondFin
        )
        && !analysis.has_later
        && !analysis.is_repeated_again
        && !analysis.remarks.has(Remark::SpuriousRetransmission);
    // The timer begins with the first transmission (RFC 6298 section 5.1), and goes off without anything that came just before.
    let since = analysis.signs.since_first.unwrap_or(pause).max(pause);
    let reaction = signs
        .round_trip
        .map_or(0, |trip| trip.saturating_add(trip / 2))
        .max(REACTION);
    // It is the first one that the timer sends again (RFC 6298 section 5.4).
    let is_first = !analysis.has_earlier;
    let least = if is_first { SHORTEST_OF_ALL } else { SHORTEST_TIMER };
    let is_timer = pause > reaction && (pause >= least || is_first && since >= SHORTEST_TIMER);
    let is_probe = may_probe && (analysis.has_earlier || !is_timer);
    if is_probe {
        let two = signs.round_trip.map_or(SHORTEST_PROBE, |trip| trip.saturating_mul(2));
        return (pause >= two.max(SHORTEST_PROBE)).then_some(Delay::TailLossProbe);
    }
    is_timer.then_some(if may_probe {
        Delay::TimerOrProbe
    } else {
        Delay::RetransmissionTimer
    })
}

/// Of an acknowledgment: its sender's kernel waited, or it was under way.
fn acknowledgment(signs: &DelaySigns<'_>, pause: i64) -> Option<Delay> {
    // Of a segment that was sent again it is not known which time is answered; the last packet may have been that.
    let since = signs.since_acked?.min(pause);
    let waited = since.saturating_sub(signs.round_trip.unwrap_or(0));
    if !(DELAYED..MOST_DELAYED).contains(&waited) {
        return None;
    }
    Some(match signs.round_trip {
        Some(trip) if trip <= NEXT_TO => Delay::DelayedAck,
        _ => Delay::PathOrDelayedAck,
    })
}

/// Whose closed window it waited for: its sender opens the own one by a bare acknowledgment, all else waits for the other end's.
const fn held_by(signs: &DelaySigns<'_>) -> Option<Party> {
    match (signs.part, signs.full) {
        (SegmentPart::WindowUpdate | SegmentPart::Ack | SegmentPart::WindowProbeAck, [true, _]) => Some(signs.sender),
        (_, [_, true]) => Some(signs.sender.other()),
        _ => None,
    }
}
