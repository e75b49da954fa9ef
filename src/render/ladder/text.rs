//! The ladder drawn with characters.

use std::io::{self, Write};

use super::block::{Block, Lifelines};
use super::pen::Glyphs;
use super::sheet::{Sheet, UNIT};
use super::words::{beginning, title, who};
use super::{Ladder, Line};
use crate::render::look::{Paint, Style, TextStyle};
use crate::render::table::{columns, wrap};

/// Draws a ladder. The style [`Style::Plain`] gives its sentences.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, look: &TextStyle, ladder: &Ladder) -> io::Result<()> {
    if look.style == Style::Plain {
        return super::plain::write(output, look, ladder);
    }
    head(output, look, ladder)?;
    let sheet = Sheet::new(look, &ladder.rows.iter());
    let block = Block::new(look, ladder, sheet.block);
    sheet.line(output, look, "#", UNIT, &block.heading())?;
    let mut lanes = Lifelines::default();
    for row in &ladder.rows {
        for (index, line) in block.row(row, &mut lanes).into_iter().enumerate() {
            let (number, time) = if index == 0 {
                sheet.labels(row)
            } else {
                Default::default()
            };
            sheet.line(output, look, &number, &time, &line)?;
        }
    }
    foot(output, look, ladder, "")
}

/// What stands above: who, and what is missing.
pub(super) fn head(output: &mut impl Write, look: &TextStyle, ladder: &Ladder) -> io::Result<()> {
    paragraph(output, look, Some(Paint::Title), &title(ladder), "")?;
    paragraph(
        output,
        look,
        None,
        &format!("begins  {}", beginning(look, ladder)),
        "        ",
    )?;
    for lane in &ladder.lanes {
        paragraph(output, look, None, &who(lane), "        ")?;
    }
    for note in &ladder.notes {
        paragraph(output, look, Some(Paint::Problem), &format!("Note: {note}."), "      ")?;
    }
    Ok(())
}

/// What stands below: how it went.
pub(super) fn foot(output: &mut impl Write, look: &TextStyle, ladder: &Ladder, name: &str) -> io::Result<()> {
    let said: Vec<String> = ladder.outcome.iter().map(|sentence| format!("{sentence}.")).collect();
    paragraph(output, look, None, &format!("{name}{}", said.join(" ")), "")?;
    writeln!(output)
}

/// What the signs mean: once, below the last ladder. A sign and its words stay on one line.
///
/// # Errors
/// Those of the writer.
pub fn legend(output: &mut impl Write, look: &TextStyle) -> io::Result<()> {
    const GAP: &str = "   ";
    let pen = Glyphs::of(look.style);
    if look.style == Style::Plain {
        return Ok(());
    }
    let shaft = |line, times| pen.shaft(line).to_string().repeat(times);
    let entries = [
        format!("{} opens, closes, acknowledges", shaft(Line::Control, 3)),
        format!("{} data", shaft(Line::Data, 3)),
        format!("{} sent again", shaft(Line::Retransmission, 3)),
        format!("{}{} refused or lost", shaft(Line::Lost, 2), pen.cross),
        format!("{} inside of a socket call", pen.inside),
        "(STATE) inferred: the end itself has not shown it yet".to_owned(),
        "~ moved: the clocks differ".to_owned(),
    ];
    let mut line = String::new();
    for entry in entries {
        if !line.is_empty() && columns(&line) + GAP.len() + columns(&entry) > look.width.max(TextStyle::NARROWEST) {
            paragraph(output, look, Some(Paint::Faint), &std::mem::take(&mut line), "")?;
        }
        line.push_str(if line.is_empty() { "" } else { GAP });
        line.push_str(&entry);
    }
    paragraph(output, look, Some(Paint::Faint), &line, "")
}

fn paragraph(
    output: &mut impl Write,
    look: &TextStyle,
    paint: Option<Paint>,
    text: &str,
    indent: &str,
) -> io::Result<()> {
    let width = look.width.max(TextStyle::NARROWEST) - indent.len();
    for (index, line) in wrap(&look.characters(text), width).into_iter().enumerate() {
        let indent = if index == 0 { "" } else { indent };
        match paint {
            Some(paint) => writeln!(output, "{indent}{}", look.paint(paint, &line))?,
            None => writeln!(output, "{indent}{line}")?,
        }
    }
    Ok(())
}

impl TextStyle {
    /// Our own words in the characters of the style.
    pub(super) fn characters<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self.style {
            Style::Ascii => text.replace('µ', "u").into(),
            Style::Unicode | Style::Plain => text.into(),
        }
    }
}
