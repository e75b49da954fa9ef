//! A concept on a page: what it is, its names, where a recorded run shows it, what to try, its source.

use std::io::{self, Write};

use super::page::Page;
use super::text_style::{CharacterSet, TextStyle};
use crate::explain::concepts::Concept;
use crate::explain::purpose::lookup;

/// Columns that the words on the left take.
const LEFT: usize = 8;

/// Writes the page.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, concept: &Concept) -> io::Result<()> {
    let mut page = Page {
        output,
        style,
        left: LEFT,
    };
    page.title(&format!("{} (a concept)", concept.name))?;
    page.beside("What", &concept.sentences.join(" "), None)?;
    if !concept.other_names.is_empty() {
        page.beside("Names", &concept.other_names.join(", "), None)?;
    }
    let fields = fields(concept);
    if !fields.is_empty() {
        let names: Vec<String> = fields.iter().map(|(word, id)| format!("{word} ({id})")).collect();
        let one_or_more = if names.len() == 1 { "field" } else { "fields" };
        page.beside("Fields", &format!("the {one_or_more} {}", names.join(", ")), None)?;
    }
    command(&mut page, "See", concept.example.command, concept.example.notice)?;
    command(&mut page, "Try", concept.attempt.command, concept.attempt.notice)?;
    page.beside("Source", concept.source, None)
}

/// The fields that carry it: the word to ask for each, and its filter name.
fn fields(concept: &Concept) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<(&'static str, &'static str)> = Vec::new();
    for word in concept.fields {
        let found = lookup(word);
        let id = found.first().map(|entry| entry.def.id);
        if let Some(id) = id.filter(|id| fields.iter().all(|(_, known)| known != id)) {
            fields.push((word, id));
        }
    }
    fields
}

/// A command in lines that can be copied, and what to notice below it.
fn command<W: Write>(page: &mut Page<'_, W>, word: &str, command: &str, notice: &str) -> io::Result<()> {
    let is_plain = page.style.characters == CharacterSet::Plain;
    let (left, width) = (page.left, page.style.width.max(TextStyle::NARROWEST));
    if is_plain {
        page.above(&format!("{word}: run this command."), None)?;
        for line in command_lines(command, width) {
            writeln!(page.output, "{line}")?;
        }
        return page.above(notice, None);
    }
    let mut word = word;
    for line in command_lines(command, width - left) {
        writeln!(page.output, "{word:left$}{line}")?;
        word = "";
    }
    page.beside("", notice, None)
}

/// The command, broken between its words where it is longer than that, as a shell reads it.
fn command_lines(command: &str, width: usize) -> Vec<String> {
    const MORE: &str = " \\";
    const INDENT: &str = "  ";
    if command.len() <= width {
        return vec![command.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(command) {
        if !line.is_empty() && line.len() + 1 + word.len() + MORE.len() > width {
            line.push_str(MORE);
            lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
        }
        if !line.trim_start().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The words of a command; what is in quotation marks is one word.
fn words(command: &str) -> Vec<&str> {
    let mut quote = None;
    let is_between = |c: char| {
        match quote {
            None if c == '\'' || c == '"' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
        c == ' ' && quote.is_none()
    };
    command.split(is_between).collect()
}

#[cfg(test)]
mod tests {
    use super::command_lines;

    #[test]
    fn a_long_command_is_broken_between_words_and_never_inside_quotation_marks() {
        let command = "sniffer -r a.pcapng --view summary 'tcp and port 80' -c 2";
        assert_eq!(command_lines(command, 80), [command]);
        assert_eq!(
            command_lines(command, 30),
            [
                "sniffer -r a.pcapng --view \\",
                "  summary 'tcp and port 80' \\",
                "  -c 2"
            ]
        );
    }
}
