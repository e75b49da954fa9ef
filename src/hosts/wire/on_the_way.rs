//! A frame on its way, and how it gets into an interface.

use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::time::Instant;

/// A frame that will arrive. Ordered by time, and of one time by the order in which they were sent.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OnTheWay {
    pub(super) due: Instant,
    pub(super) order: u64,
    pub(super) to: usize,
    /// Its place in the record, if it has one.
    pub(super) record: Option<usize>,
    pub(super) corrupted: bool,
    pub(super) bytes: Vec<u8>,
}

/// Has an interface receive the frame.
pub(super) fn write(mut tap: &File, frame: &[u8]) -> io::Result<()> {
    loop {
        match tap.write(frame) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Changes the last bit of the last byte: data, where there are some, and else the innermost header.
pub(super) fn corrupt(frame: &mut [u8]) {
    if let Some(last) = frame.last_mut() {
        *last ^= 1;
    }
}
