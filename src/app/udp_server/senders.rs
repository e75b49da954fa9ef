//! What is remembered of senders that look like services: little, of few, and not for long.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// A sender that has been silent for this long starts from 0 points: no datagram of a loop is under way any more. Longer than a
/// round trip around the earth takes, shorter than clients wait before they send again.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

/// A sender with this many points gets no further answer.
pub(super) const MOST: u32 = 20;

/// A sender that sends this many datagrams in a row without an answer does not send because of our answers: the few answers
/// before cannot have caused this number.
const PROOF: u32 = 100;

/// After this many answers the proof is taken again: many forged datagrams at once look the same for a while.
const PROVEN_FOR: u32 = 10_000;

/// Senders are kept in sets of a few, so that finding one takes the same time however many there are: 512 senders, 70 KiB.
const SETS: usize = 128;
const WAYS: usize = 4;

/// How many different texts of a sender are remembered: as many can go round in a loop at once, and each is recognised.
const TEXTS: usize = 8;

/// The senders with marks. Forged addresses cannot fill it: in a full set the sender that was silent longest is forgotten, and
/// as the hash has a key of its own in each process, which senders share a set cannot be computed from outside.
#[derive(Default)]
pub(super) struct Senders {
    /// Empty until the first sender comes. Each set is in order of the last datagram.
    sets: Vec<Vec<Sender>>,
    hasher: RandomState,
}

impl Senders {
    /// A datagram with a mark has come from this sender: lets `decide` use its record.
    pub(super) fn with<R>(&mut self, address: SocketAddr, now: Instant, decide: impl FnOnce(&mut Sender) -> R) -> R {
        if self.sets.is_empty() {
            self.sets.resize_with(SETS, Vec::new);
        }
        let mut sender = Sender::new(address, now);
        let Some(set) = self.set(address) else {
            return decide(&mut sender);
        };
        match set.iter().position(|known| known.address == address) {
            Some(place) => {
                sender = set.remove(place);
                sender.is_heard(now);
            }
            None if set.len() == WAYS => drop(set.remove(0)),
            None => {}
        }
        let decision = decide(&mut sender);
        set.push(sender);
        decision
    }

    /// A datagram of another kind has come from this sender, of which no loop consists: it starts from 0.
    pub(super) fn has_varied(&mut self, address: SocketAddr) {
        if self.sets.is_empty() {
            return;
        }
        let known = self
            .set(address)
            .and_then(|set| set.iter_mut().find(|known| known.address == address));
        if let Some(Sender {
            state: State::Answered { points },
            ..
        }) = known
        {
            *points = 0;
        }
    }

    /// The set of this sender; there is one unless the table is empty.
    fn set(&mut self, address: SocketAddr) -> Option<&mut Vec<Sender>> {
        let sets = self.sets.len() as u64;
        let place = self.hasher.hash_one(address).checked_rem(sets)?;
        self.sets.get_mut(usize::try_from(place).ok()?)
    }
}

/// A sender with marks.
#[derive(Debug)]
pub(super) struct Sender {
    address: SocketAddr,
    last: Instant,
    /// Is this its first datagram, or the first one after a pause?
    begins: bool,
    state: State,
    /// Digests of texts that it was sent back as they were.
    texts: [u64; TEXTS],
    /// How many there have been.
    remembered: usize,
}

/// How a sender is treated. It goes back to the first state by a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Answered, until it has too many points.
    Answered { points: u32 },
    /// Not answered, until it has sent this many datagrams that it must send by itself.
    Withheld { datagrams: u32 },
    /// Sends by itself, so it is answered; some time later it is tried again.
    Proven { answers: u32 },
}

/// What to do with a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Answer it.
    Answer,
    /// Leave it without an answer, and say so: it is the first one.
    FirstWithheld,
    /// Leave it without an answer.
    Withhold,
}

impl Sender {
    const fn new(address: SocketAddr, now: Instant) -> Self {
        Self {
            address,
            last: now,
            begins: true,
            state: State::Answered { points: 0 },
            texts: [0; TEXTS],
            remembered: 0,
        }
    }

    /// It has sent something.
    fn is_heard(&mut self, now: Instant) {
        self.begins = now.saturating_duration_since(self.last) >= PAUSE;
        if self.begins {
            *self = Self::new(self.address, now);
        }
        self.last = now;
    }

    /// Is this its first datagram, or the first one after a pause?
    pub(super) const fn begins(&self) -> bool {
        self.begins
    }

    /// Has it sent this text before? `text`: the digest of one that has nothing to raise, so it goes back as it came.
    pub(super) fn returns(&mut self, text: u64) -> bool {
        if self.texts.contains(&text) {
            return true;
        }
        // Once there is no room, not the oldest one gives way: of nine texts that go round none would ever be recognised.
        let place = if self.remembered < TEXTS {
            self.remembered
        } else {
            usize::try_from((text ^ self.remembered as u64) % TEXTS as u64).unwrap_or_default()
        };
        self.remembered = self.remembered.wrapping_add(1);
        if let Some(place) = self.texts.get_mut(place) {
            *place = text;
        }
        false
    }

    /// What to do with a datagram that is worth this many points.
    pub(super) fn decide(&mut self, worth: u32) -> Decision {
        let (state, decision) = match self.state {
            State::Answered { points } if points + worth <= MOST => {
                (State::Answered { points: points + worth }, Decision::Answer)
            }
            State::Answered { .. } => (State::Withheld { datagrams: 1 }, Decision::FirstWithheld),
            State::Withheld { datagrams: PROOF.. } => (State::Proven { answers: 1 }, Decision::Answer),
            State::Withheld { datagrams } => (
                State::Withheld {
                    datagrams: datagrams + 1,
                },
                Decision::Withhold,
            ),
            State::Proven { answers: PROVEN_FOR.. } => (State::Withheld { datagrams: 1 }, Decision::Withhold),
            State::Proven { answers } => (State::Proven { answers: answers + 1 }, Decision::Answer),
        };
        self.state = state;
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, Duration, Instant, MOST, PAUSE, PROOF, PROVEN_FOR, SETS, Senders, SocketAddr, WAYS};

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    /// What becomes of this many datagrams in a row, each worth 4 points and 1 ms after the one before: how many are answered
    /// before the first that is not, and how many are not.
    fn in_a_row(senders: &mut Senders, from: SocketAddr, since: Instant, datagrams: u32) -> (usize, usize) {
        let decisions: Vec<Decision> = (0..datagrams)
            .map(|number| since + Duration::from_millis(1) * number)
            .map(|now| senders.with(from, now, |sender| sender.decide(4)))
            .collect();
        let first = decisions
            .iter()
            .position(|&decision| decision == Decision::FirstWithheld);
        let answered = decisions
            .iter()
            .filter(|&&decision| decision == Decision::Answer)
            .count();
        assert!(
            decisions
                .iter()
                .filter(|&&decision| decision == Decision::FirstWithheld)
                .count()
                <= 1
        );
        (first.unwrap_or(decisions.len()), decisions.len() - answered)
    }

    #[test]
    fn five_answers_then_none_until_a_pause() {
        let (mut senders, now) = (Senders::default(), Instant::now());
        assert_eq!(in_a_row(&mut senders, address(7), now, 50), (5, 45));
        let soon = now + Duration::from_millis(49) + PAUSE / 2;
        assert_eq!(
            senders.with(address(7), soon, |sender| sender.decide(4)),
            Decision::Withhold
        );
        assert_eq!(
            in_a_row(&mut senders, address(8), soon, 50),
            (5, 45),
            "another port is another sender"
        );
        assert_eq!(in_a_row(&mut senders, address(7), soon + PAUSE, 50), (5, 45));
    }

    #[test]
    fn a_sender_that_goes_on_without_answers_is_answered_again_and_tried_again_later() {
        let (mut senders, now) = (Senders::default(), Instant::now());
        let withheld = in_a_row(&mut senders, address(40_000), now, 100_000);
        assert_eq!(withheld.0, 5);
        let rounds = 100_000 / (PROOF + PROVEN_FOR) + 1;
        assert_eq!(withheld.1, (rounds * PROOF) as usize);
    }

    #[test]
    fn slow_and_varied_senders_are_always_answered() {
        let (mut senders, mut now) = (Senders::default(), Instant::now());
        for number in 0..1000 {
            now += PAUSE;
            let decision = senders.with(address(7), now, |sender| sender.decide(4));
            assert_eq!(decision, Decision::Answer, "{number}");
            for _ in 0..5 {
                assert_eq!(
                    senders.with(address(9), now, |sender| sender.decide(4)),
                    Decision::Answer
                );
            }
            senders.has_varied(address(9));
        }
    }

    #[test]
    fn texts_are_recognised_when_they_come_again_however_many_go_round() {
        let (mut senders, now) = (Senders::default(), Instant::now());
        for text in 1..1000 {
            assert!(
                !senders.with(address(7), now, |sender| sender.returns(text)),
                "{text} is new"
            );
        }
        for round in [1_u64, 2, 8, 9, 20] {
            let from = address(u16::try_from(round).unwrap() + 100);
            let again = (0..round * 200)
                .filter(|number| {
                    let text = (number % round + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    senders.with(from, now, |sender| sender.returns(text))
                })
                .count();
            assert!(again as u64 > u64::from(MOST / 5), "{round} texts: {again}");
        }
    }

    #[test]
    fn forged_addresses_do_not_make_it_grow() {
        let (mut senders, now) = (Senders::default(), Instant::now());
        for number in 0..100_000_u32 {
            let from = SocketAddr::from((number.to_be_bytes(), 7));
            assert_eq!(senders.with(from, now, |sender| sender.decide(4)), Decision::Answer);
        }
        assert_eq!(senders.sets.iter().map(Vec::len).sum::<usize>(), SETS * WAYS);
        // One that keeps sending stays known beside them.
        let known = in_a_row(&mut senders, address(7), now, 4);
        assert_eq!(known.1, 0);
        senders.with(SocketAddr::from(([9, 9, 9, 9], 9)), now, |sender| sender.decide(4));
        assert_eq!(in_a_row(&mut senders, address(7), now, 2), (1, 1));
    }
}
