//! One direction of a wire: what frames wait for, and how long they take.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::flow::Party;
use crate::hosts::random::Random;
use crate::hosts::rules::{Copy, Effect, Rules};

/// Why a frame cannot enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// As many wait already as may.
    None,
    /// The packet is longer than the wire carries.
    TooSmall,
}

/// Bytes of an Ethernet header, which an MTU does not count.
const ETHERNET: usize = 14;

/// One direction of a wire.
#[derive(Debug)]
pub(super) struct Link {
    delay: Duration,
    jitter: Duration,
    /// Bits a second.
    rate: Option<u64>,
    /// Frames.
    queue: Option<usize>,
    /// Bytes.
    mtu: Option<usize>,
    /// When the last bit of what waits has entered.
    free: Option<Instant>,
    /// When the frames begin to enter that wait now.
    waiting: VecDeque<Instant>,
    /// When the last frame arrives; the next one does not overtake it.
    last: Option<Instant>,
    random: Random,
}

impl Link {
    /// The direction from this end. Of several settings of one kind the last one holds.
    pub(super) fn of(rules: &Rules, from: Party, seed: u64) -> Self {
        let mut link = Self {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            rate: None,
            queue: None,
            mtu: None,
            free: None,
            waiting: VecDeque::new(),
            last: None,
            // Not the numbers that the actions draw.
            random: Random::of(
                seed ^ if from == Party::Client {
                    0x0c11_e470
                } else {
                    0x05e7_7e70
                },
            ),
        };
        for rule in &rules.rules {
            if rule.from.is_some_and(|end| end != from) {
                continue;
            }
            match rule.effect {
                Effect::Delay(time) => link.delay = time,
                Effect::Jitter(time) => link.jitter = time,
                Effect::Rate(bits) => link.rate = Some(bits),
                Effect::Queue(frames) => link.queue = Some(frames),
                Effect::Mtu(bytes) => link.mtu = Some(bytes),
                Effect::Action(..) => {}
            }
        }
        link
    }

    /// When a frame of this length arrives that enters now.
    pub(super) fn enter(&mut self, length: usize, now: Instant, copy: Copy) -> Result<Instant, Room> {
        if self.mtu.is_some_and(|mtu| length > mtu + ETHERNET) {
            return Err(Room::TooSmall);
        }
        let mut entered = now;
        if let Some(rate) = self.rate {
            while self.waiting.front().is_some_and(|&begins| begins <= now) {
                self.waiting.pop_front();
            }
            if self.queue.is_some_and(|most| self.waiting.len() >= most) {
                return Err(Room::None);
            }
            let begins = self.free.map_or(now, |free| free.max(now));
            if begins > now {
                self.waiting.push_back(begins);
            }
            entered = begins + transmission(length, rate);
            self.free = Some(entered);
        }
        let mut due = entered + self.delay + copy.later;
        let jitter = u64::try_from(self.jitter.as_nanos()).unwrap_or(u64::MAX);
        due += Duration::from_nanos(self.random.below(jitter.saturating_add(u64::from(jitter > 0))));
        if !copy.held {
            due = self.last.map_or(due, |last| last.max(due));
            self.last = Some(due);
        }
        Ok(due)
    }
}

/// How long a frame of this length, in bytes, takes to enter at this rate.
fn transmission(length: usize, bits_per_second: u64) -> Duration {
    let bits = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(8);
    let nanoseconds = u128::from(bits) * 1_000_000_000 / u128::from(bits_per_second.max(1));
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Link, Room};
    use crate::flow::Party;
    use crate::hosts::rules::Copy;

    fn link(rules: &str) -> Link {
        Link::of(&rules.parse().unwrap(), Party::Client, 1)
    }

    const AS_IT_IS: Copy = Copy {
        later: Duration::ZERO,
        held: false,
        corrupted: false,
    };

    #[test]
    fn a_rate_spaces_frames_and_a_full_queue_loses_them() {
        let now = Instant::now();
        // 1000 bytes in 8 ms.
        let mut link = link("rate 1Mbit; queue 2; delay 10ms");
        let due: Vec<_> = (0..4).map(|_| link.enter(1000, now, AS_IT_IS)).collect();
        let expected = [18, 26, 34].map(|ms| Ok(now + Duration::from_millis(ms)));
        assert_eq!(due[..3], expected);
        assert_eq!(due[3], Err(Room::None));
        // The first one of the queue enters now: there is room for one.
        let later = now + Duration::from_millis(8);
        assert!(link.enter(1000, later, AS_IT_IS).is_ok());
        assert_eq!(link.enter(1000, later, AS_IT_IS), Err(Room::None));
    }

    #[test]
    fn jitter_changes_no_order_and_holding_does() {
        let now = Instant::now();
        let mut jittery = link("jitter 5ms");
        let due: Vec<_> = (0..200).map(|_| jittery.enter(100, now, AS_IT_IS).unwrap()).collect();
        assert!(due.is_sorted());
        assert!(due.iter().all(|&due| due <= now + Duration::from_millis(5)));
        assert!(due.last() > Some(&(now + Duration::from_millis(4))));
        let mut link = link("delay 1ms");
        let held = Copy {
            later: Duration::from_millis(3),
            held: true,
            ..AS_IT_IS
        };
        let [held, next] = [held, AS_IT_IS].map(|copy| link.enter(100, now, copy).unwrap());
        assert!(held > next);
    }

    #[test]
    fn an_mtu_counts_the_packet_without_its_ethernet_header() {
        let mut link = link("mtu 1000; mtu 900 server");
        assert!(link.enter(1014, Instant::now(), AS_IT_IS).is_ok());
        assert_eq!(link.enter(1015, Instant::now(), AS_IT_IS), Err(Room::TooSmall));
    }
}
