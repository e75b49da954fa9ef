//! Bytes from the network made safe to show.
//!
//! A terminal obeys control characters: a client that sends `ESC [ 2 J` would clear the server's screen, and one that
//! sends a carriage return could overwrite a line with a forged one. So whatever came from the network or the keyboard
//! passes through here before it is shown.

#[cfg(feature = "sniffer")]
pub mod columns;
mod hidden;
pub mod json;
pub mod shell;
mod table;

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// The text with everything escaped that would not simply show as a character:
///
/// - control characters (Unicode category Cc: C0, DEL, C1) as `\n`, `\r`, `\t`, `\0` or `\x1b`;
/// - characters that reorder their neighbours (bidirectional controls), break lines, or show nothing, as `\u{202e}`: all of
///   Unicode's categories Cf, Zl and Zp, and all with its property `Default_Ignorable_Code_Point`. The joiners U+200C and
///   U+200D stay between letters;
/// - bytes that are not UTF-8, as `\xff`.
///
/// A backslash stays as it is: the result is for reading, not for turning back.
#[must_use]
pub fn printable(bytes: &[u8]) -> Cow<'_, str> {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~');
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(is_plain) || hidden::hidden(text).next().is_none() => return Cow::Borrowed(text),
        _ => {}
    }
    let mut safe = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        let text = chunk.valid();
        let mut written = 0;
        for (at, character) in hidden::hidden(text) {
            safe.push_str(text.get(written..at).unwrap_or_default());
            push_escaped(&mut safe, character);
            written = at + character.len_utf8();
        }
        safe.push_str(text.get(written..).unwrap_or_default());
        for byte in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    Cow::Owned(safe)
}

/// The text of an error in one line that no file name can break, nor drive the terminal with.
#[must_use]
pub fn one_line(error: &impl fmt::Display) -> String {
    printable(error.to_string().as_bytes()).into_owned()
}

/// As [`printable`], in ASCII: every other character as `\u{fc}`.
#[must_use]
pub fn printable_ascii(bytes: &[u8]) -> Cow<'_, str> {
    let safe = printable(bytes);
    if safe.is_ascii() {
        return safe;
    }
    let escaped = safe.chars().map(|character| match character {
        _ if character.is_ascii() => character.to_string(),
        _ => format!("\\u{{{:x}}}", u32::from(character)),
    });
    Cow::Owned(escaped.collect::<Vec<_>>().concat())
}

/// The text in pieces of at most `most` characters, which must not be 0. No piece begins or ends with a joiner, as far as there
/// is room: each piece is shown alone, and there the joiner would be hidden.
pub fn pieces(text: &str, most: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = rest
            .char_indices()
            .nth(most.max(1))
            .map_or(rest.len(), |(place, _)| place);
        // The letter before a joiner goes to the next piece together with it.
        while let Some(shorter) = before_joiner(rest, end) {
            end = shorter;
        }
        let (piece, more) = rest.split_at_checked(end)?;
        rest = more;
        Some(piece)
    })
}

/// Where to cut the text instead of here, so that no joiner is beside the cut; `None` when none is, or there is no room.
fn before_joiner(text: &str, end: usize) -> Option<usize> {
    let (before, behind) = text.split_at_checked(end)?;
    let last = before.chars().next_back()?;
    let is_beside = hidden::is_joiner(last) || behind.chars().next().is_some_and(hidden::is_joiner);
    (is_beside && before.len() > last.len_utf8()).then(|| end - last.len_utf8())
}

/// Writes the character by its number, or by its usual name.
fn push_escaped(safe: &mut String, character: char) {
    match character {
        '\n' => safe.push_str("\\n"),
        '\r' => safe.push_str("\\r"),
        '\t' => safe.push_str("\\t"),
        '\0' => safe.push_str("\\0"),
        _ if character.is_ascii() => {
            let _ = write!(safe, "\\x{:02x}", u32::from(character));
        }
        _ => {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{pieces, printable, printable_ascii};
    use proptest::prelude::*;
    use std::borrow::Cow;

    #[test]
    fn ordinary_text_is_not_even_copied() {
        assert!(matches!(printable("straße ñ \\ 中文".as_bytes()), Cow::Borrowed(_)));
    }

    #[test]
    fn an_escape_sequence_stays_text() {
        assert_eq!(printable(b"\x1b[2Jbell\x07 del\x7f"), "\\x1b[2Jbell\\x07 del\\x7f");
        // U+009B opens an escape sequence by itself on some terminals.
        assert_eq!(printable("\u{9b}2J".as_bytes()), "\\u{9b}2J");
        assert_eq!(printable(b"a\r\n\tb\0"), "a\\r\\n\\tb\\0");
    }

    #[test]
    fn what_reorders_or_hides_text_is_shown() {
        assert_eq!(
            printable("a\u{202e}b\u{200b}c\u{2028}".as_bytes()),
            "a\\u{202e}b\\u{200b}c\\u{2028}"
        );
    }

    #[test]
    fn ascii_is_kept_where_nothing_else_may_show() {
        assert_eq!(printable_ascii("grüß\n".as_bytes()), "gr\\u{fc}\\u{df}\\n");
        assert!(matches!(printable_ascii(b"abc"), Cow::Borrowed("abc")));
    }

    #[test]
    fn bytes_that_are_no_utf8_are_shown_as_numbers() {
        assert_eq!(printable(b"ok\xff\xfe\xc3"), "ok\\xff\\xfe\\xc3");
    }

    #[test]
    fn a_piece_stands_alone() {
        let cut = |text, most| pieces(text, most).collect::<Vec<_>>();
        assert_eq!(cut("abcde", 2), ["ab", "cd", "e"]);
        assert_eq!(cut("", 2), [""; 0]);
        let persian = "می\u{200c}خواهم";
        assert_eq!(cut(persian, 3), ["م", "ی\u{200c}خ", "واه", "م"]);
        assert_eq!(cut(persian, 2), ["م", "ی", "\u{200c}خ", "وا", "هم"], "there is no room");
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "[a\u{200d}é ]{0,40}", most in 1_usize..9) {
            let all: Vec<&str> = pieces(&text, most).collect();
            prop_assert_eq!(&all.concat(), &text);
            prop_assert!(all.iter().all(|piece| !piece.is_empty() && piece.chars().count() <= most));
        }

        #[test]
        fn no_bytes_bring_a_control_character_to_the_terminal(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(!printable(&bytes).chars().any(char::is_control));
        }
    }
}
