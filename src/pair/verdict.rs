//! What is left after the pairs: regrouped, lost, missed by a capture, or not known.
//!
//! A packet that the other capture lacks was lost only if that capture was under way when it should have arrived. That is so if a
//! packet of the same way arrived before it and one after it, or if its time is within those of the other file. Even then the
//! capture may have missed it: it did if the other end acknowledged bytes that its own capture has nowhere.

use std::collections::{HashMap, HashSet};

use super::both::{Both, Side};
use super::captures::Capture;
use super::clock::{Clock, RESOLUTION, Transit};
use super::conversations::Conversation;
use super::fate::{self, Fate, Fates, Outside};
use super::regroup::{self, Found, Times};
use super::seen::{Kind, Seen};
use super::streams::{self, Stream, Way};

/// Clock, and how long packets took each way.
type Timing<'t> = (&'t Clock, &'t Both<Option<Transit>>);

fn sent_at(conversations: &[Conversation], (number, from_low): Way) -> Side {
    let conversation = conversations.get(number as usize);
    conversation.map_or(Side::A, |conversation| conversation.sent_at(from_low))
}

/// The streams of which packets are open.
fn open_streams(captures: &Both<Capture>, fates: &Fates) -> HashMap<Way, Stream> {
    let mut wanted = HashSet::new();
    for side in Side::BOTH {
        for (seen, fate) in captures.of(side).packets.iter().zip(fates.of(side)) {
            if seen.kind == Kind::Tcp && seen.takes() > 0 && *fate == Fate::Open {
                wanted.insert((seen.conversation, seen.from_low));
            }
        }
    }
    if wanted.is_empty() {
        return HashMap::new();
    }
    streams::streams(captures, &wanted)
}

/// The third pass: bytes that are in other packets at each end.
pub(super) fn regroup(
    captures: &Both<Capture>,
    conversations: &[Conversation],
    (clock, transit): Timing<'_>,
    fates: &mut Fates,
    found: &mut Found,
) {
    let streams = open_streams(captures, fates);
    let mut ways: Vec<&Way> = streams.keys().collect();
    ways.sort_unstable();
    for way in ways {
        let (from, Some(stream)) = (sent_at(conversations, *way), streams.get(way)) else {
            continue;
        };
        let times = Times {
            by_a: &|side, time| clock.by_a(side, time),
            delay: transit.of(from).map_or(0, |transit| transit.median),
            slack: clock.error().saturating_add(RESOLUTION),
        };
        let both = (captures.of(from), captures.of(from.other()));
        regroup::find(stream, from, both, &times, fates, found);
    }
}

/// The first and the last time of packets that are in both captures, by the capture at which they were sent.
type Matched = Both<Option<(i64, i64)>>;

/// Decides what is still open.
pub(super) fn decide(
    captures: &Both<Capture>,
    conversations: &[Conversation],
    (clock, transit): Timing<'_>,
    fates: &mut Fates,
    equals: &Both<Vec<u32>>,
    unfiltered: bool,
) {
    let streams = open_streams(captures, fates);
    let judge = Judge {
        captures,
        conversations,
        clock,
        transit,
        streams: &streams,
        matched: Both {
            a: matched(captures, fates, conversations, Side::A),
            b: matched(captures, fates, conversations, Side::B),
        },
        equals: Both {
            a: equals.a.iter().copied().collect(),
            b: equals.b.iter().copied().collect(),
        },
        unfiltered,
    };
    for side in Side::BOTH {
        for (place, seen) in (0..).zip(&captures.of(side).packets) {
            if fate::is_open(fates, side, place as usize) {
                fate::set(fates, side, place, judge.fate(side, place, seen));
            }
        }
    }
}

/// The first and the last time, in this capture, of packets that are in both.
fn matched(captures: &Both<Capture>, fates: &Fates, conversations: &[Conversation], side: Side) -> Matched {
    let mut matched: Matched = Both::default();
    for (seen, fate) in captures.of(side).packets.iter().zip(fates.of(side)) {
        if matches!(
            fate,
            Fate::Arrived { .. } | Fate::Changed { .. } | Fate::Regrouped { .. }
        ) {
            let known = matched.of_mut(sent_at(conversations, (seen.conversation, seen.from_low)));
            let (first, last) = known.unwrap_or((seen.time, seen.time));
            *known = Some((first.min(seen.time), last.max(seen.time)));
        }
    }
    matched
}

struct Judge<'j> {
    captures: &'j Both<Capture>,
    conversations: &'j [Conversation],
    clock: &'j Clock,
    transit: &'j Both<Option<Transit>>,
    streams: &'j HashMap<Way, Stream>,
    /// Per capture: times of packets that are in both.
    matched: Both<Matched>,
    /// Packets of which equal ones arrived.
    equals: Both<HashSet<u32>>,
    /// Did both captures keep everything?
    unfiltered: bool,
}

impl Judge<'_> {
    fn fate(&self, side: Side, place: u32, seen: &Seen) -> Fate {
        let conversation = self.conversations.get(seen.conversation as usize);
        if !self.unfiltered && conversation.is_none_or(|conversation| conversation.matched == 0) {
            return Fate::OtherConversation;
        }
        let from = sent_at(self.conversations, (seen.conversation, seen.from_low));
        if let Some(outside) = self.outside(side, from, seen.time) {
            return Fate::NotKnown(outside);
        }
        if from == side && self.was_acknowledged(side, seen) && !self.may_have_come_later(side, place, seen) {
            return Fate::Missed;
        }
        if from != side {
            return Fate::OnlyReceived;
        }
        Fate::Lost {
            again: self.again(side, place, seen),
            one_of_equals: self.equals.of(side).contains(&place),
        }
    }

    /// Was the other capture not under way when it should have had the packet?
    fn outside(&self, side: Side, from: Side, time: i64) -> Option<Outside> {
        let window = *self
            .captures
            .of(side.other())
            .packets
            .first()
            .and(self.captures.of(side.other()).window.as_ref())?;
        let by_a = |time| self.clock.by_a(side.other(), time);
        let (begin, end) = (by_a(window.0), by_a(window.1));
        let error = self.clock.error();
        let transit = self.transit.of(from).unwrap_or(Transit {
            least: -error,
            median: 0,
            most: error,
        });
        let own = self.clock.by_a(side, time);
        let (earliest, latest) = if from == side {
            (own.saturating_add(transit.least), own.saturating_add(transit.most))
        } else {
            (own.saturating_sub(transit.most), own.saturating_sub(transit.least))
        };
        let (first, last) = self.matched.of(side).of(from).unwrap_or((i64::MAX, i64::MIN));
        if earliest < begin && first > time {
            Some(Outside::Before)
        } else if latest > end && last < time {
            Some(Outside::After)
        } else {
            None
        }
    }

    /// Did the other end acknowledge bytes of the packet that its own capture has nowhere?
    fn was_acknowledged(&self, side: Side, seen: &Seen) -> bool {
        let Some((stream, start, end)) = self.range(side, seen) else {
            return false;
        };
        stream.acknowledged.is_some_and(|next| next >= end) && !stream.has(side.other(), start, end)
    }

    /// Were its bytes sent again, and may they have arrived when the other capture had ended? Then that is what was acknowledged.
    fn may_have_come_later(&self, side: Side, place: u32, seen: &Seen) -> bool {
        let Some((stream, start, end)) = self.range(side, seen) else {
            return false;
        };
        let from = sent_at(self.conversations, (seen.conversation, seen.from_low));
        let mut again = stream.overlapping(side, start, end).filter(|other| other.place > place);
        again.any(|other| {
            let packet = self.captures.of(side).packets.get(other.place as usize);
            packet.is_some_and(|packet| self.outside(side, from, packet.time).is_some())
        })
    }

    /// The later packet of this capture that has the same bytes.
    fn again(&self, side: Side, place: u32, seen: &Seen) -> Option<u32> {
        let (stream, start, end) = self.range(side, seen)?;
        let same = stream.overlapping(side, start, end).map(|each| each.place);
        same.filter(|other| *other > place).min()
    }

    /// The stream of a packet, and its bytes there.
    fn range(&self, side: Side, seen: &Seen) -> Option<(&Stream, i64, i64)> {
        let stream = self.streams.get(&(seen.conversation, seen.from_low))?;
        let own = stream.segments.of(side);
        let index = own
            .binary_search_by_key(&seen.number, |each| {
                let packet = self.captures.of(side).packets.get(each.place as usize);
                packet.map_or(0, |packet| packet.number)
            })
            .ok()?;
        let segment = own.get(index)?;
        (segment.start < segment.end).then_some((stream, segment.start, segment.end))
    }
}
