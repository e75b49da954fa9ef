//! How many columns of a terminal a text takes: Unicode Standard Annex #11, "East Asian Width".

use unicode_width::UnicodeWidthStr as _;

/// A text that is laid out in columns.
pub trait Columns {
    /// Its width in columns: 1 for most characters, 2 for wide ones such as Chinese, 0 for those that join the one before.
    fn columns(&self) -> usize;
}

impl Columns for str {
    fn columns(&self) -> usize {
        // Most texts are ASCII without controls: a byte is a column.
        if self.is_ascii() { self.len() } else { self.width() }
    }
}

#[cfg(test)]
mod tests {
    use super::Columns as _;

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
