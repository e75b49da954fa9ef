//! The ladder drawn with characters.

use std::io::{self, Write};

use super::block::{Block, Lifelines};
use super::columns::{LadderColumns, UNIT};
use super::glyphs::LadderGlyphs;
use super::words::{beginning, title, who};
use super::{ArrowLine, Ladder};
use crate::render::table::{columns, wrap};
use crate::render::text_style::{CharacterSet, Paint, TextStyle};

/// Draws a ladder. The style [`CharacterSet::Plain`] gives its sentences.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle, ladder: &Ladder) -> io::Result<()> {
    if style.characters == CharacterSet::Plain {
        return super::plain::write(output, style, ladder);
    }
    head(output, style, ladder)?;
    let columns = LadderColumns::new(style, &ladder.rows.iter());
    let block = Block::new(style, ladder, columns.block);
    columns.line(output, style, "#", UNIT, &block.heading())?;
    let mut lanes = Lifelines::default();
    for row in &ladder.rows {
        for (index, line) in block.row(row, &mut lanes).into_iter().enumerate() {
            let (number, time) = if index == 0 {
                columns.labels(row)
            } else {
                Default::default()
            };
            columns.line(output, style, &number, &time, &line)?;
        }
    }
    foot(output, style, ladder, "")
}

/// What comes above: who, and what is missing.
pub(super) fn head(output: &mut impl Write, style: &TextStyle, ladder: &Ladder) -> io::Result<()> {
    paragraph(output, style, Some(Paint::Title), &title(ladder), "")?;
    paragraph(
        output,
        style,
        None,
        &format!("begins  {}", beginning(style, ladder)),
        "        ",
    )?;
    for lane in &ladder.lanes {
        paragraph(output, style, None, &who(lane), "        ")?;
    }
    for note in &ladder.notes {
        paragraph(output, style, Some(Paint::Problem), &format!("Note: {note}."), "      ")?;
    }
    Ok(())
}

/// What comes below: how it went.
pub(super) fn foot(output: &mut impl Write, style: &TextStyle, ladder: &Ladder, name: &str) -> io::Result<()> {
    let sentences: Vec<String> = ladder.outcome.iter().map(|sentence| format!("{sentence}.")).collect();
    paragraph(output, style, None, &format!("{name}{}", sentences.join(" ")), "")?;
    writeln!(output)
}

/// What the signs mean: once, below the last ladder. A sign and its words stay on one line.
///
/// # Errors
/// Those of the writer.
pub fn legend(output: &mut impl Write, style: &TextStyle) -> io::Result<()> {
    const GAP: &str = "   ";
    let glyphs = LadderGlyphs::of(style.characters);
    if style.characters == CharacterSet::Plain {
        return Ok(());
    }
    let shaft = |line, times| glyphs.shaft(line).to_string().repeat(times);
    let entries = [
        format!("{} opens, closes, acknowledges", shaft(ArrowLine::Control, 3)),
        format!("{} data", shaft(ArrowLine::Data, 3)),
        format!("{} sent again", shaft(ArrowLine::Retransmission, 3)),
        format!("{}{} refused or lost", shaft(ArrowLine::Lost, 2), glyphs.cross),
        format!("{} inside a socket call", glyphs.inside),
        "(STATE) deduced: that end has not confirmed it yet".to_owned(),
        "~ moved: the clocks differ".to_owned(),
    ];
    let mut line = String::new();
    for entry in entries {
        if !line.is_empty() && columns(&line) + GAP.len() + columns(&entry) > style.width.max(TextStyle::NARROWEST) {
            paragraph(output, style, Some(Paint::Faint), &std::mem::take(&mut line), "")?;
        }
        line.push_str(if line.is_empty() { "" } else { GAP });
        line.push_str(&entry);
    }
    paragraph(output, style, Some(Paint::Faint), &line, "")
}

fn paragraph(
    output: &mut impl Write,
    style: &TextStyle,
    paint: Option<Paint>,
    text: &str,
    indent: &str,
) -> io::Result<()> {
    let width = style.width.max(TextStyle::NARROWEST) - indent.len();
    for (index, line) in wrap(&style.characters(text), width).into_iter().enumerate() {
        let indent = if index == 0 { "" } else { indent };
        match paint {
            Some(paint) => writeln!(output, "{indent}{}", style.paint(paint, &line))?,
            None => writeln!(output, "{indent}{line}")?,
        }
    }
    Ok(())
}

impl TextStyle {
    /// Our own words in the characters of the style.
    pub(super) fn characters<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self.characters {
            CharacterSet::Ascii => text.replace('µ', "u").into(),
            CharacterSet::Unicode | CharacterSet::Plain => text.into(),
        }
    }
}
