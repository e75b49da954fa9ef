//! Name and value fitted into a box. Where both do not fit, the value wins and the name is shortened.

use super::cell::Cell;

/// The most lines that a name may take.
const NAME_LINES: usize = 3;

/// Shorter words for the narrowest boxes; others are cut.
const ABBREVIATIONS: [(&str, &[&str]); 2] = [("reserved", &["rsrvd", "rsv"]), ("priority", &["prio", "pri"])];

/// `name: value` in one line, if that fits with nothing left out.
pub(super) fn one_line(cell: &Cell, width: usize) -> Option<String> {
    let value = cell.values.first()?;
    let line = if value.is_empty() {
        cell.name.to_string()
    } else {
        format!("{}: {value}", cell.name)
    };
    (line.len() <= width).then_some(line)
}

/// The name over one or more lines, then the value in a line of its own.
pub(super) fn lines(cell: &Cell, width: usize) -> Vec<String> {
    let mut lines = if width == 1 {
        // Downwards, as RFC 9293 writes its control bits.
        cell.letters.chars().map(String::from).collect()
    } else {
        wrapped(&cell.name, width)
    };
    let value = cell.values.iter().find(|value| value.len() <= width);
    lines.push(value.cloned().unwrap_or_default());
    lines
}

fn wrapped(name: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split(' ') {
        let word = shortened(word, width);
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines.truncate(NAME_LINES);
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
        None if width > NAME_LINES => word.chars().take(width - 1).chain(['.']).collect(),
        None => word.chars().take(width).collect(),
    }
}
