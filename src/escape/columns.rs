//! How many columns of a terminal a text takes: Unicode Standard Annex #11, "East Asian Width".

use unicode_width::UnicodeWidthStr as _;

/// A text that is laid out in columns.
pub trait Columns {
    /// Its width in columns: 1 for most characters, 2 for wide ones such as Chinese, 0 for those that join the one before.
    fn columns(&self) -> usize;
}

impl Columns for str {
    fn columns(&self) -> usize {
        // Most texts are ASCII without controls: a byte is a column. The library looks at each character's neighbours too; that
        // takes ten times as long, and no character of these has any to look at.
        if self.is_ascii() {
            self.len()
        } else if self.chars().all(is_narrow) {
            self.chars().count()
        } else {
            self.width()
        }
    }
}

/// Is it ASCII, or what our own pictures are drawn with? Such a character has one column, whatever is beside it.
const fn is_narrow(character: char) -> bool {
    character.is_ascii() || matches!(character, '·' | '×' | '…' | '←'..='↓' | '─'..='╬')
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::{Columns as _, is_narrow};

    #[test]
    fn what_counts_as_narrow_has_one_column_alone_and_beside_others() {
        let narrow = (' '..='\u{ffff}').filter(|&character| is_narrow(character) && character != '\u{7f}');
        for character in narrow {
            for text in [
                format!("{character}"),
                format!("a{character}b"),
                format!("→{character}─"),
            ] {
                assert_eq!(text.width(), text.chars().count(), "{text}");
            }
        }
    }

    #[test]
    fn wide_characters_take_two_columns_and_joining_ones_none() {
        for (text, columns) in [
            ("", 0),
            ("abc", 3),
            ("→", 1),
            ("─", 1),
            ("中文", 4),
            ("e\u{301}", 1),
            ("ｆ", 2),
            ("…", 1),
            ("한", 2),
        ] {
            assert_eq!(text.columns(), columns, "{text}");
        }
    }
}
