//! The path: from each end to the point of capture, and on from there.

use super::super::random::Random;
use super::stack::MS;

/// One part of the path, in one direction.
#[derive(Debug, Clone, Copy, Default)]
struct Leg {
    /// Nanoseconds.
    delay: i64,
    jitter: i64,
    /// Per cent of the frames.
    lost: u64,
    repeated: u64,
    held: u64,
    /// When the last frame comes out: what was not held keeps its order.
    last: i64,
}

/// The way of a frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// When it passes the point of capture.
    pub(crate) passes: Option<i64>,
    /// When it arrives.
    pub(crate) arrives: Option<i64>,
}

/// Where frames are captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Client,
    Middle,
    Server,
}

/// The path.
#[derive(Debug)]
pub(crate) struct Path {
    /// Of both directions: to the point of capture, and from there.
    legs: [[Leg; 2]; 2],
}

impl Path {
    pub(crate) fn of(place: Place, random: &mut Random) -> Self {
        let lost = random.one(&[0, 0, 2, 5, 10]);
        let repeated = random.one(&[0, 0, 0, 3]);
        let held = random.one(&[0, 0, 0, 5]);
        let jitter = random.one(&[0, 0, 100_000, MS]);
        let delays = [500_000, 3 * MS, 15 * MS, 40 * MS, 120 * MS];
        let mut far = || Leg {
            delay: random.one(&delays),
            jitter,
            lost,
            repeated,
            held,
            last: 0,
        };
        // The host itself and its network card.
        let near = Leg {
            delay: 3000,
            ..Leg::default()
        };
        let (left, right) = match place {
            Place::Client => (near, far()),
            Place::Middle => (far(), far()),
            Place::Server => (far(), near),
        };
        Self {
            legs: [[left, right], [right, left]],
        }
    }

    /// What becomes of a frame that this end sends now: one way for each frame of it.
    pub(crate) fn send(&mut self, from: usize, now: i64, random: &mut Random) -> Vec<Frame> {
        let [first, second] = &mut self.legs[from];
        let mut frames = Vec::new();
        for passes in first.carry(now, random) {
            let arrivals = second.carry(passes, random);
            let arrives = arrivals.first().copied();
            frames.push(Frame {
                passes: Some(passes),
                arrives,
            });
            frames.extend(arrivals.into_iter().skip(1).map(|time| Frame {
                passes: None,
                arrives: Some(time),
            }));
        }
        frames
    }
}

impl Leg {
    /// When it comes out, each time.
    fn carry(&mut self, now: i64, random: &mut Random) -> Vec<i64> {
        if random.chance(self.lost) {
            return Vec::new();
        }
        let jitter = if self.jitter == 0 {
            0
        } else {
            i64::try_from(random.below(self.jitter.unsigned_abs())).unwrap()
        };
        let mut out = now + self.delay + jitter;
        if random.chance(self.held) {
            out += random.one(&[2, 5, 20]) * MS;
        } else {
            out = out.max(self.last + 1000);
            self.last = out;
        }
        let mut all = vec![out];
        if random.chance(self.repeated) {
            all.push(out + random.one(&[5000, MS, 6 * MS]));
        }
        all
    }
}
