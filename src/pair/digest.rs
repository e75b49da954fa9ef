//! A short digest of many bytes, so that packets are compared without keeping them.
//!
//! A digest has 64 bits and begins with a secret of the run, so a sender cannot choose bytes that collide. Among two million
//! packets, two that differ have the same digest in one of ten million runs.

use std::hash::{BuildHasher as _, RandomState};

/// An odd number whose bits are mixed well: 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The secret of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Secret(u64);

impl Secret {
    pub(super) fn new() -> Self {
        Self(RandomState::new().hash_one(0_u8))
    }

    pub(super) const fn digest(self) -> Digest {
        Digest(self.0)
    }
}

/// A digest that grows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digest(u64);

impl Digest {
    /// Adds a number.
    #[inline]
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "both halves of the product are taken")]
    pub(super) const fn number(self, number: u64) -> Self {
        let product = (self.0 ^ number) as u128 * (FACTOR as u128);
        Self((product as u64) ^ ((product >> 64) as u64) ^ self.0.rotate_left(23))
    }

    /// Adds bytes and their number.
    #[must_use]
    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        let mut digest = self.number(bytes.len() as u64);
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            if let Some(word) = word.first_chunk() {
                digest = digest.number(u64::from_le_bytes(*word));
            }
        }
        let last = words.remainder().iter().rev();
        let last = last.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        digest.number(last)
    }

    /// The digest.
    pub(super) const fn value(self) -> u64 {
        self.number(FACTOR).0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Secret;

    #[test]
    fn every_byte_and_the_length_count() {
        let secret = Secret::new();
        let mut seen = HashSet::new();
        for length in 0..40 {
            let zeros = vec![0_u8; length];
            assert!(seen.insert(secret.digest().bytes(&zeros).value()), "{length}");
            for at in 0..length {
                for value in 1..=u8::MAX {
                    let mut bytes = zeros.clone();
                    bytes[at] = value;
                    assert!(
                        seen.insert(secret.digest().bytes(&bytes).value()),
                        "{length} {at} {value}"
                    );
                }
            }
        }
    }
}
