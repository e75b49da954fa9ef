//! Lines of words, no wider than the view.

use std::io::{self, Write};

use super::WIDTH;

/// Writes words, broken at spaces where they would be wider than the view; further lines begin with `indent`. No word that
/// comes here is wider than a line: the widest are an IPv6 address with its port, and names.
pub(super) fn write(out: &mut (impl Write + ?Sized), text: &str, indent: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        if width(&line) + width(word.trim_end()) > WIDTH {
            writeln!(out, "{}", line.trim_end())?;
            indent.clone_into(&mut line);
        }
        line.push_str(word);
    }
    writeln!(out, "{}", line.trim_end())
}

/// Columns, not bytes: an arrow takes one.
fn width(text: &str) -> usize {
    text.chars().count()
}
