//! The beginning of what a packet carries, as a quotation: `"sockets are doors\n"`.
//!
//! It is in double quotes and escaped as in C; behind them `…`, in ASCII `...`, says that the payload goes on. What else
//! would not show itself is escaped as everywhere: [`crate::escape`].

use crate::escape::{printable, printable_ascii};
use crate::render::text_style::CharacterSet;
use crate::timeline::PayloadStart;

/// For a place in a drawing of characters: at most `room` columns; `None` where there is no room for a character.
///
/// A ladder counts a column for each character, and its arrows are read from left to right. So characters that may be two columns
/// wide (Chinese, emoji) or none (combining accents), and those that are written from right to left, are escaped here:
/// `\u{5957}`. Sentences and pictures show them: [`written`].
pub(super) fn drawn(start: &PayloadStart, characters: CharacterSet, room: usize) -> Option<String> {
    fitting(start, characters, room, |text| {
        let mut drawn = String::with_capacity(text.len());
        for character in escaped(text, characters).chars() {
            if is_one_column(character) {
                drawn.push(character);
            } else {
                drawn.extend(character.escape_unicode());
            }
        }
        drawn
    })
}

/// For a place by itself, at the end of a sentence or on a line of its own. What may be two columns wide counts so.
pub(in crate::render) fn written(start: &PayloadStart, characters: CharacterSet, room: usize) -> Option<String> {
    fitting(start, characters, room, |text| escaped(text, characters))
}

/// The longest beginning that fits, in quotes. No escape is cut: it would mean something else.
fn fitting(
    start: &PayloadStart,
    characters: CharacterSet,
    room: usize,
    escape: impl Fn(&str) -> String,
) -> Option<String> {
    let more = match characters {
        CharacterSet::Ascii => "...",
        CharacterSet::Unicode | CharacterSet::Plain => "…",
    };
    let text = start.text();
    // Behind each of the characters, from the last to the first.
    let mut ends = text
        .char_indices()
        .rev()
        .map(|(place, character)| place + character.len_utf8());
    ends.find_map(|end| {
        let is_whole = end == text.len() && !start.goes_on();
        let quotation = format!("\"{}\"{}", escape(text.get(..end)?), if is_whole { "" } else { more });
        (columns(&quotation) <= room).then_some(quotation)
    })
}

/// Backslashes and quotes are escaped too: the quotation ends at its last quote, and `\n` is a line end and nothing else.
fn escaped(text: &str, characters: CharacterSet) -> String {
    let literal = text.replace('\\', "\\\\").replace('"', "\\\"");
    match characters {
        CharacterSet::Ascii => printable_ascii(literal.as_bytes()).into_owned(),
        CharacterSet::Unicode | CharacterSet::Plain => printable(literal.as_bytes()).into_owned(),
    }
}

fn columns(text: &str) -> usize {
    let widths = text
        .chars()
        .map(|character| if is_one_column(character) { 1 } else { 2 });
    widths.sum()
}

/// Is it of a script whose characters are one column wide in every terminal and run from left to right? Latin, Greek, Cyrillic,
/// and the signs that texts in them have. A list of those that are not would have to follow Unicode, this one need not.
const fn is_one_column(character: char) -> bool {
    matches!(character,
        ' '..='~'
        | '\u{a0}'..='\u{2ff}'
        | '\u{370}'..='\u{482}'
        | '\u{48a}'..='\u{52f}'
        | '\u{1e00}'..='\u{1fff}'
        | '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{20a0}'..='\u{20bf}')
}

#[cfg(test)]
mod tests {
    use super::{drawn, written};
    use crate::render::text_style::CharacterSet::{Ascii, Plain, Unicode};
    use crate::timeline::PayloadStart;
    use proptest::prelude::*;

    fn start(text: &str) -> PayloadStart {
        PayloadStart::of(text.as_bytes(), text.len() as u64).unwrap()
    }

    fn in_columns(text: &str, room: usize) -> String {
        drawn(&start(text), Unicode, room).unwrap()
    }

    #[test]
    fn it_is_escaped_as_in_c() {
        assert_eq!(in_columns("sockets are doors\n", 40), r#""sockets are doors\n""#);
        assert_eq!(in_columns("a\tb\r\n", 40), r#""a\tb\r\n""#);
        assert_eq!(in_columns(r#"say "\n""#, 40), r#""say \"\\n\"""#);
    }

    #[test]
    fn what_goes_on_says_so_outside_of_the_quotes() {
        let long = "abcdefghijklmnopqrstuvwxyz";
        assert_eq!(in_columns(long, 40), "\"abcdefghijklmnopqrstuvwx\"…");
        assert_eq!(
            drawn(&start(long), Ascii, 40).unwrap(),
            "\"abcdefghijklmnopqrstuvwx\"..."
        );
        assert_eq!(
            written(&start(long), Plain, 40).unwrap(),
            "\"abcdefghijklmnopqrstuvwx\"…"
        );
    }

    #[test]
    fn with_less_room_it_is_shorter_and_no_escape_is_cut() {
        assert_eq!(in_columns("doors\n", 9), r#""doors\n""#);
        assert_eq!(in_columns("doors\n", 8), "\"doors\"…");
        assert_eq!(in_columns("doors\n", 4), "\"d\"…");
        assert_eq!(drawn(&start("doors\n"), Unicode, 3), None);
        assert_eq!(in_columns("a\u{202e}bc", 12), "\"a\\u{202e}\"…");
        assert_eq!(in_columns("a\u{202e}bc", 11), "\"a\"…");
    }

    #[test]
    fn what_hides_or_turns_text_is_escaped_everywhere() {
        for characters in [Unicode, Ascii, Plain] {
            let text = start("a\u{202e}b\u{200b}c");
            assert_eq!(drawn(&text, characters, 40).unwrap(), r#""a\u{202e}b\u{200b}c""#);
            assert_eq!(written(&text, characters, 40).unwrap(), r#""a\u{202e}b\u{200b}c""#);
        }
    }

    #[test]
    fn what_is_not_one_column_wide_is_escaped_in_columns_only() {
        assert_eq!(in_columns("grüß Жα €", 40), "\"grüß Жα €\"");
        assert_eq!(drawn(&start("grüß"), Ascii, 40).unwrap(), r#""gr\u{fc}\u{df}""#);
        for (text, escaped) in [
            ("门", r#""\u{95e8}""#),
            ("e\u{301}", r#""e\u{301}""#),
            ("ש", r#""\u{5e9}""#),
            ("👍", r#""\u{1f44d}""#),
        ] {
            assert_eq!(in_columns(text, 40), escaped);
            assert_eq!(written(&start(text), Unicode, 40).unwrap(), format!("\"{text}\""));
        }
        // Two columns each.
        assert_eq!(written(&start("门门门"), Unicode, 8).unwrap(), "\"门门门\"");
        assert_eq!(written(&start("门门门"), Unicode, 7).unwrap(), "\"门门\"…");
    }

    proptest! {
        #[test]
        fn it_fits_and_is_text(text in ".{1,30}", room in 0_usize..60) {
            let Some(start) = PayloadStart::of(text.as_bytes(), text.len() as u64) else {
                return Ok(());
            };
            for characters in [Unicode, Ascii] {
                let drawn = drawn(&start, characters, room).unwrap_or_default();
                prop_assert!(drawn.chars().count() <= room, "{}", drawn);
                prop_assert!(!drawn.contains(char::is_control));
                prop_assert!(characters == Unicode || drawn.is_ascii());
            }
        }
    }
}
