//! Lines of words, no wider than the view.

use crate::escape::columns::Columns as _;

use std::io::{self, Write};

/// Writes words, broken at spaces where the line would have more columns; further lines begin with `indent`. No word that comes
/// here has 60 columns: the widest are an IPv6 address with its port, and names.
pub(super) fn write(out: &mut (impl Write + ?Sized), columns: usize, text: &str, indent: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if width(&line) + width(word.trim_end()) > columns && !line.trim().is_empty() {
            writeln!(out, "{}", line.trim_end())?;
            indent.clone_into(&mut line);
        }
        line.push_str(word);
    }
    writeln!(out, "{}", line.trim_end())
}

/// Columns, not bytes: an arrow takes one.
fn width(text: &str) -> usize {
    text.columns()
}
