//! The smoothed round-trip time, its deviation and the retransmission timeout that follow from samples: RFC 6298 section 2.

use super::text_style;

/// Binary places below a nanosecond. Six samples need 15, because no divisor is larger than 8, so their sums are exact.
const PLACES: u32 = 24;

/// A time in units of 1/2^24 ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::render) struct ExactTime(i128);

impl ExactTime {
    /// This number of nanoseconds.
    pub(in crate::render) fn of(nanoseconds: i64) -> Self {
        Self(i128::from(nanoseconds) << PLACES)
    }

    /// The nearest number of nanoseconds.
    pub(in crate::render) fn nanoseconds(self) -> i64 {
        let rounded = (self.0 + (1 << (PLACES - 1))) >> PLACES;
        i64::try_from(rounded).unwrap_or(i64::MAX)
    }

    /// The sum of both.
    pub(in crate::render) const fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    /// This many times it.
    pub(in crate::render) const fn times(self, count: i128) -> Self {
        Self(self.0 * count)
    }

    const fn part(self, divisor: i128) -> Self {
        Self(self.0 / divisor)
    }

    /// How far they are from each other.
    const fn difference(self, other: Self) -> Self {
        Self((self.0 - other.0).abs())
    }
}

/// In milliseconds, to the nearest nanosecond, without the unit.
impl std::fmt::Display for ExactTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rounded = self.nanoseconds();
        f.write_str(&text_style::fraction(rounded < 0, rounded.unsigned_abs(), 1_000_000, 6))
    }
}

/// The estimates after a sample.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct RttEstimate {
    pub(in crate::render) sample: ExactTime,
    /// `RttEstimatedRTT`.
    pub(in crate::render) rtt: ExactTime,
    /// `DevRTT`.
    pub(in crate::render) deviation: ExactTime,
}

impl RttEstimate {
    /// After the first sample (section 2.2), or after one more (2.3).
    pub(in crate::render) fn after(before: Option<Self>, sample: ExactTime) -> Self {
        before.map_or_else(|| Self::first(sample), |before| before.next(sample))
    }

    fn first(sample: ExactTime) -> Self {
        Self {
            sample,
            rtt: sample,
            deviation: sample.part(2),
        }
    }

    /// The deviation takes the estimate from before the sample: RFC 6298 section 2.3 has this order.
    fn next(self, sample: ExactTime) -> Self {
        Self {
            sample,
            rtt: self.rtt.times(7).plus(sample).part(8),
            deviation: self.deviation.times(3).plus(self.rtt.difference(sample)).part(4),
        }
    }

    /// `TimeoutInterval`, without the bounds that RFC and kernels set.
    pub(in crate::render) const fn timeout(self) -> ExactTime {
        self.rtt.plus(self.deviation.times(4))
    }
}

#[cfg(test)]
mod tests {
    use super::{ExactTime, RttEstimate};

    #[test]
    fn halves_are_rounded_up() {
        assert_eq!(ExactTime::of(3).part(2).to_string(), "0.000002");
        assert_eq!(ExactTime::of(-3).part(2).to_string(), "-0.000001");
    }

    #[test]
    fn the_timeout_follows_from_the_samples_however_many_there_are() {
        const MS: i64 = 1_000_000;
        let first = RttEstimate::after(None, ExactTime::of(100 * MS));
        assert_eq!(first.timeout().nanoseconds(), 300 * MS);
        // RTTVAR = 3/4 * 50 + 1/4 * |100 - 180| = 57.5; SRTT = 7/8 * 100 + 1/8 * 180 = 110.
        let mut last = RttEstimate::after(Some(first), ExactTime::of(180 * MS));
        assert_eq!(
            (last.rtt.nanoseconds(), last.timeout().nanoseconds()),
            (110 * MS, 340 * MS)
        );
        for sample in [i64::MAX, -1, i64::MIN, 0, i64::MAX].into_iter().cycle().take(1000) {
            last = RttEstimate::after(Some(last), ExactTime::of(sample));
        }
        for _ in 0..1000 {
            last = RttEstimate::after(Some(last), ExactTime::of(40 * MS));
        }
        assert_eq!(
            (last.rtt.nanoseconds(), last.timeout().nanoseconds()),
            (40 * MS, 40 * MS)
        );
    }
}
