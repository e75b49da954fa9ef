//! The lines that several runs type.

/// Bytes of data in a segment of an Ethernet: 1500 without the headers of IPv4 and TCP, and without timestamps (12 bytes).
pub(super) const SEGMENT: usize = 1448;

/// One line of text.
pub(super) fn one_line() -> Vec<String> {
    vec!["sockets are doors".to_owned()]
}

/// A line that fills ten segments; where timestamps are off, nearly ten.
pub(super) fn ten_segments() -> Vec<String> {
    let text = "sockets are doors, ".chars().cycle();
    // The line end is the last byte.
    vec![text.take(10 * SEGMENT - 1).collect()]
}
