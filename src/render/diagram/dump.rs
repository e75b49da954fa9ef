//! Data as a hex dump: place in the frame, 16 bytes, the same as text.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::wire::Span;

const BYTES_A_LINE: usize = 16;

pub(super) fn write(out: &mut (impl Write + ?Sized), span: Span<'_>) -> io::Result<()> {
    let starts = (span.at..).step_by(BYTES_A_LINE);
    for (at, bytes) in starts.zip(span.bytes.chunks(BYTES_A_LINE)) {
        let mut hex = String::with_capacity(3 * BYTES_A_LINE);
        for byte in bytes {
            // Writing to a String cannot fail.
            let _ = write!(hex, " {byte:02x}");
        }
        let text: String = bytes.iter().map(|&byte| visible(byte)).collect();
        writeln!(out, "{at:>5} {hex:<48}  {}", text.trim_end())?;
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
