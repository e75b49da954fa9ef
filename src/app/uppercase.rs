//! The service: the same text in uppercase.
//!
//! Uppercase is Unicode's, as [`str::to_uppercase`] has it: `straße ñ` becomes `STRASSE Ñ`. The two transports hand the text
//! over in different shapes. A datagram is whole, so [`datagram`] sees all of it at once. A byte stream arrives in pieces
//! that end anywhere, also in the middle of a character, so [`UppercaseStream`] remembers the half one until the rest is there.

use std::str;

/// The text of a datagram in uppercase. One that is not UTF-8 gets its ASCII letters raised, and its other bytes stay as
/// they were.
#[must_use]
pub fn datagram(message: &[u8]) -> Vec<u8> {
    match str::from_utf8(message) {
        Ok(text) if !text.is_ascii() => text.to_uppercase().into_bytes(),
        _ => message.to_ascii_uppercase(),
    }
}

/// The text of a line: its end, `\n` or `\r\n`, is not part of it.
#[must_use]
pub fn without_line_end(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(text) => text.strip_suffix(b"\r").unwrap_or(text),
        None => line,
    }
}

/// Raises a text that arrives in pieces. Bytes that are not UTF-8 pass as they are.
#[derive(Debug, Default)]
pub struct UppercaseStream {
    /// The first one to three bytes of a character whose rest has not arrived.
    half: Vec<u8>,
}

impl UppercaseStream {
    /// Turns what has arrived into uppercase and appends it to `capitalized`; a character that is not complete yet is kept for the next call.
    ///
    /// The output has at most three times the bytes of the input (`ΐ`, 2 bytes, becomes 3 characters of 2 bytes), plus
    /// what a kept character adds.
    pub fn push(&mut self, arrived: &[u8], capitalized: &mut Vec<u8>) {
        if self.half.is_empty() && arrived.is_ascii() {
            let start = capitalized.len();
            capitalized.extend_from_slice(arrived);
            capitalized.iter_mut().skip(start).for_each(u8::make_ascii_uppercase);
            return;
        }
        let mut joined = std::mem::take(&mut self.half);
        joined.extend_from_slice(arrived);
        let mut rest = joined.as_slice();
        while !rest.is_empty() {
            let (valid_to, invalid) = match str::from_utf8(rest) {
                Ok(_) => (rest.len(), Some(0)),
                Err(error) => (error.valid_up_to(), error.error_len()),
            };
            let (valid, after) = rest.split_at_checked(valid_to).unwrap_or((rest, &[]));
            for character in str::from_utf8(valid).unwrap_or_default().chars() {
                let mut encoded = [0; 4];
                for upper in character.to_uppercase() {
                    capitalized.extend_from_slice(upper.encode_utf8(&mut encoded).as_bytes());
                }
            }
            // An error without a length: what follows may yet become a character.
            let Some(invalid) = invalid else {
                self.half = after.to_vec();
                return;
            };
            let (invalid, after) = after.split_at_checked(invalid).unwrap_or((after, &[]));
            capitalized.extend_from_slice(invalid);
            rest = after;
        }
    }

    /// The text is over: half a character stays as it was.
    pub fn finish(&mut self, capitalized: &mut Vec<u8>) {
        capitalized.append(&mut self.half);
    }
}

#[cfg(test)]
mod tests {
    use super::{UppercaseStream, datagram, without_line_end};
    use proptest::prelude::*;

    fn in_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut stream = UppercaseStream::default();
        let mut capitalized = Vec::new();
        for piece in pieces {
            stream.push(piece, &mut capitalized);
        }
        stream.finish(&mut capitalized);
        capitalized
    }

    #[test]
    fn the_end_of_a_line_is_taken_off_once() {
        for (line, text) in [
            ("a\n", "a"),
            ("a\r\n", "a"),
            ("a\r", "a\r"),
            ("a\n\r\n", "a\n"),
            ("\r\r\n", "\r"),
            ("\n", ""),
            ("", ""),
        ] {
            assert_eq!(without_line_end(line.as_bytes()), text.as_bytes(), "{line:?}");
        }
    }

    #[test]
    fn letters_outside_ascii_are_raised_as_unicode_says() {
        assert_eq!(datagram("straße ñ".as_bytes()), "STRASSE Ñ".as_bytes());
        assert_eq!(in_pieces(["straße ñ".as_bytes()]), "STRASSE Ñ".as_bytes());
    }

    #[test]
    fn a_datagram_that_is_no_utf8_gets_its_ascii_letters_raised() {
        assert_eq!(datagram(b"\xff\xfe abc \xc3\xa9"), b"\xff\xfe ABC \xc3\xa9");
    }

    #[test]
    fn a_character_split_over_pieces_is_raised_whole() {
        assert_eq!(
            in_pieces([&b"caf\xc3"[..], b"\xa9 \xe2\x82", b"\xac"]),
            "CAFÉ €".as_bytes()
        );
    }

    #[test]
    fn half_a_character_at_the_end_comes_back_as_it_was() {
        assert_eq!(in_pieces([&b"a\xe2\x82"[..]]), b"A\xe2\x82");
    }

    #[test]
    fn bytes_that_are_no_utf8_pass_through_a_stream() {
        assert_eq!(in_pieces([&b"a\xff\xfeb\xc3"[..], b"c\x00"]), b"A\xff\xfeB\xc3C\x00");
    }

    #[test]
    fn the_stated_growth_is_the_largest() {
        let largest = ('\0'..=char::MAX)
            .map(|c| {
                c.to_uppercase()
                    .map(char::len_utf8)
                    .sum::<usize>()
                    .div_ceil(c.len_utf8())
            })
            .max();
        assert_eq!(largest, Some(3));
    }

    proptest! {
        #[test]
        fn it_does_not_matter_where_the_pieces_end(text in ".{0,40}", cut in proptest::collection::vec(0usize..160, 0..6)) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cut.into_iter().map(|at| at.min(bytes.len())).chain([0, bytes.len()]).collect();
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|ends| &bytes[ends[0]..ends[1]]);
            prop_assert_eq!(in_pieces(pieces), datagram(bytes));
        }

        #[test]
        fn no_byte_of_any_input_is_lost(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(in_pieces(single), in_pieces([bytes.as_slice()]));
        }
    }
}
