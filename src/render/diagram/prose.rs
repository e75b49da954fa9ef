//! Lines of words, no wider than the view.

use std::io::{self, Write};

use super::WIDTH;

/// Writes words, broken at spaces where they would be wider than the view; further lines begin with `indent`. A word that
/// is too wide for a line is cut to pieces.
pub(super) fn write(out: &mut (impl Write + ?Sized), text: &str, indent: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        let mut word = word;
        if line.len() + word.trim_end().len() > WIDTH {
            if !line.trim().is_empty() {
                writeln!(out, "{}", line.trim_end())?;
            }
            indent.clone_into(&mut line);
            word = word.trim_start();
        }
        while let Some((piece, rest)) = word
            .split_at_checked(WIDTH - line.len())
            .filter(|_| line.len() + word.trim_end().len() > WIDTH)
        {
            writeln!(out, "{line}{piece}")?;
            indent.clone_into(&mut line);
            word = rest;
        }
        line.push_str(word);
    }
    writeln!(out, "{}", line.trim_end())
}
