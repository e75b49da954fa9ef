//! Name and value fitted into a box. Where both do not fit, the value wins and the name is shortened.

use super::cell::Cell;

/// The most lines that a name may take, and a value.
const MOST_LINES: usize = 3;

/// Columns from which on a value may be more than a number: the box of a byte.
const WORDS_FROM: usize = 15;

/// Shorter words for the narrowest boxes; others are cut.
const ABBREVIATIONS: [(&str, &[&str]); 2] = [("reserved", &["rsrvd", "rsv"]), ("priority", &["prio", "pri"])];

/// `name: value` in one line, if that fits with nothing left out.
pub(in crate::render) fn one_line(cell: &Cell, width: usize) -> Option<String> {
    let value = cell.values.first()?;
    let line = if value.is_empty() {
        cell.name.to_string()
    } else {
        format!("{}: {value}", cell.name)
    };
    (line.len() <= width).then_some(line)
}

/// The name over one or more lines, then the value: in a line of its own, or over more if the box is wide enough for words.
pub(super) fn lines(cell: &Cell, width: usize) -> Vec<String> {
    let mut lines = name(cell, width);
    lines.extend(value(cell, width));
    lines
}

/// The name over one or more lines.
pub(in crate::render) fn name(cell: &Cell, width: usize) -> Vec<String> {
    if width == 1 {
        // Downwards, as RFC 9293 writes its control bits.
        return cell.letters.chars().map(String::from).collect();
    }
    let words = cell.name.split(' ').map(|word| shortened(word, width));
    let mut lines = wrapped(words, width);
    lines.truncate(MOST_LINES);
    lines
}

/// The value: in a line of its own, or over more if the box is wide enough for words.
pub(in crate::render) fn value(cell: &Cell, width: usize) -> Vec<String> {
    let full = cell.values.first().map_or("", String::as_str);
    // The box of a long field has further rows: what is longer than one is broken.
    let is_tall = cell.bits > width;
    let words = || {
        full.split(' ')
            .flat_map(|word| pieces(word, if is_tall { width } else { word.len() }))
    };
    let wide_enough = width >= WORDS_FROM && words().all(|word| word.len() <= width);
    if wide_enough {
        let lines = wrapped(words(), width);
        if lines.len() <= MOST_LINES {
            return lines;
        }
    }
    let shorter = cell.values.iter().find(|value| value.len() <= width);
    vec![shorter.cloned().unwrap_or_default()]
}

/// The word in pieces of `most` characters; one piece where it is not longer.
fn pieces(word: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    letters.chunks(most.max(1)).map(String::from_iter).collect()
}

fn wrapped(words: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

fn shortened(word: &str, width: usize) -> String {
    if word.len() <= width {
        return word.to_owned();
    }
    let known = ABBREVIATIONS
        .iter()
        .find(|(long, _)| *long == word)
        .and_then(|(_, short)| short.iter().find(|short| short.len() <= width));
    match known {
        Some(short) => (*short).to_owned(),
        None if width > 3 => word.chars().take(width - 1).chain(['.']).collect(),
        None => word.chars().take(width).collect(),
    }
}
