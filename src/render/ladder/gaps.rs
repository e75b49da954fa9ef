//! Long times in which nothing happens, and why.

use super::{CallPoint, CallRow, Gap, GapReason, LadderInput, LadderRow, RowKind};
use crate::calls::CallName;
use crate::flow::Party;
use crate::flow::segment::{Delay, SegmentPart};

/// A pause is long from this many times the usual pause on.
const LONG: i64 = 10;

/// Nothing shorter is called long, in nanoseconds.
const SHORTEST: i64 = 10_000_000;

/// Nothing shorter is explained by what the connection shows, in nanoseconds.
const SHORTEST_DELAY: i64 = 1_000_000;

/// Puts a row into each long pause.
pub(super) fn explain(rows: Vec<LadderRow>, input: &LadderInput<'_>) -> Vec<LadderRow> {
    let threshold = threshold(&rows);
    let delays = delays(&rows, input);
    let mut known = KnownParties::default();
    let mut explained = Vec::with_capacity(rows.len());
    let mut latest: Option<i64> = None;
    for (row, delay) in rows.into_iter().zip(delays) {
        if let (Some(time), Some(before)) = (row.time, latest) {
            let length = time.saturating_sub(before);
            let delay = delay.filter(|delay| length.saturating_mul(2) >= delay.pause && length >= SHORTEST_DELAY);
            let is_told =
                delay.is_some_and(|delay| !matches!(delay.why, Why::Answer | Why::Challenge | Why::Shown(Delay::Idle)));
            if length >= threshold || is_told {
                let reasons = known.reasons(&row, delay);
                let gap = Gap { length, reasons };
                explained.push(LadderRow {
                    time: None,
                    order_note: None,
                    kind: RowKind::Gap(gap),
                });
            }
        }
        latest = latest.max(end(&row));
        known.see(&row.kind);
        explained.push(row);
    }
    explained
}

/// The time of a row's last packet: a run has several.
fn end(row: &LadderRow) -> Option<i64> {
    match &row.kind {
        RowKind::Run(run) => run.last_time,
        _ => row.time,
    }
}

/// The limit from which a pause is long: far longer than the median pause.
fn threshold(rows: &[LadderRow]) -> i64 {
    let times: Vec<(i64, i64)> = rows.iter().filter_map(|row| row.time.zip(end(row))).collect();
    let mut pauses: Vec<i64> = times
        .windows(2)
        .filter_map(|pair| match pair {
            [(_, before), (after, _)] => Some(after.saturating_sub(*before).max(0)),
            _ => None,
        })
        .collect();
    pauses.sort_unstable();
    let median = pauses.get(pauses.len() / 2).copied().unwrap_or(0);
    median.saturating_mul(LONG).max(SHORTEST)
}

/// Why the next packet comes late.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// The connection shows it.
    Shown(Delay),
    /// It answers the packet before: there and back takes so long.
    Answer,
    /// It answers a segment that does not fit, and that mostly counts as another conversation's: this one was idle until then.
    Challenge,
}

/// The next packet, which comes late.
#[derive(Clone, Copy)]
struct Delayed {
    why: Why,
    sender: Party,
    /// Nanoseconds since the packet before.
    pause: i64,
    is_in_one_host: bool,
}

/// For each row what is known of the pause before the next packet at or after it.
fn delays(rows: &[LadderRow], input: &LadderInput<'_>) -> Vec<Option<Delayed>> {
    let of_packet = |number: u64| {
        // Numbers grow along the capture.
        let index = input.packets.binary_search_by_key(&number, |seen| seen.number).ok()?;
        let in_flow = &input.packets.get(index)?.in_flow;
        let (segment, pause) = (in_flow.segment()?, in_flow.pause?);
        let answers = segment.round_trip.is_some_and(|trip| trip.time >= pause);
        Some(Delayed {
            why: segment
                .delay
                .map(Why::Shown)
                .or_else(|| answers.then_some(Why::Answer))
                .or_else(|| (segment.part == SegmentPart::ChallengeAck).then_some(Why::Challenge))?,
            sender: in_flow.sender,
            pause,
            is_in_one_host: in_flow.is_in_one_host(),
        })
    };
    let mut next = None;
    let mut delays: Vec<Option<Delayed>> = rows
        .iter()
        .rev()
        .map(|row| {
            match &row.kind {
                RowKind::Packet(arrow) => next = of_packet(arrow.number),
                RowKind::Run(run) => next = of_packet(run.first),
                _ => {}
            }
            next
        })
        .collect();
    delays.reverse();
    delays
}

/// What is known of both parties so far.
#[derive(Default)]
struct KnownParties {
    /// Calls that have not returned.
    open: Vec<(Party, CallName)>,
    /// Of whom there was a call or a packet.
    seen: Vec<Party>,
}

impl KnownParties {
    fn see(&mut self, kind: &RowKind) {
        let party = match kind {
            RowKind::Call(call) => call.party,
            RowKind::Packet(arrow) => arrow.from,
            RowKind::Run(run) => run.from,
            RowKind::States(_) | RowKind::Gap(_) | RowKind::Note(_) => return,
        };
        if !self.seen.contains(&party) {
            self.seen.push(party);
        }
        if let RowKind::Call(row) = kind {
            self.see_call(row);
        }
    }

    fn see_call(&mut self, row: &CallRow) {
        let call = (row.party, row.call.call);
        match row.point {
            CallPoint::Entered => self.open.push(call),
            CallPoint::Returned => {
                if let Some(place) = self.open.iter().position(|&open| open == call) {
                    self.open.remove(place);
                }
            }
            CallPoint::Whole => {}
        }
    }

    fn reasons(&self, next: &LadderRow, delay: Option<Delayed>) -> Vec<GapReason> {
        let mut reasons = Vec::new();
        let is_inside = |party: Party| self.open.iter().any(|&(open, _)| open == party);
        match &next.kind {
            RowKind::Call(call) if call.point != CallPoint::Returned && !is_inside(call.party) => {
                // A server whose first call here makes no socket had it already, and another conversation shows it.
                let comes_now = call.party == Party::Client || call.call.call == CallName::Socket;
                reasons.push(if comes_now && !self.seen.contains(&call.party) {
                    GapReason::NotThere(call.party)
                } else {
                    GapReason::Busy(call.party)
                });
            }
            _ => {}
        }
        let told_delay = delay.filter(|delay| delay.why != Why::Shown(Delay::Idle) || reasons.is_empty());
        reasons.extend(told_delay.map(|late| match late.why {
            Why::Shown(Delay::Idle) if !late.is_in_one_host => GapReason::NothingCame,
            Why::Shown(why) => GapReason::Delay(why, late.sender),
            Why::Answer => GapReason::Answer(late.sender),
            Why::Challenge => GapReason::Challenge(late.sender),
        }));
        let mut waiting = self.open.clone();
        waiting.dedup();
        reasons.extend(waiting.into_iter().map(|(party, name)| GapReason::Waiting(party, name)));
        reasons
    }
}
