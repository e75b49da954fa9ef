//! The frames of `samples.txt`, for the tests.

use crate::wire::LinkType;

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

fn unhex(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Bytes as the file of samples writes them.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
