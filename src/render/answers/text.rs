//! A sheet as text, and as sentences for screen readers.

use std::io::{self, Write};

use super::{AnswerSpace, Item, Worksheet, WorksheetSection};
use crate::render::page::Page;
use crate::render::text_style::{Paint, TextStyle};

/// Columns that the words on the left take.
const LEFT: usize = 9;

/// Writes the sheet in the columns and characters of the style. No byte of it comes out as a control character.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, sheet: &Worksheet) -> io::Result<()> {
    let mut page = Page {
        output,
        style,
        left: LEFT,
    };
    page.title(&sheet.title)?;
    for line in &sheet.about {
        page.above(line, Some(Paint::Faint))?;
    }
    for section in &sheet.sections {
        write_section(&mut page, section)?;
    }
    Ok(())
}

fn write_section(page: &mut Page<'_, impl Write>, section: &WorksheetSection) -> io::Result<()> {
    writeln!(page.output)?;
    page.title(section.title)?;
    if !section.about.is_empty() {
        page.above(&section.about, Some(Paint::Value))?;
    }
    for item in &section.items {
        writeln!(page.output)?;
        write_item(page, section.title, item)?;
    }
    Ok(())
}

fn write_item(page: &mut Page<'_, impl Write>, section: &str, item: &Item) -> io::Result<()> {
    let question = item.question;
    page.beside(
        &format!("{section} {}", question.number),
        question.ask,
        Some(Paint::Title),
    )?;
    match &item.below {
        AnswerSpace::Lines => {
            for _ in 0..question.room {
                writeln!(page.output)?;
            }
            return Ok(());
        }
        AnswerSpace::Missing(why) => return page.beside("Missing", why, Some(Paint::Problem)),
        AnswerSpace::Answer(answer) => {
            let mut word = "Answer";
            for line in &answer.lines {
                page.beside(word, line, Some(Paint::Value))?;
                word = page.again(word);
            }
            let mut word = "Proof";
            for proof in &answer.proofs {
                page.beside(word, &proof.to_string(), Some(Paint::Faint))?;
                word = page.again(word);
            }
            page.beside("Why", &answer.reason, Some(Paint::Faint))?;
        }
    }
    page.beside("Mistake", question.mistake, Some(Paint::Faint))
}
