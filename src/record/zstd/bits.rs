//! Bits that are read from the end of some bytes to their start. RFC 8878 section 4.1

use super::corrupt::{Corrupt, Unpacked};

/// A bitstream that begins behind the highest set bit of its last byte.
pub(super) struct BackwardBits<'a> {
    bytes: &'a [u8],
    /// Bits that are left; negative: that many were read and are not there.
    left: i64,
}

impl<'a> BackwardBits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Unpacked<Self> {
        let unused = match bytes.last() {
            Some(&last) if last != 0 => i64::from(last.leading_zeros()) + 1,
            _ => return Err(Corrupt("a bitstream has no end mark")),
        };
        let left = i64::try_from(bytes.len()).unwrap_or(0) * 8 - unused;
        Ok(Self { bytes, left })
    }

    /// Bits that are left; negative: that many were read and are not there.
    pub(super) const fn left(&self) -> i64 {
        self.left
    }

    /// The next bits, 32 at most, without taking them. Before the start of the stream lie zeros.
    #[inline]
    pub(super) fn peek(&self, count: u32) -> u64 {
        let at = self.left - i64::from(count);
        if at >= 0 {
            return self.bits(usize::try_from(at).unwrap_or(0)) & mask(count);
        }
        if self.left <= 0 {
            return 0;
        }
        let there = u32::try_from(self.left).unwrap_or(0);
        (self.bits(0) & mask(there)) << (count - there)
    }

    #[inline]
    pub(super) fn take(&mut self, count: u32) -> u64 {
        let value = self.peek(count);
        self.left -= i64::from(count);
        value
    }

    /// At least 57 bits from this one on, counted from the start of the bytes.
    #[inline]
    fn bits(&self, at: usize) -> u64 {
        let rest = self.bytes.get(at / 8..).unwrap_or_default();
        let word = rest.first_chunk().map_or_else(
            || rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
            |word| u64::from_le_bytes(*word),
        );
        word >> (at % 8)
    }
}

const fn mask(count: u32) -> u64 {
    (1 << count) - 1
}

/// Bits that are read from the start, the lowest of each byte first.
pub(super) struct ForwardBits<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl ForwardBits<'_> {
    /// The next bits, 16 at most, without taking them. Behind the end lie zeros.
    pub(super) fn peek(&self, count: u32) -> u32 {
        let rest = self.bytes.get(self.at / 8..).unwrap_or_default();
        let word = rest
            .iter()
            .take(4)
            .rev()
            .fold(0, |word, &byte| word << 8 | u32::from(byte));
        word >> (self.at % 8) & ((1 << count) - 1)
    }

    pub(super) fn take(&mut self, count: u32) -> u32 {
        let value = self.peek(count);
        self.at += count as usize;
        value
    }
}

#[cfg(test)]
mod tests {
    use super::BackwardBits;

    #[test]
    fn bits_come_from_the_end_and_before_the_start_lie_zeros() {
        let mut bits = BackwardBits::new(&[0b1010_0101, 0b0001_1010]).unwrap();
        assert_eq!((bits.take(4), bits.take(6), bits.left()), (0b1010, 0b10_1001, 2));
        assert_eq!((bits.take(4), bits.left(), bits.take(3)), (0b0100, -2, 0));
        assert!(BackwardBits::new(&[]).is_err() && BackwardBits::new(&[1, 0]).is_err());
    }
}
