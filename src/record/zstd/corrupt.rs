//! What is wrong with a frame, and what the format allows.

use std::io::{self, ErrorKind};

/// The most that a block has, in bytes, packed or not. RFC 8878 section 3.1.1.2.4
pub(super) const LARGEST_BLOCK: usize = 128 * 1024;

/// What is wrong with a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corrupt(pub(super) &'static str);

pub(super) type Unpacked<T> = Result<T, Corrupt>;

impl From<Corrupt> for io::Error {
    fn from(Corrupt(why): Corrupt) -> Self {
        Self::new(ErrorKind::InvalidData, why)
    }
}
