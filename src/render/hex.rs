//! Bytes in hexadecimal, sixteen a line, with their text beside them.

use std::io::{self, Write};

use crate::wire::hex_digits;

/// Bytes in a line, and in a line that has no room for them.
const LINE: usize = 16;
const SHORT_LINE: usize = 8;

/// Columns of a line of [`LINE`] bytes.
const WIDTH: usize = 72;

/// Writes the bytes; the first stands at byte `at` of the frame. 72 columns wide at most, 41 where `width` is less.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, at: usize, bytes: &[u8], width: usize) -> io::Result<()> {
    let in_a_line = if width < WIDTH { SHORT_LINE } else { LINE };
    let hex_width = in_a_line * 3 + usize::from(in_a_line == LINE);
    for (index, line) in bytes.chunks(in_a_line).enumerate() {
        write!(output, "{:4} ", at + index * in_a_line)?;
        // A line is one piece for the writer: it has many.
        let mut whole = [b' '; WIDTH];
        let mut put = |place: usize, bytes: &[u8]| {
            if let Some(room) = whole.get_mut(place..place + bytes.len()) {
                room.copy_from_slice(bytes);
            }
        };
        for (column, &byte) in line.iter().enumerate() {
            // Between the eighth and the ninth byte are two spaces.
            put(
                1 + 3 * column + usize::from(column >= LINE / 2),
                hex_digits(byte).as_bytes(),
            );
            let shown = if (0x20..0x7f).contains(&byte) { byte } else { b'.' };
            put(hex_width + 2 + column, &[shown]);
        }
        let length = hex_width + 2 + line.len();
        put(length, b"\n");
        output.write_all(whole.get(..=length).unwrap_or(&whole))?;
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
