//! The lines that several runs type.

/// One line of text.
pub(super) fn one_line() -> Vec<String> {
    vec!["sockets are doors".to_owned()]
}

/// A line that fills ten segments of an Ethernet, with 1448 bytes each: 1500 without the headers of IPv4 and TCP, and without
/// timestamps (12 bytes); where timestamps are off, nearly ten.
pub(super) fn ten_segments() -> Vec<String> {
    const SEGMENT: usize = 1448;
    let text = "sockets are doors, ".chars().cycle();
    // The line end is the last byte.
    vec![text.take(10 * SEGMENT - 1).collect()]
}
