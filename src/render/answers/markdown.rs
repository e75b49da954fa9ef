//! A sheet as Markdown (`CommonMark`).

use std::io::{self, Write};

use super::{Answer, AnswerSpace, Item, Worksheet};
use crate::escape::printable;

/// Writes the sheet. Whatever is in it stays text: nothing of it becomes markup.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, sheet: &Worksheet) -> io::Result<()> {
    writeln!(output, "# {}", escaped(&sheet.title))?;
    for line in &sheet.about {
        writeln!(output, "\n{}", escaped(line))?;
    }
    for section in &sheet.sections {
        writeln!(output, "\n## {}", section.title)?;
        if !section.about.is_empty() {
            writeln!(output, "\n{}", escaped(&section.about))?;
        }
        for item in &section.items {
            write_item(output, section.title, item)?;
        }
    }
    Ok(())
}

fn write_item(output: &mut impl Write, section: &str, item: &Item) -> io::Result<()> {
    let question = item.question;
    writeln!(output, "\n### {section} {}. {}", question.number, escaped(question.ask))?;
    match &item.below {
        AnswerSpace::Lines => {
            for _ in 0..question.room {
                // A paragraph that is not empty, so that each line keeps its height.
                writeln!(output, "\n&nbsp;")?;
            }
            Ok(())
        }
        AnswerSpace::Missing(why) => writeln!(output, "\n**Missing:** {}", escaped(why)),
        AnswerSpace::Answer(answer) => {
            write_answer(output, answer)?;
            writeln!(output, "\n**Usual mistake:** {}", escaped(question.mistake))
        }
    }
}

fn write_answer(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    writeln!(output)?;
    for line in &answer.lines {
        writeln!(output, "- {}", escaped(line))?;
    }
    if !answer.proofs.is_empty() {
        writeln!(output, "\n| packet | place | bytes | field | value |")?;
        writeln!(output, "|---:|---|---|---|---|")?;
        for proof in &answer.proofs {
            writeln!(
                output,
                "| {} | {} | `{}` | {} | {} |",
                proof.packet,
                proof.place(),
                proof.hex(),
                escaped(proof.name),
                escaped(&proof.value)
            )?;
        }
    }
    writeln!(output, "\n**Why:** {}", escaped(&answer.reason))
}

/// The text with everything escaped that Markdown or HTML would take for markup.
fn escaped(text: &str) -> String {
    let safe = printable(text.as_bytes());
    let mut escaped = String::with_capacity(safe.len() + 8);
    for character in safe.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
