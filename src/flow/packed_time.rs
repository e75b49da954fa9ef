//! Times and packet numbers as small as they can be kept.

use crate::frame::Time;

/// A time that may be missing, in eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedTime(i64);

impl PackedTime {
    /// The one value that no time has: it would be in the year 1677.
    const NONE: i64 = i64::MIN;

    pub(super) fn new(time: Option<Time>) -> Self {
        Self(time.map_or(Self::NONE, |time| time.0))
    }

    pub(super) fn time(self) -> Option<Time> {
        (self.0 != Self::NONE).then_some(Time(self.0))
    }

    /// Nanoseconds from `earlier` to this one, 0 or more. `None` where the clock went back in between: then it measured nothing.
    pub(super) fn since(self, earlier: Self) -> Option<i64> {
        self.difference(earlier).filter(|&span| span >= 0)
    }

    /// The same; negative where the clock went back.
    pub(super) fn difference(self, earlier: Self) -> Option<i64> {
        let (now, then) = (self.time()?, earlier.time()?);
        now.0.checked_sub(then.0)
    }
}

/// A span of nanoseconds that may be missing, in eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nanoseconds(i64);

impl Nanoseconds {
    pub(super) const NONE: Self = Self(i64::MIN);

    pub(super) fn new(span: Option<i64>) -> Self {
        span.map_or(Self::NONE, Self)
    }

    pub(super) fn get(self) -> Option<i64> {
        (self != Self::NONE).then_some(self.0)
    }
}

/// The low half of a packet's number. The whole is told from a later packet's, which is less than 2^32 packets away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PacketNumber(u32);

impl PacketNumber {
    pub(super) const fn new(number: u64) -> Self {
        Self(low(number))
    }

    pub(super) const fn from_low(low: u32) -> Self {
        Self(low)
    }

    pub(super) const fn low(self) -> u32 {
        self.0
    }

    /// The whole number, told at packet `now`.
    pub(super) const fn whole(self, now: u64) -> u64 {
        let distance = low(now).wrapping_sub(self.0);
        now.saturating_sub(distance as u64)
    }
}

const fn low(number: u64) -> u32 {
    (number & 0xffff_ffff) as u32
}

/// The packet that is being followed: its number and time.
#[derive(Debug, Clone, Copy)]
pub(super) struct CurrentPacket {
    pub(super) number: u64,
    pub(super) time: PackedTime,
}

#[cfg(test)]
mod tests {
    use super::{PackedTime, PacketNumber};
    use crate::frame::Time;

    #[test]
    fn a_packet_number_is_whole_again_over_the_wrap() {
        for (then, now) in [
            (1, 1),
            (1, 900),
            (0xffff_fff0, 0x1_0000_0010),
            (0x5_0000_0000, 0x5_ffff_ffff),
        ] {
            assert_eq!(PacketNumber::new(then).whole(now), then);
        }
    }

    #[test]
    fn a_missing_time_and_a_clock_that_went_back_give_no_span() {
        let at = |time| PackedTime::new(Some(Time(time)));
        assert_eq!((at(7).since(at(5)), at(7).since(at(7))), (Some(2), Some(0)));
        assert_eq!((at(5).since(at(7)), at(5).difference(at(7))), (None, Some(-2)));
        assert_eq!(at(5).since(PackedTime::new(None)), None);
        assert_eq!(at(i64::MAX).since(at(-5)), None);
    }
}
