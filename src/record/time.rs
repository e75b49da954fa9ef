//! Time stamps as files keep them.

use std::fmt;

use crate::frame::Time;

const NANOSECONDS_PER_SECOND: i128 = 1_000_000_000;

/// The unit of time stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// 10 to the power of minus this, in seconds.
    Decimal(u8),
    /// 2 to the power of minus this, in seconds.
    Binary(u8),
}

impl Resolution {
    /// The unit where a file does not say.
    pub const MICROSECONDS: Self = Self::Decimal(6);
    /// The unit of what this program writes.
    pub const NANOSECONDS: Self = Self::Decimal(9);

    /// From pcapng's option `if_tsresol`: the highest bit chooses the base, the others are the exponent.
    pub(super) const fn from_option(value: u8) -> Self {
        match value & 0x80 {
            0 => Self::Decimal(value),
            _ => Self::Binary(value & 0x7f),
        }
    }

    /// The time that is this number of units and seconds (pcapng `if_tsoffset`) after 1970; finer units than a nanosecond are cut
    /// off. `None` outside the years 1677 to 2262, which only a broken file names.
    pub(super) fn time(self, units: u64, offset: i64) -> Option<Time> {
        if offset == 0 && self == Self::NANOSECONDS {
            return i64::try_from(units).ok().map(Time);
        }
        let units = i128::from(units);
        let nanoseconds = match self {
            Self::Decimal(exponent @ 0..=9) => units * 10_i128.pow(9 - u32::from(exponent)),
            // From 10^-47 on, even 2^64 units are less than a nanosecond.
            Self::Decimal(exponent) => 10_i128
                .checked_pow(u32::from(exponent) - 9)
                .map_or(0, |unit| units / unit),
            Self::Binary(exponent) => (units * NANOSECONDS_PER_SECOND) >> exponent,
        };
        let nanoseconds = nanoseconds + i128::from(offset) * NANOSECONDS_PER_SECOND;
        i64::try_from(nanoseconds).ok().map(Time)
    }
}

impl fmt::Display for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(0) => f.write_str("seconds"),
            Self::Decimal(3) => f.write_str("milliseconds"),
            Self::Decimal(6) => f.write_str("microseconds"),
            Self::Decimal(9) => f.write_str("nanoseconds"),
            Self::Decimal(exponent) => write!(f, "10^-{exponent} s"),
            Self::Binary(exponent) => write!(f, "2^-{exponent} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Resolution;
    use crate::frame::Time;

    #[test]
    fn units_become_nanoseconds() {
        let second = 1_700_000_000;
        for (option, units, nanoseconds) in [
            (0, second, 1_700_000_000_000_000_000),
            (6, second * 1_000_000 + 1, 1_700_000_000_000_001_000),
            (9, second * 1_000_000_000 + 1, 1_700_000_000_000_000_001),
            (12, 1_999, 1),
            (47, u64::MAX, 0),
            (127, u64::MAX, 0),
            (0x80, second, 1_700_000_000_000_000_000),
            (0x8a, 1536, 1_500_000_000),
            (0xa0, second << 32 | 1 << 31, 1_700_000_000_500_000_000),
            (0xff, u64::MAX, 0),
        ] {
            assert_eq!(
                Resolution::from_option(option).time(units, 0),
                Some(Time(nanoseconds)),
                "{option:#x}, {units}"
            );
        }
    }

    #[test]
    fn the_offset_counts_in_seconds_and_may_go_back() {
        assert_eq!(Resolution::MICROSECONDS.time(1_000_001, -1), Some(Time(1_000)));
        assert_eq!(
            Resolution::NANOSECONDS.time(5, 1_700_000_000),
            Some(Time(1_700_000_000_000_000_005))
        );
    }

    #[test]
    fn a_time_that_no_calendar_of_ours_reaches_is_none() {
        assert_eq!(Resolution::NANOSECONDS.time(u64::MAX, 0), None);
        assert_eq!(Resolution::Decimal(0).time(u64::MAX, i64::MAX), None);
        assert_eq!(Resolution::MICROSECONDS.time(0, i64::MIN), None);
    }
}
