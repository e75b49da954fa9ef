//! Two captures of one exchange, laid together.

use super::apart::Apart;
use super::both::{Both, Side};
use super::captures::{Capture, Captures, Comparison, Known};
use super::clock::{Bound, Clock, RESOLUTION, Sample, Transit};
use super::conversations::Conversation;
use super::difference;
use super::direction;
use super::equals;
use super::exact::{self, Same, Unequal};
use super::fate::{self, Changes, Fate, Fates, Regrouping};
use super::nat;
use super::nearest::nearest;
use super::order;
use super::regroup::Found;
use super::seen::{Kind, Seen};
use super::verdict;

/// Two captures of one exchange, laid together.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The packets of both.
    pub captures: Both<Capture>,
    /// What became of each, in the same order.
    pub fates: Both<Vec<Fate>>,
    /// The conversations, by number.
    pub conversations: Vec<Conversation>,
    /// Bytes that are in other packets at each end.
    pub regroupings: Vec<Regrouping>,
    /// How far the clocks differ.
    pub clock: Clock,
    /// How long packets took that were sent at A, and at B.
    pub transit: Both<Option<Transit>>,
    /// Packets that a later one of their direction overtook, by their places in the capture where they were sent.
    pub overtaken: Both<Vec<u32>>,
    /// Packets that are in both, changed ones among them.
    pub pairs: u64,
    /// Has every packet the same time in both? Then one is a copy of the other.
    pub are_copies: bool,
    /// How they were compared.
    pub comparison: Comparison,
}

impl Exchange {
    /// Lays them together.
    ///
    /// # Errors
    /// They have no packet in common.
    pub fn of(captures: Captures) -> Result<Self, Apart> {
        let mut known = captures.finish();
        if let Some(side) = Side::BOTH
            .into_iter()
            .find(|side| known.captures.of(*side).packets.is_empty())
        {
            return Err(Apart::Empty(side));
        }
        let mut same = first_pass(&known);
        if known.comparison.with_nat {
            nat::follow(&mut known, &mut same);
        }
        if same.pairs.is_empty() && same.unequal.is_empty() {
            return Err(Apart::of(&known));
        }
        Ok(Laying::new(known).lay(same))
    }

    /// The time of a packet by A's clock.
    #[must_use]
    pub fn time(&self, side: Side, seen: &Seen) -> i64 {
        self.clock.by_a(side, seen.time)
    }

    /// The capture at which the packet was sent.
    #[must_use]
    pub fn sent_at(&self, seen: &Seen) -> Side {
        self.conversations
            .get(seen.conversation as usize)
            .map_or(Side::A, |conversation| conversation.sent_at(seen.from_low))
    }

    /// The packet at this place.
    #[must_use]
    pub fn packet(&self, side: Side, place: u32) -> Option<&Seen> {
        self.captures.of(side).packets.get(place as usize)
    }

    /// The packets of a capture with what became of them.
    pub fn with_fates(&self, side: Side) -> impl Iterator<Item = (&Seen, Fate)> {
        let packets = self.captures.of(side).packets.iter();
        packets.zip(self.fates.of(side).iter().copied())
    }
}

fn first_pass(known: &Known) -> Same {
    let (a, b) = (&known.captures.a.packets, &known.captures.b.packets);
    if known.comparison.with_nat {
        exact::same(a, b, |_, _, seen| Some(seen.nat_key))
    } else {
        exact::same(a, b, |_, _, seen| Some(seen.key))
    }
}

/// Laying them together, pass by pass.
struct Laying {
    captures: Both<Capture>,
    conversations: Vec<Conversation>,
    comparison: Comparison,
    fates: Fates,
    clock: Clock,
    transit: Both<Option<Transit>>,
}

impl Laying {
    fn new(known: Known) -> Self {
        let open = |capture: &Capture| vec![Fate::Open; capture.packets.len()];
        Self {
            fates: Both {
                a: open(&known.captures.a),
                b: open(&known.captures.b),
            },
            captures: known.captures,
            conversations: known.conversations,
            comparison: known.comparison,
            clock: Clock::of(&[]),
            transit: Both::default(),
        }
    }

    fn lay(mut self, mut same: Same) -> Exchange {
        direction::deduce(&self.captures.a, &self.captures.b, &same.pairs, &mut self.conversations);
        self.set_clock(&same.pairs);
        if !matches!(self.clock.bound, Bound::Both(_)) {
            // Equal packets in their order bound the offset too: one that was lost only makes a delay seem longer.
            let by_order = same
                .unequal
                .iter()
                .flat_map(|each| each.a.iter().copied().zip(each.b.iter().copied()));
            let mut all: Vec<(u32, u32)> = same.pairs.iter().copied().chain(by_order).collect();
            all.sort_unstable();
            direction::deduce(&self.captures.a, &self.captures.b, &all, &mut self.conversations);
            self.set_clock(&all);
            for side in Side::BOTH {
                // Their longer delays may come from lost ones; the shortest does not.
                if let Some(transit) = self.transit.of_mut(side) {
                    transit.median = transit.least;
                }
            }
        }
        let lost = equals::repeated(
            &mut same,
            (&self.captures, &self.conversations, &self.clock),
            &mut self.fates,
        );
        for &(a, b) in &same.pairs {
            let changes = self.changes_of_equals(a, b);
            fate::set_pair(&mut self.fates, (a, b), changes);
        }
        let equals = self.unequal(&same, lost);
        self.changed();
        self.set_clock_by_changed(&same.pairs);
        let mut found = Found::default();
        verdict::regroup(
            &self.captures,
            &self.conversations,
            (&self.clock, &self.transit),
            &mut self.fates,
            &mut found,
        );
        for (from, sent, received) in found.alike {
            let (a, b) = if from == Side::A {
                (sent, received)
            } else {
                (received, sent)
            };
            let changes = self.changes(a, b);
            fate::set_pair(&mut self.fates, (a, b), changes);
        }
        self.set_clock_by_changed(&same.pairs);
        self.count_matched();
        verdict::decide(
            &self.captures,
            &self.conversations,
            (&self.clock, &self.transit),
            &mut self.fates,
            &equals,
            self.comparison.unfiltered,
        );
        let are_copies = same.pairs.len() == self.captures.a.packets.len()
            && same.pairs.len() == self.captures.b.packets.len()
            && same.pairs.iter().all(|&(a, b)| self.difference(a, b) == Some(0));
        let overtaken = order::overtaken(&self.captures, &self.fates, &self.conversations);
        let is_pair = |fate: &&Fate| matches!(fate, Fate::Arrived { .. } | Fate::Changed { .. });
        Exchange {
            pairs: self.fates.a.iter().filter(is_pair).count() as u64,
            captures: self.captures,
            fates: self.fates,
            conversations: self.conversations,
            regroupings: found.regroupings,
            clock: self.clock,
            transit: self.transit,
            overtaken,
            are_copies,
            comparison: self.comparison,
        }
    }

    fn packet(&self, side: Side, place: u32) -> Option<&Seen> {
        self.captures.of(side).packets.get(place as usize)
    }

    fn difference(&self, a: u32, b: u32) -> Option<i64> {
        let (a, b) = (self.packet(Side::A, a)?, self.packet(Side::B, b)?);
        Some(b.time.saturating_sub(a.time))
    }

    fn sent_at(&self, seen: &Seen) -> Side {
        let conversation = self.conversations.get(seen.conversation as usize);
        conversation.map_or(Side::A, |conversation| conversation.sent_at(seen.from_low))
    }

    /// At which capture equal packets were sent, those there, and those at the other end.
    fn by_sender<'u>(&self, unequal: &'u Unequal) -> Option<(Side, &'u [u32], &'u [u32])> {
        let seen = unequal.a.first().and_then(|a| self.packet(Side::A, *a))?;
        Some(match self.sent_at(seen) {
            Side::A => (Side::A, &unequal.a, &unequal.b),
            Side::B => (Side::B, &unequal.b, &unequal.a),
        })
    }

    fn set_clock(&mut self, pairs: &[(u32, u32)]) {
        let samples: Vec<Sample> = pairs
            .iter()
            .filter_map(|&(a, b)| {
                let seen = self.packet(Side::A, a)?;
                Some(Sample {
                    at: seen.time,
                    difference: self.difference(a, b)?,
                    from: self.sent_at(seen),
                })
            })
            .collect();
        self.clock = Clock::by(&samples, self.comparison.one_clock);
        for side in Side::BOTH {
            *self.transit.of_mut(side) = Transit::of(&self.clock, side, &samples);
        }
    }

    /// Where the equal packets do not bound the offset from both sides: a packet that was changed on the way took its time, too.
    fn set_clock_by_changed(&mut self, equal: &[(u32, u32)]) {
        if matches!(self.clock.bound, Bound::Both(_)) {
            return;
        }
        let changed = (0..).zip(&self.fates.a).filter_map(|(a, fate)| match fate {
            Fate::Changed { other, .. } => Some((a, *other)),
            _ => None,
        });
        let mut all: Vec<(u32, u32)> = equal.iter().copied().chain(changed).collect();
        all.sort_unstable();
        all.dedup();
        self.set_clock(&all);
    }

    fn slack(&self) -> i64 {
        self.clock.error().saturating_add(RESOLUTION)
    }

    /// Lets times decide among equal packets. Adds those, per capture, of which others are left: any of them may be the one.
    fn unequal(&mut self, same: &Same, mut left: Both<Vec<u32>>) -> Both<Vec<u32>> {
        for unequal in &same.unequal {
            let Some((from, mine, theirs)) = self.by_sender(unequal) else {
                continue;
            };
            let times = |side: Side, places: &[u32]| -> Vec<i64> {
                let packets = places.iter().filter_map(|place| self.packet(side, *place));
                packets.map(|seen| self.clock.by_a(side, seen.time)).collect()
            };
            let usual = self.transit.of(from);
            let usual = usual.map_or((0, 0), |transit| (transit.least, transit.median));
            let found = nearest(&times(from, mine), &times(from.other(), theirs), usual, self.slack());
            // Where each of them arrived.
            let mut arrived = Vec::new();
            for (sent, received) in found {
                let (Some(&sent), Some(&received)) = (mine.get(sent), theirs.get(received)) else {
                    continue;
                };
                let pair = if from == Side::A {
                    (sent, received)
                } else {
                    (received, sent)
                };
                let changes = self.changes_of_equals(pair.0, pair.1);
                fate::set_pair(&mut self.fates, pair, changes);
                arrived.push((received, sent));
            }
            fate::set_duplicates(&mut self.fates, from.other(), theirs, &arrived);
            let open = mine
                .iter()
                .filter(|place| fate::is_open(&self.fates, from, **place as usize));
            left.of_mut(from).extend(open);
        }
        left
    }

    /// The second pass: the same identification, and of TCP the same sequence number, with other bytes.
    fn changed(&mut self) {
        let same = exact::same(
            &self.captures.a.packets,
            &self.captures.b.packets,
            |is_b, index, seen| {
                let side = if is_b { Side::B } else { Side::A };
                let is_certain = seen.identification != 0 || (seen.kind == Kind::Tcp && seen.takes() > 0);
                (is_certain && fate::is_open(&self.fates, side, index)).then_some((
                    seen.conversation,
                    seen.from_low,
                    seen.kind.number(),
                    seen.identification,
                    seen.fragment,
                    seen.sequence,
                ))
            },
        );
        for &(a, b) in &same.pairs {
            self.set_changed(a, b);
        }
        for unequal in &same.unequal {
            let Some((from, mine, theirs)) = self.by_sender(unequal) else {
                continue;
            };
            // Sent once, and arrived changed several times.
            let ([sent], [first, others @ ..]) = (mine, theirs) else {
                continue;
            };
            let (a, b) = if from == Side::A {
                (*sent, *first)
            } else {
                (*first, *sent)
            };
            if self.set_changed(a, b) {
                for &place in others {
                    fate::set(&mut self.fates, from.other(), place, Fate::Duplicated { of: *sent });
                }
            }
        }
    }

    /// Pairs a packet with a changed one, if it can be the same.
    fn set_changed(&mut self, a: u32, b: u32) -> bool {
        let (Some(seen), Some(there)) = (self.packet(Side::A, a), self.packet(Side::B, b)) else {
            return false;
        };
        let from = self.sent_at(seen);
        let (at_a, at_b) = (seen.time, self.clock.by_a(Side::B, there.time));
        let transit = if from == Side::A {
            at_b.saturating_sub(at_a)
        } else {
            at_a.saturating_sub(at_b)
        };
        // Of other lengths, a network card may have divided it: byte ranges tell more.
        let is_divided = seen.kind == Kind::Tcp && seen.takes() != there.takes();
        // An offset that is known from one way only may be too large by what its fastest packet took; the identification proves more.
        let may_be_early = seen.identification != 0 && !matches!(self.clock.bound, Bound::Both(_));
        if (transit < -self.slack() && !may_be_early) || is_divided {
            return false;
        }
        let changes = self.changes(a, b);
        if changes != Changes::NONE {
            fate::set_pair(&mut self.fates, (a, b), changes);
        }
        changes != Changes::NONE
    }

    /// The packets of a pair, the one where it was sent first.
    fn on_its_way(&self, a: u32, b: u32) -> Option<(&Seen, &Seen)> {
        let (a, b) = (self.packet(Side::A, a)?, self.packet(Side::B, b)?);
        Some(if self.sent_at(a) == Side::A { (a, b) } else { (b, a) })
    }

    /// What differs in packets that have the same key.
    fn changes_of_equals(&self, a: u32, b: u32) -> Changes {
        self.on_its_way(a, b).map_or(Changes::NONE, difference::of_equals)
    }

    /// What differs in two packets.
    fn changes(&self, a: u32, b: u32) -> Changes {
        self.on_its_way(a, b).map_or(Changes::NONE, difference::of)
    }

    fn count_matched(&mut self) {
        for (seen, fate) in self.captures.a.packets.iter().zip(&self.fates.a) {
            let is_matched = matches!(
                fate,
                Fate::Arrived { .. } | Fate::Changed { .. } | Fate::Regrouped { .. }
            );
            if let Some(conversation) = self.conversations.get_mut(seen.conversation as usize) {
                conversation.matched += u64::from(is_matched);
            }
        }
    }
}
