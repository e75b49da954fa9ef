//! Data as a hex dump: place in the frame, 16 bytes (8 where columns are few), the same as text.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::wire::Span;

/// Place, 16 bytes, and the same as text.
const COLUMNS: usize = 5 + 1 + 3 * 16 + 2 + 16;

pub(super) fn write(out: &mut (impl Write + ?Sized), columns: usize, span: Span<'_>) -> io::Result<()> {
    let in_a_line = if columns < COLUMNS { 8 } else { 16 };
    let room = 3 * in_a_line;
    let starts = (span.at..).step_by(in_a_line);
    for (at, bytes) in starts.zip(span.bytes.chunks(in_a_line)) {
        let mut hex = String::with_capacity(room);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(hex, " {byte:02x}");
        }
        let text: String = bytes.iter().map(|&byte| visible(byte)).collect();
        writeln!(out, "{at:>5} {hex:<room$}  {}", text.trim_end())?;
    }
    Ok(())
}

fn visible(byte: u8) -> char {
    if byte == b' ' || byte.is_ascii_graphic() {
        byte.into()
    } else {
        '.'
    }
}
