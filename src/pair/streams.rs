//! The bytes of TCP connections, as both captures show them: which packet carries which.

use std::collections::{HashMap, HashSet};

use super::both::{Both, Side};
use super::captures::Capture;
use super::seen::{Kind, Seen};
use crate::flow::number::Sequence;
use crate::wire::tcp::Flags;

/// One direction of a conversation: its number, and whether the low end sends.
pub(super) type Way = (u32, bool);

/// The bytes that a packet carries. SYN and FIN count as one each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Segment {
    /// Number of the first, without wrapping at 2^32.
    pub(super) start: i64,
    /// After the last.
    pub(super) end: i64,
    /// The packet's place in its capture.
    pub(super) place: u32,
}

/// One direction of a connection.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// In the order of each capture.
    pub(super) segments: Both<Vec<Segment>>,
    /// The highest number that the other end expected next, in any of both captures.
    pub(super) acknowledged: Option<i64>,
    /// Those with bytes, by their first one.
    by_start: Both<Vec<Segment>>,
    /// The longest segment.
    longest: i64,
    /// All bytes of each capture, as ranges that do not touch.
    covered: Both<Vec<(i64, i64)>>,
    /// Number of the first segment of all, as it is in the header and without wrapping.
    origin: Option<(u32, i64)>,
    /// The last number, per capture.
    last: Both<Option<(u32, i64)>>,
}

impl Stream {
    /// The number without wrapping: the nearest to the last one. RFC 9293 section 3.4
    fn unwrapped(&mut self, side: Side, number: u32) -> i64 {
        let origin = *self.origin.get_or_insert((number, i64::from(number)));
        let (raw, whole) = self.last.of(side).unwrap_or(origin);
        let next = whole.saturating_add(i64::from(Sequence(number).distance(Sequence(raw))));
        *self.last.of_mut(side) = Some((number, next));
        next
    }

    /// Makes what is looked up later.
    fn finish(&mut self) {
        for side in Side::BOTH {
            let own = self.segments.of(side).iter().filter(|each| each.start < each.end);
            let mut sorted: Vec<Segment> = own.copied().collect();
            sorted.sort_unstable();
            let covered = self.covered.of_mut(side);
            for segment in &sorted {
                self.longest = self.longest.max(segment.end - segment.start);
                match covered.last_mut() {
                    Some((_, end)) if *end >= segment.start => *end = segment.end.max(*end),
                    _ => covered.push((segment.start, segment.end)),
                }
            }
            *self.by_start.of_mut(side) = sorted;
        }
    }

    /// Does this capture have all these bytes?
    pub(super) fn has(&self, side: Side, start: i64, end: i64) -> bool {
        let covered = self.covered.of(side);
        let after = covered.partition_point(|range| range.0 <= start);
        let range = after.checked_sub(1).and_then(|index| covered.get(index));
        range.is_some_and(|range| range.1 >= end)
    }

    /// The segments of this capture that have some of these bytes.
    pub(super) fn overlapping(&self, side: Side, start: i64, end: i64) -> impl Iterator<Item = &Segment> {
        let sorted = self.by_start.of(side);
        let first = sorted.partition_point(|each| each.start < start.saturating_sub(self.longest));
        let near = sorted.get(first..).unwrap_or_default().iter();
        near.take_while(move |each| each.start < end)
            .filter(move |each| each.end > start)
    }
}

/// The streams of these directions.
pub(super) fn streams(captures: &Both<Capture>, wanted: &HashSet<Way>) -> HashMap<Way, Stream> {
    let mut streams: HashMap<Way, Stream> = HashMap::new();
    for side in Side::BOTH {
        for (place, seen) in (0..).zip(&captures.of(side).packets) {
            if seen.kind == Kind::Tcp {
                add(&mut streams, wanted, side, place, seen);
            }
        }
    }
    streams.values_mut().for_each(Stream::finish);
    streams
}

fn add(streams: &mut HashMap<Way, Stream>, wanted: &HashSet<Way>, side: Side, place: u32, seen: &Seen) {
    let way = (seen.conversation, seen.from_low);
    if wanted.contains(&way) {
        let stream = streams.entry(way).or_default();
        let start = stream.unwrapped(side, seen.sequence);
        let end = start.saturating_add(i64::from(seen.takes()));
        stream.segments.of_mut(side).push(Segment { start, end, place });
    }
    let back = (seen.conversation, !seen.from_low);
    if wanted.contains(&back) && seen.flags.has(Flags::ACK) && !seen.flags.has(Flags::RST) {
        let stream = streams.entry(back).or_default();
        let number = stream.unwrapped(side, seen.acknowledgment);
        stream.acknowledged = stream.acknowledged.max(Some(number));
    }
}

/// The ranges without this one.
pub(super) fn without(ranges: &[(i64, i64)], start: i64, end: i64) -> Vec<(i64, i64)> {
    let parts = ranges
        .iter()
        .flat_map(|&(from, to)| [(from, to.min(start)), (from.max(end), to)]);
    parts.filter(|(from, to)| from < to).collect()
}
