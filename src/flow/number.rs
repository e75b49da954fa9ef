//! Sequence numbers, which wrap. RFC 9293 section 3.4

use std::cmp::Ordering;
use std::fmt;

/// A sequence number as it is in a header: 32 bits, counted modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sequence(pub u32);

impl Sequence {
    /// The number this many further.
    #[must_use]
    pub const fn plus(self, count: u32) -> Self {
        Self(self.0.wrapping_add(count))
    }

    /// How far it is from `earlier` to this one, going up; wrong by 2^32 when they are further apart.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// How far it is from `other` to this one, the shorter way round: negative when it comes before.
    #[must_use]
    #[expect(
        clippy::cast_possible_wrap,
        reason = "the upper half of the circle is what comes before"
    )]
    pub const fn distance(self, other: Self) -> i32 {
        self.since(other) as i32
    }

    /// Before, equal or after, in the half of the circle around `other`. RFC 9293 section 3.4: numbers further apart than
    /// 2^31 cannot be told.
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        self.distance(other).cmp(&0)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A sequence or acknowledgment number with its distance from where its stream began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// As it is in the header.
    pub raw: Sequence,
    /// Counted from the initial sequence number of its stream, which is 0 here, so that the first data byte is 1. Where the
    /// capture does not have the beginning, counted so that the first data byte seen is 1 (as Wireshark does). It does not
    /// wrap before 2^48: byte 5,000,000,000 of a stream has this number. Negative for what lies before the beginning (a keep-alive
    /// right after a beginning that was not captured).
    pub relative: i64,
}

/// Bytes of one direction's stream, counted from 1, both ends included: `bytes 1 to 12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// Number of the first.
    pub first: i64,
    /// Number of the last; never before the first.
    pub last: i64,
}

impl ByteRange {
    /// How many.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.last.abs_diff(self.first) + 1
    }
}
