//! The smoothed round-trip time and the retransmission timeout that follow from samples: RFC 6298 section 2.

/// A clock that ticks each millisecond, as Linux's: `G` of RFC 6298, in nanoseconds.
const GRANULARITY: i64 = 1_000_000;

/// What samples have shown so far, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Estimate {
    /// `SRTT`.
    pub(super) smoothed: i64,
    /// `RTTVAR`.
    pub(super) variation: i64,
}

impl Estimate {
    /// After the first sample (section 2.2), or after one more (2.3): alpha is 1/8, beta 1/4.
    #[must_use]
    pub(super) fn after(before: Option<Self>, sample: i64) -> Self {
        let sample = sample.max(0);
        match before {
            None => Self {
                smoothed: sample,
                variation: sample / 2,
            },
            Some(Self { smoothed, variation }) => {
                let off = smoothed.saturating_sub(sample).saturating_abs();
                Self {
                    // The variation first, with the smoothed time as it was.
                    variation: variation.saturating_add((off - variation) / 4),
                    smoothed: smoothed.saturating_add((sample - smoothed) / 8),
                }
            }
        }
    }

    /// `RTO`, without a minimum: RFC 6298 asks for one second at least (2.4), Linux has 200 ms at least for the part that comes from the
    /// variation.
    #[must_use]
    pub(super) fn timeout(&self) -> i64 {
        let variation = self.variation.saturating_mul(4).max(GRANULARITY);
        self.smoothed.saturating_add(variation)
    }
}

#[cfg(test)]
mod tests {
    use super::Estimate;

    const MS: i64 = 1_000_000;

    #[test]
    fn the_timeout_follows_from_the_samples_as_section_2_has_it() {
        let first = Estimate::after(None, 100 * MS);
        assert_eq!((first.smoothed, first.variation), (100 * MS, 50 * MS));
        assert_eq!(first.timeout(), 300 * MS);
        // RTTVAR = 3/4 * 50 + 1/4 * |100 - 180| = 57.5; SRTT = 7/8 * 100 + 1/8 * 180 = 110.
        let second = Estimate::after(Some(first), 180 * MS);
        assert_eq!((second.smoothed, second.variation), (110 * MS, 57_500_000));
        assert_eq!(second.timeout(), 340 * MS);
    }

    #[test]
    fn with_equal_samples_the_timeout_comes_down_to_the_clocks_tick() {
        let mut known = None;
        for _ in 0..100 {
            known = Some(Estimate::after(known, 40 * MS));
        }
        assert_eq!(known.unwrap().timeout(), 41 * MS);
    }

    #[test]
    fn no_sample_breaks_it() {
        let mut known = None;
        for sample in [i64::MAX, -1, i64::MIN, 0, i64::MAX] {
            let estimate = Estimate::after(known, sample);
            assert!(estimate.timeout() >= 0);
            known = Some(estimate);
        }
    }
}
