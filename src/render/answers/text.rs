//! A sheet as text, and as sentences for screen readers.

use std::io::{self, Write};

use super::{Below, Item, Section, Sheet};
use crate::render::look::{Look, Paint, Style};
use crate::render::table::wrap;

/// Columns that the words on the left take.
const LEFT: usize = 9;

/// Writes the sheet in the columns and characters of the look. No byte of it comes out as a control character.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, look: &Look, sheet: &Sheet) -> io::Result<()> {
    let page = Page { look, output };
    page.sheet(sheet)
}

struct Page<'p, W> {
    look: &'p Look,
    output: &'p mut W,
}

impl<W: Write> Page<'_, W> {
    fn sheet(mut self, sheet: &Sheet) -> io::Result<()> {
        self.title(&sheet.title)?;
        for line in &sheet.about {
            self.above(line, Paint::Faint)?;
        }
        for section in &sheet.sections {
            self.section(section)?;
        }
        Ok(())
    }

    fn section(&mut self, section: &Section) -> io::Result<()> {
        writeln!(self.output)?;
        self.title(section.title)?;
        if !section.about.is_empty() {
            self.above(&section.about, Paint::Value)?;
        }
        for item in section.open_items() {
            writeln!(self.output)?;
            self.item(section.title, item)?;
        }
        Ok(())
    }

    fn item(&mut self, section: &str, item: &Item) -> io::Result<()> {
        let question = item.question;
        self.beside(&format!("{section} {}", question.number), question.ask, Paint::Title)?;
        match &item.below {
            Below::Lines => {
                for _ in 0..question.room {
                    writeln!(self.output)?;
                }
                return Ok(());
            }
            Below::Missing(why) => return self.beside("Missing", why, Paint::Problem),
            Below::Answer(answer) => {
                let mut word = "Answer";
                for line in &answer.lines {
                    self.beside(word, line, Paint::Value)?;
                    word = self.again(word);
                }
                let mut word = "Proof";
                for proof in &answer.proofs {
                    self.beside(word, &proof.to_string(), Paint::Faint)?;
                    word = self.again(word);
                }
                self.beside("Why", &answer.reason, Paint::Faint)?;
            }
        }
        self.beside("Mistake", question.mistake, Paint::Faint)
    }

    /// What stands on the left of a further line: nothing, for the eye; the same word, for the ear.
    fn again(&self, word: &'static str) -> &'static str {
        if self.look.style == Style::Plain { word } else { "" }
    }

    fn title(&mut self, text: &str) -> io::Result<()> {
        let text = self.look.text(text.as_bytes());
        writeln!(self.output, "{}", self.look.paint(Paint::Title, text))
    }

    /// A paragraph over the whole width.
    fn above(&mut self, text: &str, paint: Paint) -> io::Result<()> {
        let text = self.look.text(text.as_bytes());
        for line in wrap(&text, self.look.width.max(Look::NARROWEST)) {
            writeln!(self.output, "{}", self.look.paint(paint, &line))?;
        }
        Ok(())
    }

    /// A word on the left, and a paragraph beside it.
    fn beside(&mut self, word: &str, text: &str, paint: Paint) -> io::Result<()> {
        if self.look.style == Style::Plain {
            return self.above(&format!("{word}. {text}"), paint);
        }
        let text = self.look.text(text.as_bytes());
        let mut word = word;
        for line in wrap(&text, self.look.width.max(Look::NARROWEST) - LEFT) {
            writeln!(self.output, "{word:LEFT$}{}", self.look.paint(paint, &line))?;
            word = "";
        }
        Ok(())
    }
}
