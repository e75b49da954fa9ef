//! Equal packets, as many at both ends, of which one was lost and another one repeated on the way.
//!
//! The first belongs to the first, usually. But where one would have taken far longer than any other packet of its way, and each that
//! arrived fits one that was sent shortly before, times tell more: a SYN-ACK that was lost, for example, and the copy of a later one.

use std::collections::HashSet;

use super::both::{Both, Side};
use super::captures::Capture;
use super::clock::{Clock, RESOLUTION, Sample, Transit};
use super::conversations::Conversation;
use super::exact::{Same, Unequal};
use super::fate::{self, Fate, Fates};

/// A packet that took this many times longer than any other is not likely to be the one that was sent.
const FAR: i64 = 4;

/// Finds them, corrects the pairs, and sets the fates of the duplicates. Gives those that were lost, per capture.
pub(super) fn repeated(
    same: &mut Same,
    (captures, conversations, clock): (&Both<Capture>, &[Conversation], &Clock),
    fates: &mut Fates,
) -> Both<Vec<u32>> {
    let mut lost = Both::default();
    if same.groups.is_empty() {
        return lost;
    }
    let packet = |side: Side, place: u32| captures.of(side).packets.get(place as usize);
    let sent_at = |place: u32| {
        let seen = packet(Side::A, place)?;
        let conversation = conversations.get(seen.conversation as usize)?;
        Some(conversation.sent_at(seen.from_low))
    };
    let in_groups: HashSet<u32> = same.groups.iter().flat_map(|group| group.a.iter().copied()).collect();
    let samples: Vec<Sample> = same
        .pairs
        .iter()
        .filter(|(a, _)| !in_groups.contains(a))
        .filter_map(|&(a, b)| {
            let (at, there) = (packet(Side::A, a)?.time, packet(Side::B, b)?.time);
            Some(Sample {
                at,
                difference: there.saturating_sub(at),
                from: sent_at(a)?,
            })
        })
        .collect();
    let (mut out, mut pairs) = (HashSet::new(), Vec::new());
    for Unequal { a, b } in &same.groups {
        let Some(from) = a.first().and_then(|a| sent_at(*a)) else {
            continue;
        };
        let Some(usual) = Transit::of(clock, from, &samples) else {
            continue;
        };
        let (mine, theirs) = if from == Side::A { (a, b) } else { (b, a) };
        let times = |side: Side, places: &[u32]| -> Vec<i64> {
            let packets = places.iter().filter_map(|place| packet(side, *place));
            packets.map(|seen| clock.by_a(side, seen.time)).collect()
        };
        let Some(of) = by_time(&times(from, mine), &times(from.other(), theirs), &usual) else {
            continue;
        };
        out.extend(a.iter().copied());
        let mut arrived = HashSet::new();
        for (&place, sent) in theirs.iter().zip(of) {
            let Some(&sent) = mine.get(sent) else { continue };
            if arrived.insert(sent) {
                pairs.push(if from == Side::A { (sent, place) } else { (place, sent) });
            } else {
                fate::set(fates, from.other(), place, Fate::Duplicated { of: sent });
            }
        }
        let others = mine.iter().filter(|place| !arrived.contains(place));
        lost.of_mut(from).extend(others);
    }
    same.pairs.retain(|(a, _)| !out.contains(a));
    same.pairs.extend(pairs);
    same.pairs.sort_unstable();
    lost
}

/// For each that arrived the place of the one that was sent; `None` where the first belongs to the first.
fn by_time(sent: &[i64], received: &[i64], usual: &Transit) -> Option<Vec<usize>> {
    let far = FAR.saturating_mul(usual.most.max(RESOLUTION));
    let is_far = |(sent, received): (&i64, &i64)| received.saturating_sub(*sent) > far;
    if !sent.iter().zip(received).any(is_far) {
        return None;
    }
    let of = received.iter().map(|received| {
        let is_possible = |sent: &i64| received.saturating_sub(*sent) >= usual.least.saturating_sub(RESOLUTION);
        let latest = sent.partition_point(is_possible).checked_sub(1)?;
        let transit = received.saturating_sub(*sent.get(latest)?);
        (transit <= far).then_some(latest)
    });
    of.collect()
}

#[cfg(test)]
mod tests {
    use super::{Transit, by_time};

    const USUAL: Transit = Transit {
        least: 10_000,
        median: 12_000,
        most: 30_000,
    };

    #[test]
    fn a_loss_and_a_copy_are_told_from_late_ones() {
        let sent = [0, 1_000_000, 1_004_000];
        assert_eq!(by_time(&sent, &[12_000, 1_012_000, 1_016_000], &USUAL), None);
        // The first was lost, and the last arrived twice.
        let received = [1_012_000, 1_016_000, 1_026_000];
        assert_eq!(by_time(&sent, &received, &USUAL), Some(vec![1, 2, 2]));
        // What took long, but less than four times as long as another, was late.
        assert_eq!(by_time(&[0, 50_000], &[100_000, 101_000], &USUAL), None);
        // Where one of them fits none that was sent shortly before, nothing is better than the order.
        assert_eq!(by_time(&[0, 1_000], &[500_000, 900_000], &USUAL), None);
    }
}
