//! The bytes of a packet, sixteen a line, in pieces that belong to a field each.

use std::fmt::Write as _;

use super::row::{ReportRow, keys_of};

/// Bytes in a line.
const LINE: usize = 16;

/// A line.
pub(super) struct HexLine {
    /// Place of the first byte in the frame.
    pub(super) at: usize,
    pub(super) runs: Vec<ByteRun>,
    /// Columns that the bytes of a short line leave empty, as blanks.
    pub(super) padding: String,
    /// The same as text, a dot for what is not an ASCII character.
    pub(super) text: String,
}

/// Bytes of one field, or of the same ones.
pub(super) struct ByteRun {
    pub(super) keys: String,
    /// In hexadecimal, with a blank between two.
    pub(super) hex: String,
}

/// The first `shown` bytes.
pub(super) fn lines(bytes: &[u8], shown: usize, rows: &[&ReportRow]) -> Vec<HexLine> {
    let bytes = bytes.get(..shown).unwrap_or(bytes);
    let lines = bytes.chunks(LINE).enumerate();
    lines.map(|(index, chunk)| line(index * LINE, chunk, rows)).collect()
}

fn line(at: usize, bytes: &[u8], rows: &[&ReportRow]) -> HexLine {
    // Only few fields meet a line.
    let near: Vec<&ReportRow> = rows
        .iter()
        .copied()
        .filter(|row| row.meets(at * 8, (at + LINE) * 8))
        .collect();
    let mut runs: Vec<ByteRun> = Vec::new();
    for (place, byte) in (at..).zip(bytes) {
        let keys = keys_of(&near, place * 8, place * 8 + 8);
        match runs.last_mut().filter(|run| run.keys == keys) {
            Some(run) => {
                // Writing to a String cannot fail.
                let _ = write!(run.hex, " {byte:02x}");
            }
            None => runs.push(ByteRun {
                keys,
                hex: format!("{byte:02x}"),
            }),
        }
    }
    let text = bytes.iter().map(|byte| match byte {
        0x20..0x7f => char::from(*byte),
        _ => '.',
    });
    HexLine {
        at,
        runs,
        padding: " ".repeat(3 * (LINE - bytes.len())),
        text: text.collect(),
    }
}
