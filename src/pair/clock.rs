//! How far the clocks of both captures differ.
//!
//! Let the clock of B be ahead by θ. A packet from A's end arrives after it was sent, so its time at B less its time at A
//! is θ + delay, which is more than θ. A packet from B's end has θ − delay, which is less. So θ lies between the largest
//! difference of the packets from B's end and the smallest of those from A's end. The middle is the estimate, and half the distance bounds its error; it is exact if the fastest packets of both
//! ways took equally long. RFC 5905 section 8 reckons in the same way.

use super::both::Side;

/// Times that are this near to each other say nothing of their order, in nanoseconds: many captures keep microseconds.
pub(super) const RESOLUTION: i64 = 1_000;

/// An exchange that is shorter says nothing of how fast the clocks run, in nanoseconds: their rates differ by some 10^-5, which
/// is less than the delays vary.
const LONG_ENOUGH: i64 = 10_000_000_000;
/// And with fewer packets each way.
const MANY_ENOUGH: usize = 10;

/// A packet in both captures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    /// Its time at A.
    pub(super) at: i64,
    /// Its time at B less its time at A.
    pub(super) difference: i64,
    /// The capture at which it was sent.
    pub(super) from: Side,
}

/// What bounds the offset of the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It is at most this far from the truth, in nanoseconds, in both directions.
    Both(i64),
    /// Only packets of one way are in both captures: the offset cannot be told from the delay. The fastest packet is taken
    /// as if it had taken no time, and all were sent at this capture.
    OneWay(Side),
    /// No offset fits all packets: they contradict each other by this much, in nanoseconds. A clock was set meanwhile, or the clocks do
    /// not run equally fast.
    Contradiction(i64),
    /// No packet is in both captures.
    Nothing,
}

/// The clock of B, by that of A.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// By how much B's clock is ahead at the time `origin` of A's, in nanoseconds.
    pub offset: i64,
    /// What bounds it.
    pub bound: Bound,
    /// By how many millionths the clock of B runs faster, where the exchange shows it.
    pub drift: Option<f64>,
    /// The time, by A's clock, for which the offset holds.
    pub origin: i64,
    /// Nanoseconds of A's clock from the first packet that is in both captures to the last.
    pub span: i64,
}

impl Clock {
    /// One clock for both.
    const THE_SAME: Self = Self {
        offset: 0,
        bound: Bound::Both(0),
        drift: None,
        origin: 0,
        span: 0,
    };

    /// By how much B's clock is ahead at this time of A's clock.
    #[must_use]
    pub fn offset_at(&self, time: i64) -> i64 {
        let since = time.saturating_sub(self.origin);
        self.offset
            .saturating_add(self.drift.map_or(0, |drift| whole(float(since) * drift / 1e6)))
    }

    /// A time of this capture by A's clock.
    #[must_use]
    pub fn by_a(&self, side: Side, time: i64) -> i64 {
        match side {
            Side::A => time,
            Side::B => time.saturating_sub(self.offset_at(time.saturating_sub(self.offset))),
        }
    }

    /// How far the offset may be from the truth; without a bound, all that is known is that times say little.
    #[must_use]
    pub const fn error(&self) -> i64 {
        match self.bound {
            Bound::Both(error) | Bound::Contradiction(error) => error,
            Bound::OneWay(_) | Bound::Nothing => 0,
        }
    }

    /// That of these packets; with one clock for both captures nothing has to be told from them.
    pub(super) fn by(samples: &[Sample], one_clock: bool) -> Self {
        if one_clock { Self::THE_SAME } else { Self::of(samples) }
    }

    pub(super) fn of(samples: &[Sample]) -> Self {
        let origin = samples.iter().map(|sample| sample.at).min().unwrap_or_default();
        let end = samples.iter().map(|sample| sample.at).max().unwrap_or_default();
        let span = end.saturating_sub(origin);
        let drift = drift(samples, origin, span);
        let without_drift = |sample: &Sample| {
            let since = float(sample.at.saturating_sub(origin));
            let moved = drift.map_or(0, |drift| whole(since * drift / 1e6));
            sample.difference.saturating_sub(moved)
        };
        let of = |side| {
            samples
                .iter()
                .filter(move |sample| sample.from == side)
                .map(without_drift)
        };
        let (offset, bound) = match (of(Side::B).max(), of(Side::A).min()) {
            (Some(lower), Some(upper)) => {
                let distance = upper.saturating_sub(lower);
                let bound = if distance < -RESOLUTION {
                    Bound::Contradiction(distance.saturating_neg())
                } else {
                    Bound::Both(distance.max(0) / 2 + distance.max(0) % 2)
                };
                (lower.saturating_add(distance / 2), bound)
            }
            (Some(lower), None) => (lower, Bound::OneWay(Side::B)),
            (None, Some(upper)) => (upper, Bound::OneWay(Side::A)),
            (None, None) => (0, Bound::Nothing),
        };
        Self {
            offset,
            bound,
            drift,
            origin,
            span,
        }
    }
}

/// How long packets of one way took, by the estimated clock, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transit {
    /// The fastest.
    pub least: i64,
    /// The one in the middle.
    pub median: i64,
    /// The slowest.
    pub most: i64,
}

impl Transit {
    /// Of the packets that were sent at this capture.
    pub(super) fn of(clock: &Clock, side: Side, samples: &[Sample]) -> Option<Self> {
        let own = samples.iter().filter(|sample| sample.from == side);
        let mut times: Vec<i64> = own
            .map(|sample| {
                let ahead = sample.difference.saturating_sub(clock.offset_at(sample.at));
                if side == Side::A { ahead } else { ahead.saturating_neg() }
            })
            .collect();
        let middle = times.len() / 2;
        let (least, most) = (times.iter().min().copied()?, times.iter().max().copied()?);
        let median = *times.select_nth_unstable(middle).1;
        Some(Self { least, median, most })
    }
}

/// How much faster B's clock runs, in millionths: the slope of the line below all packets of one way, and of that above all
/// of the other. It counts only where both are nearly the same, because then it is the clocks that cause it, not the delays.
fn drift(samples: &[Sample], origin: i64, span: i64) -> Option<f64> {
    let base = samples.first()?.difference;
    let points = |side: Side| -> Vec<(f64, f64)> {
        let own = samples.iter().filter(|sample| sample.from == side);
        let mut points: Vec<(f64, f64)> = own
            .map(|sample| {
                let since = float(sample.at.saturating_sub(origin));
                // The line below all is found; that above all is the one below all of the mirror image.
                let sign = if side == Side::A { 1.0 } else { -1.0 };
                (since, sign * float(sample.difference.saturating_sub(base)))
            })
            .collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
        points
    };
    let (there, back) = (points(Side::A), points(Side::B));
    if span < LONG_ENOUGH || there.len() < MANY_ENOUGH || back.len() < MANY_ENOUGH {
        return None;
    }
    let (there, back) = (slope_below(&there)?, -slope_below(&back)?);
    let middle = f64::midpoint(there, back);
    ((there - back).abs() <= middle.abs() / 2.0).then_some(middle * 1e6)
}

/// The slope of the line below all points from which their summed distance is least: the edge of their lower hull above or
/// below their mean. (Moon, Skelly and Towsley: Estimation and removal of clock skew from network delay measurements, 1999.)
fn slope_below(points: &[(f64, f64)]) -> Option<f64> {
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for &point in points {
        while let [.., before, last] = hull[..] {
            let turn = (last.0 - before.0) * (point.1 - before.1) - (last.1 - before.1) * (point.0 - before.0);
            if turn > 0.0 {
                break;
            }
            hull.pop();
        }
        hull.push(point);
    }
    let mean = points.iter().map(|point| point.0).sum::<f64>() / float(i64::try_from(points.len()).ok()?);
    let edge = hull.windows(2).find_map(|edge| match edge {
        [start, end] if start.0 <= mean && mean <= end.0 && end.0 > start.0 => Some((*start, *end)),
        _ => None,
    });
    let (start, end) = edge?;
    Some((end.1 - start.1) / (end.0 - start.0))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits hold 104 days of nanoseconds, and a difference of clocks needs no more"
)]
const fn float(nanoseconds: i64) -> f64 {
    nanoseconds as f64
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a float that is too large becomes the largest number"
)]
fn whole(nanoseconds: f64) -> i64 {
    nanoseconds.round() as i64
}
