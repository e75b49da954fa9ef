//! Why a segment came late.

use super::analysis::Analysis;
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Delay, Remark, SegmentPart};

/// Pauses below this, in nanoseconds, are what networks and programs take.
const LONG: i64 = 100_000_000;
/// The shortest retransmission timer that is in use: Linux's (`TCP_RTO_MIN`). RFC 6298 section 2.4 asks for one second.
const SHORTEST_TIMER: i64 = 200_000_000;
/// What an acknowledgment has to take more than the network does: Linux waits 40 ms at least (`TCP_DELACK_MIN`), …
const DELAYED: i64 = 30_000_000;
/// … and 500 ms is what RFC 9293 section 3.8.6.3 allows; what took longer, something else held up.
const MOST_DELAYED: i64 = 550_000_000;

/// What the delay of a segment is told from.
pub(super) struct DelaySigns<'a> {
    pub(super) part: SegmentPart,
    pub(super) analysis: &'a Analysis,
    pub(super) acknowledges: &'a Acknowledged,
    /// Since the packet before in the connection, in nanoseconds.
    pub(super) pause: Option<i64>,
    /// Since the segment that it acknowledges was sent.
    pub(super) since_acked: Option<i64>,
    /// What the network takes to the other end and back, by the handshake. Where that was not captured, an acknowledgment may have
    /// been under way all the time.
    pub(super) usual: Option<i64>,
    /// Does its timestamp show that it was sent before what was captured before it?
    pub(super) is_older: bool,
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
    if remarks.has(Remark::Retransmission) && !remarks.has(Remark::FastRetransmission) {
        return (pause >= SHORTEST_TIMER && !signs.is_older).then_some(Delay::RetransmissionTimer);
    }
    match held_by(signs) {
        Some(party) if pause >= LONG => return Some(Delay::ZeroWindow(party)),
        _ => {}
    }
    let acknowledges = signs.acknowledges.bytes.is_some() || signs.acknowledges.fin;
    if matches!(signs.part, SegmentPart::Ack | SegmentPart::FinAck) && acknowledges {
        // Of a segment that was sent again it is not known which time is answered; the last packet may have been that.
        let waited = signs.since_acked?.min(pause).saturating_sub(signs.usual?.max(0));
        let is_it = (DELAYED..MOST_DELAYED).contains(&waited);
        return is_it.then_some(Delay::DelayedAck);
    }
    let speaks = matches!(
        signs.part,
        SegmentPart::Data | SegmentPart::FirstFin | SegmentPart::SecondFin | SegmentPart::Reset(_)
    );
    (speaks && !signs.was_waiting && pause >= LONG).then_some(Delay::Idle)
}

/// Whose closed window it waited for: its sender opens the own one by a bare acknowledgment, all else waits for the other end's.
const fn held_by(signs: &DelaySigns<'_>) -> Option<Party> {
    match (signs.part, signs.full) {
        (SegmentPart::WindowUpdate | SegmentPart::Ack | SegmentPart::WindowProbeAck, [true, _]) => Some(signs.sender),
        (_, [_, true]) => Some(signs.sender.other()),
        _ => None,
    }
}
