//! Text in columns, wrapped at words.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::escape::columns::Columns as _;

/// The text in lines of at most `width` columns, broken between words; a word that is longer is broken anywhere. What is in
/// brackets stays together where it fits: `[rel 113153]`. Nothing gives one empty line.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    lines(text, width).map(str::to_owned).collect()
}

/// The same without copies: each line is a piece of the text.
pub(super) fn lines(text: &str, width: usize) -> Lines<'_> {
    Lines {
        rest: Some(text),
        width: width.max(1),
    }
}

/// The lines of a text.
pub(super) struct Lines<'t> {
    /// What is left; `None` when even the one empty line of no text was given.
    rest: Option<&'t str>,
    width: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let text = self.rest?;
        // Mostly all fits: no character takes less than a byte.
        if text.len() <= self.width && !text.starts_with(' ') {
            self.rest = None;
            return Some(text);
        }
        let (line, rest) = first_line(text, self.width);
        self.rest = rest;
        Some(line)
    }
}

/// The first line, and what is left for others.
fn first_line(text: &str, width: usize) -> (&str, Option<&str>) {
    plain_line(text, width).unwrap_or_else(|| line_of_words(text, width))
}

/// The same of ASCII without brackets, in which a byte is a column and a space an end: all before the last space in reach.
/// `None` for other texts, and for those that fit.
fn plain_line(text: &str, width: usize) -> Option<(&str, Option<&str>)> {
    let reach = text.as_bytes().get(..=width)?;
    if text.starts_with(' ') || !reach.iter().all(|byte| byte.is_ascii() && *byte != b'[') {
        return None;
    }
    Some(match reach.iter().rposition(|&byte| byte == b' ') {
        Some(space) => (text.get(..space)?, text.get(space + 1..)),
        None => (text.get(..width)?, text.get(width..)),
    })
}

/// The same of any text, word by word.
fn line_of_words(text: &str, width: usize) -> (&str, Option<&str>) {
    let (mut start, mut end, mut used) = (0, 0, 0);
    let mut at = 0;
    for word in words(text, width) {
        let length = columns(word);
        if used == 0 {
            // No space before the first word.
            start = at;
        } else if used + 1 + length > width {
            return (text.get(start..end).unwrap_or_default(), text.get(at..));
        }
        if length > width {
            let cut = start_of(word, width).len();
            return (text.get(at..at + cut).unwrap_or_default(), text.get(at + cut..));
        }
        used += usize::from(used > 0) + length;
        end = at + word.len();
        at = end + 1;
    }
    (text.get(start..end).unwrap_or_default(), None)
}

/// The longest start of a text that takes `width` columns at most; one character at least.
pub(super) fn start_of(text: &str, width: usize) -> &str {
    let (mut used, mut end) = (0, 0);
    let mut room = [0; 4];
    for character in text.chars() {
        used += character.encode_utf8(&mut room).columns();
        if used > width && end > 0 {
            break;
        }
        end += character.len_utf8();
    }
    text.get(..end).unwrap_or(text)
}

/// `count` spaces; more than 128 are not asked for.
pub(super) fn spaces(count: usize) -> &'static [u8] {
    const SPACES: &[u8; 128] = &[b' '; 128];
    SPACES.get(..count).unwrap_or(SPACES)
}

/// Writes the number of a byte, right-aligned in four columns.
pub(super) fn write_place(output: &mut impl Write, number: usize) -> io::Result<()> {
    let digit = |unit: usize| match number / unit {
        0 if unit > 1 => b' ',
        digits => b'0' + u8::try_from(digits % 10).unwrap_or(0),
    };
    if number < 10_000 {
        output.write_all(&[digit(1000), digit(100), digit(10), digit(1)])
    } else {
        write!(output, "{number}")
    }
}

/// The places of `count` bytes from `first` on: `bytes 14-33`, `byte 14`, `no bytes`.
pub(super) fn places(first: usize, count: usize) -> Cow<'static, str> {
    let mut digits = [itoa::Buffer::new(), itoa::Buffer::new()];
    let [start, end] = &mut digits;
    match count {
        0 => "no bytes".into(),
        1 => ["byte ", start.format(first)].concat().into(),
        _ => ["bytes ", start.format(first), "-", end.format(first + count - 1)]
            .concat()
            .into(),
    }
}

/// How many columns the text takes.
pub(super) fn columns(text: &str) -> usize {
    text.columns()
}

/// The words, and each group in brackets as one if it is not wider.
fn words(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let space = text.bytes().position(|byte| byte == b' ').unwrap_or(text.len());
        let group = text
            .starts_with('[')
            .then(|| text.find(']'))
            .flatten()
            .map(|end| {
                text.get(end..)
                    .and_then(|tail| tail.find(' '))
                    .map_or(text.len(), |more| end + more)
            })
            .filter(|&end| text.get(..end).is_some_and(|group| group.columns() <= width));
        let end = group.unwrap_or(space);
        rest = text.get(end + 1..);
        text.get(..end)
    })
}

#[cfg(test)]
mod tests {
    use super::{columns, line_of_words, places, plain_line, wrap};
    use proptest::prelude::*;

    #[test]
    fn wide_characters_are_counted_as_they_are_shown() {
        assert_eq!(wrap(&"中".repeat(45), 80), ["中".repeat(40), "中".repeat(5)]);
        assert_eq!(wrap("中文 中文 a", 9), ["中文 中文", "a"]);
        // Joined to the character before.
        assert_eq!(
            wrap(&"e\u{301}".repeat(5), 3),
            ["e\u{301}".repeat(3), "e\u{301}".repeat(2)]
        );
    }

    #[test]
    fn one_byte_is_no_range() {
        assert_eq!(
            [places(14, 0), places(14, 1), places(14, 20)],
            ["no bytes", "byte 14", "bytes 14-33"]
        );
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 13), ["one two three"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("2001:db8::1", 5), ["2001:", "db8::", "1"]);
        assert_eq!(wrap("a 2001:db8", 5), ["a", "2001:", "db8"]);
        assert_eq!(wrap("1776453957 [rel 113153]", 19), ["1776453957", "[rel 113153]"]);
        assert_eq!(wrap("7 [rel 113153] x", 8), ["7 [rel", "113153]", "x"]);
        assert_eq!(wrap("[a [b] c", 10), ["[a [b] c"]);
        assert_eq!(wrap("a  b", 10), ["a  b"]);
    }

    proptest! {
        #[test]
        fn the_short_way_breaks_where_the_long_one_does(text in "[a-cß \\[\\]]{0,40}", width in 1usize..20) {
            if let Some(broken) = plain_line(&text, width) {
                prop_assert_eq!(broken, line_of_words(&text, width));
            }
        }

        #[test]
        fn no_line_is_wider_and_no_character_is_lost(text in "[a-zß \\[\\]]{0,60}", width in 1usize..20) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| columns(line) <= width.max(2)));
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
        }
    }
}
