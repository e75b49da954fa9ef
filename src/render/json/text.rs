//! Values that turn into text on their way out.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

/// Anything, as the text that it shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<T>(pub(super) T);

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Bytes as hexadecimal digits, two a byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AT_ONCE: usize = 64;
        let digit = |half: u8| half + if half < 10 { b'0' } else { b'a' - 10 };
        for bytes in self.0.chunks(AT_ONCE) {
            let mut digits = [0; 2 * AT_ONCE];
            for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
                pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
            }
            let digits = digits.get(..2 * bytes.len()).unwrap_or_default();
            f.write_str(std::str::from_utf8(digits).unwrap_or_default())?;
        }
        Ok(())
    }
}
