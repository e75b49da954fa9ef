//! Text with words on the left and paragraphs beside them; for a screen reader, sentences that begin with the word.

use std::io::{self, Write};

use super::table::wrap;
use super::text_style::{CharacterSet, Paint, TextStyle};

/// Where text is written, in the columns and characters of a look.
pub(super) struct Page<'p, W> {
    pub(super) output: &'p mut W,
    pub(super) style: &'p TextStyle,
    /// Columns that the words on the left take.
    pub(super) left: usize,
}

impl<W: Write> Page<'_, W> {
    /// A heading.
    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        self.above(text, Some(Paint::Title))
    }

    /// A paragraph over the whole width. No byte of it comes out as a control character.
    pub(super) fn above(&mut self, text: &str, paint: Option<Paint>) -> io::Result<()> {
        let text = self.style.text(text.as_bytes());
        for line in wrap(&text, self.width()) {
            writeln!(self.output, "{}", self.painted(paint, &line))?;
        }
        Ok(())
    }

    /// A word on the left, and a paragraph beside it.
    pub(super) fn beside(&mut self, word: &str, text: &str, paint: Option<Paint>) -> io::Result<()> {
        if self.style.characters == CharacterSet::Plain {
            let end = if text.ends_with(['.', '?']) { "" } else { "." };
            return self.above(&format!("{word}: {text}{end}"), paint);
        }
        let text = self.style.text(text.as_bytes());
        let (mut word, left) = (word, self.left);
        for line in wrap(&text, self.width() - left) {
            writeln!(self.output, "{word:left$}{}", self.painted(paint, &line))?;
            word = "";
        }
        Ok(())
    }

    /// The left column of a further line: empty on a screen; the same word again for a screen reader.
    pub(super) fn again(&self, word: &'static str) -> &'static str {
        if self.style.characters == CharacterSet::Plain {
            word
        } else {
            ""
        }
    }

    fn width(&self) -> usize {
        self.style.width.max(TextStyle::NARROWEST)
    }

    fn painted<'t>(&self, paint: Option<Paint>, line: &'t str) -> std::borrow::Cow<'t, str> {
        match paint {
            Some(paint) => self.style.paint(paint, line),
            None => line.into(),
        }
    }
}
