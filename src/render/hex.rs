//! Bytes in hexadecimal, sixteen a line, with their text beside them.

use std::io::{self, Write};

use super::table::write_place;
use crate::wire::digits::hex_digits;

/// Bytes in a line, and in a line that has no room for them.
const LINE: usize = 16;
const SHORT_LINE: usize = 8;

/// Columns of a line of [`LINE`] bytes.
const WIDTH: usize = 72;

/// Writes the bytes; the first is byte `at` of the frame. 72 columns wide at most, 41 where `width` is less.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, at: usize, bytes: &[u8], width: usize) -> io::Result<()> {
    let in_a_line = if width < WIDTH { SHORT_LINE } else { LINE };
    let hex_width = in_a_line * 3 + usize::from(in_a_line == LINE);
    for (index, line) in bytes.chunks(in_a_line).enumerate() {
        write_place(output, at + index * in_a_line)?;
        // A line is one piece for the writer: it has many.
        let mut whole = [b' '; 1 + WIDTH];
        // Between the eighth and the ninth byte are two spaces.
        for (half, bytes) in line.chunks(LINE / 2).enumerate() {
            let places = whole.get_mut(2 + half * (3 * LINE / 2 + 1)..).unwrap_or_default();
            for (place, &byte) in places.chunks_exact_mut(3).zip(bytes) {
                if let Some(digits) = place.first_chunk_mut() {
                    *digits = hex_digits(byte);
                }
            }
        }
        let places = whole.get_mut(hex_width + 3..).unwrap_or_default().iter_mut();
        for (place, &byte) in places.zip(line) {
            *place = if (0x20..0x7f).contains(&byte) { byte } else { b'.' };
        }
        let end = hex_width + 3 + line.len();
        if let Some(place) = whole.get_mut(end) {
            *place = b'\n';
        }
        output.write_all(whole.get(..=end).unwrap_or(&whole))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::write;

    #[test]
    fn a_line_has_its_place_its_bytes_and_their_text() {
        let mut output = Vec::new();
        write(&mut output, 66, b"udp is lazy\x1b[2J\xff\x00!", 80).unwrap();
        assert_eq!(
            String::from_utf8(output).unwrap(),
            "  66  75 64 70 20 69 73 20 6c  61 7a 79 1b 5b 32 4a ff  udp is lazy.[2J.\n  \
             82  00 21                                             .!\n"
        );
    }
}
