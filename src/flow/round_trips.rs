//! The round trips of a conversation over UDP, as ping(8) sums them up.

/// Round trips from requests to their replies, as seen where they were captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrips {
    /// How many were measured; at least 1.
    pub count: u64,
    /// The shortest, in nanoseconds.
    pub min: u64,
    /// The longest, in nanoseconds.
    pub max: u64,
    /// Their sum, in nanoseconds.
    sum: u128,
    /// The sum of their squares.
    squares: u128,
}

impl RoundTrips {
    /// The first one, of this many nanoseconds.
    #[must_use]
    pub fn of(trip: u64) -> Self {
        let wide = u128::from(trip);
        Self {
            count: 1,
            min: trip,
            max: trip,
            sum: wide,
            squares: wide.saturating_mul(wide),
        }
    }

    /// One more, of this many nanoseconds.
    pub fn add(&mut self, trip: u64) {
        let wide = u128::from(trip);
        self.count += 1;
        self.min = self.min.min(trip);
        self.max = self.max.max(trip);
        self.sum = self.sum.saturating_add(wide);
        self.squares = self.squares.saturating_add(wide.saturating_mul(wide));
    }

    /// Their mean, in nanoseconds, rounded down.
    #[must_use]
    pub fn average(&self) -> u64 {
        u64::try_from(self.sum / u128::from(self.count)).unwrap_or(u64::MAX)
    }

    /// How far they are from their mean, in nanoseconds: the square root of the mean square minus the square of the mean. What
    /// ping(8) prints as mdev.
    #[must_use]
    pub fn deviation(&self) -> u64 {
        let count = u128::from(self.count);
        let mean = self.sum / count;
        let variance = (self.squares / count).saturating_sub(mean.saturating_mul(mean));
        u64::try_from(variance.isqrt()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::RoundTrips;

    #[test]
    fn they_are_summed_up_as_ping_does() {
        // Worked out by hand: the mean of 1, 2 and 6 is 3, the mean square 41/3, the deviation sqrt(41/3 - 9) = 2.160.
        let mut trips = RoundTrips::of(1_000_000);
        trips.add(6_000_000);
        trips.add(2_000_000);
        assert_eq!((trips.count, trips.min, trips.max), (3, 1_000_000, 6_000_000));
        assert_eq!((trips.average(), trips.deviation()), (3_000_000, 2_160_246));
    }

    #[test]
    fn one_has_no_deviation_and_the_longest_no_overflow() {
        assert_eq!(RoundTrips::of(7).deviation(), 0);
        let mut trips = RoundTrips::of(u64::MAX);
        trips.add(u64::MAX);
        trips.add(0);
        assert!(trips.average() > 0);
        let _ = trips.deviation();
    }
}
