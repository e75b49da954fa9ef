//! Bytes of a stream that are in other packets at each end.
//!
//! A kernel hands its network card segments of up to 64 KiB, which the card divides (TSO), and puts arriving ones together (GRO).
//! A capture sees the large ones. So what was one packet at one end may be 45 at the other, and byte ranges tell which.

use std::collections::HashMap;

use super::both::Side;
use super::captures::Capture;
use super::fate::{self, Fate, Fates, Regrouping};
use super::streams::{Segment, Stream, without};

/// A segment that was sent, and the ranges of it that have not been found yet.
struct Sent {
    segment: Segment,
    time: i64,
    left: Vec<(i64, i64)>,
}

/// How times are compared.
pub(super) struct Times<'t> {
    /// A time of a capture by A's clock.
    pub(super) by_a: &'t dyn Fn(Side, i64) -> i64,
    /// What a packet takes mostly on this way.
    pub(super) delay: i64,
    /// How far the clocks may be wrong.
    pub(super) slack: i64,
}

/// What carries the same bytes at each end, and was not equal.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In other packets.
    pub(super) regroupings: Vec<Regrouping>,
    /// In one packet at each end, the same bytes to the last: not divided, so it must differ in something else. By their places,
    /// where it was sent and where it arrived.
    pub(super) alike: Vec<(Side, u32, u32)>,
}

/// Finds the regroupings of a stream that is sent at this capture.
pub(super) fn find(
    stream: &Stream,
    from: Side,
    captures: (&Capture, &Capture),
    times: &Times<'_>,
    fates: &mut Fates,
    found: &mut Found,
) {
    let (sender, receiver) = captures;
    let open = |side: Side, fates: &Fates| -> Vec<Segment> {
        let own = stream.segments.of(side).iter();
        own.filter(|each| each.start < each.end && fate::is_open(fates, side, each.place as usize))
            .copied()
            .collect()
    };
    let (mut segments, arrived) = (open(from, fates), open(from.other(), fates));
    if segments.is_empty() || arrived.is_empty() {
        return;
    }
    segments.sort_unstable();
    let time = |side: Side, capture: &Capture, place: u32| {
        capture
            .packets
            .get(place as usize)
            .map_or(0, |seen| (times.by_a)(side, seen.time))
    };
    let longest = segments
        .iter()
        .map(|each| each.end - each.start)
        .max()
        .unwrap_or_default();
    let mut sent: Vec<Sent> = segments
        .into_iter()
        .map(|segment| Sent {
            time: time(from, sender, segment.place),
            left: vec![(segment.start, segment.end)],
            segment,
        })
        .collect();
    let mut links = Vec::new();
    for segment in arrived {
        let arrival = time(from.other(), receiver, segment.place);
        let first = sent.partition_point(|each| each.segment.start < segment.start - longest);
        let overlapping = sent.iter().enumerate().skip(first);
        let overlapping = overlapping.take_while(|(_, each)| each.segment.start < segment.end);
        let mut candidates: Vec<(i64, usize)> = overlapping
            .filter(|(_, each)| each.segment.end > segment.start && arrival.saturating_sub(each.time) >= -times.slack)
            .map(|(index, each)| {
                let transit = arrival.saturating_sub(each.time);
                (transit.saturating_sub(times.delay).saturating_abs(), index)
            })
            .collect();
        candidates.sort_unstable();
        let mut needed = vec![(segment.start, segment.end)];
        for (_, index) in candidates {
            let Some(each) = sent.get_mut(index) else { continue };
            let mut takes = false;
            for (from, to) in needed.clone() {
                for (start, end) in each.left.clone() {
                    let (start, end) = (start.max(from), end.min(to));
                    if start < end {
                        each.left = without(&each.left, start, end);
                        needed = without(&needed, start, end);
                        takes = true;
                    }
                }
            }
            if takes {
                links.push((index, segment));
            }
        }
    }
    keep(from, &sent, &links, fates, found);
}

/// What is linked, directly or through others, is one regrouping.
fn keep(from: Side, sent: &[Sent], links: &[(usize, Segment)], fates: &mut Fates, found: &mut Found) {
    let ranges: HashMap<u32, (i64, i64)> = links
        .iter()
        .map(|(_, segment)| (segment.place, (segment.start, segment.end)))
        .collect();
    let (mut of_sent, mut of_received): (HashMap<usize, usize>, HashMap<u32, usize>) = (HashMap::new(), HashMap::new());
    let mut groups: Vec<(Vec<usize>, Vec<u32>)> = Vec::new();
    for &(index, Segment { place, .. }) in links {
        let known = (of_sent.get(&index).copied(), of_received.get(&place).copied());
        let group = match known {
            (Some(one), Some(other)) if one != other => {
                let (more_sent, more_received) = groups.get_mut(other).map(std::mem::take).unwrap_or_default();
                of_sent.extend(more_sent.iter().map(|each| (*each, one)));
                of_received.extend(more_received.iter().map(|each| (*each, one)));
                if let Some(group) = groups.get_mut(one) {
                    group.0.extend(more_sent);
                    group.1.extend(more_received);
                }
                one
            }
            (Some(one), _) | (None, Some(one)) => one,
            (None, None) => {
                groups.push((Vec::new(), Vec::new()));
                groups.len() - 1
            }
        };
        if let Some(members) = groups.get_mut(group) {
            if of_sent.insert(index, group).is_none() {
                members.0.push(index);
            }
            if of_received.insert(place, group).is_none() {
                members.1.push(place);
            }
        }
    }
    for (indexes, mut received) in groups.into_iter().filter(|(sent, _)| !sent.is_empty()) {
        let number = u32::try_from(found.regroupings.len()).unwrap_or(u32::MAX);
        let members: Vec<&Sent> = indexes.iter().filter_map(|index| sent.get(*index)).collect();
        if let ([member], [place]) = (&members[..], &received[..]) {
            let segment = &member.segment;
            if ranges.get(place) == Some(&(segment.start, segment.end)) {
                found.alike.push((from, segment.place, *place));
                continue;
            }
        }
        let missing = members
            .iter()
            .flat_map(|each| &each.left)
            .map(|(start, end)| start.abs_diff(*end))
            .sum();
        let mut sent: Vec<u32> = members.iter().map(|each| each.segment.place).collect();
        sent.sort_unstable();
        received.sort_unstable();
        for (side, places) in [(from, &sent), (from.other(), &received)] {
            for place in places {
                fate::set(fates, side, *place, Fate::Regrouped { regrouping: number });
            }
        }
        found.regroupings.push(Regrouping {
            sent,
            received,
            missing,
        });
    }
}
