//! The frames of `samples.txt`, for the tests.

use crate::wire::LinkType;
use crate::wire::digits::unhex;

/// A captured frame.
pub(super) struct Sample {
    pub(super) name: &'static str,
    pub(super) link: LinkType,
    /// Bytes on the wire.
    pub(super) length: u32,
    pub(super) bytes: Vec<u8>,
}

/// All of them.
pub(super) fn all() -> Vec<Sample> {
    let lines = include_str!("samples.txt").lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&'static str> = line.split(' ').collect();
            Sample {
                name: words[0],
                link: LinkType(words[1].parse().unwrap()),
                length: words[2].parse().unwrap(),
                bytes: unhex(words[3]),
            }
        })
        .collect()
}
