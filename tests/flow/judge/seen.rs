//! What was captured before a packet, and what it may explain.

use std::collections::{BTreeMap, BTreeSet};

use socket_lab::flow::segment::{Segment, SegmentPart};

/// What was captured of one direction before a packet, kept whole: numbers relative to its beginning.
#[derive(Default)]
pub(super) struct Seen {
    /// Ranges that do not touch: start, and the number after the end.
    pub(super) ranges: BTreeMap<i64, i64>,
    /// The highest number sent, plus one.
    pub(super) next: Option<i64>,
    /// The highest acknowledgment, and the last one.
    pub(super) acked: Option<i64>,
    pub(super) last_ack: Option<i64>,
    /// Some acknowledgment came late.
    pub(super) acks_were_reordered: bool,
    /// Packets whose numbers were sent more than once.
    pub(super) repeated: BTreeSet<u64>,
    /// Packets by range.
    pub(super) sent: Vec<(i64, i64, u64)>,
    pub(super) fin: bool,
    /// Duplicate acknowledgments of it in a row.
    pub(super) duplicates: u32,
    pub(super) window: Option<u16>,
}

impl Seen {
    /// How many of these numbers were captured.
    pub(super) fn count(&self, from: i64, to: i64) -> i64 {
        let overlaps = self.ranges.iter().map(|(&start, &end)| end.min(to) - start.max(from));
        overlaps.filter(|&length| length > 0).sum()
    }

    pub(super) fn add(&mut self, from: i64, to: i64, packet: u64) {
        let again = self.sent.iter().filter(|(start, end, _)| *start < to && from < *end);
        let mut repeated: Vec<_> = again.map(|&(_, _, packet)| packet).collect();
        if !repeated.is_empty() {
            repeated.push(packet);
        }
        self.repeated.extend(repeated);
        self.sent.push((from, to, packet));
        let (mut start, mut end) = (from, to);
        self.ranges.retain(|&other, &mut until| {
            let touches = other <= end && start <= until;
            if touches {
                start = start.min(other);
                end = end.max(until);
            }
            !touches
        });
        self.ranges.insert(start, end);
    }
}

/// A packet on which we and tshark differ: what may explain it.
pub(super) struct Case<'a> {
    pub(super) segment: &'a Segment,
    /// First number, and the number after the last.
    pub(super) range: (i64, i64),
    /// The sender's stream before it, and the other one.
    pub(super) own: &'a Seen,
    pub(super) other: &'a Seen,
}

impl Case<'_> {
    /// So many of its numbers were captured before.
    pub(super) fn repeats(&self) -> i64 {
        self.own.count(self.range.0, self.range.1)
    }

    /// Is it a SYN-ACK whose sender had sent a SYN? tshark takes it for that SYN, sent again.
    pub(super) fn answers_a_crossing_syn(&self) -> bool {
        self.segment.part == SegmentPart::SynAck && self.own.count(0, 1) == 1
    }

    pub(super) fn length(&self) -> i64 {
        self.range.1 - self.range.0
    }

    pub(super) fn acknowledgment(&self) -> i64 {
        self.segment.acknowledgment.map_or(i64::MIN, |number| number.relative)
    }

    /// Does it acknowledge for the first time, and numbers that were not captured?
    pub(super) fn acknowledges_unseen(&self) -> bool {
        let to = self.acknowledgment();
        let from = self.other.acked.unwrap_or(i64::MAX);
        to > from && self.other.next.is_some() && self.other.count(from, to) < to - from
    }
}
