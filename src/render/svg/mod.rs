//! Pictures as SVG: files of their own (`--svg`, `--plot`), and the graph in the report.
//!
//! [`ladder`] draws a conversation, `arrow` an arrow of it, `canvas` writes the elements. A file loads nothing, and contains its style,
//! with colours for a light page, a dark page and a printer.

pub(in crate::render) mod arrow;
pub(in crate::render) mod canvas;
pub(in crate::render) mod label_text;
pub mod ladder;
mod paint;
pub(in crate::render) mod signs;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use self::paint::FONT;
use crate::render::markup::Escaped;

/// How the elements look; in a page, a part of the page's style.
pub(in crate::render) const STYLE: &str = include_str!("style.css");

/// A finished picture.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What it shows, in a line.
    pub title: String,
    /// The same for a reader who cannot see it; empty where the page around it has that.
    pub description: String,
    /// Width and height in user units.
    pub size: (i64, i64),
    /// Its elements.
    pub body: String,
}

/// Pixels between two pictures of one file.
const BETWEEN: i64 = 24;

/// Writes the pictures below each other as an SVG file.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, title: &str, pictures: &[Picture]) -> io::Result<()> {
    let width = pictures.iter().map(|picture| picture.size.0).max().unwrap_or(0);
    let heights = pictures.iter().map(|picture| picture.size.1 + BETWEEN);
    let height: i64 = heights.sum();
    writeln!(output, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(
        output,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" {FONT} role="img" aria-labelledby="title">"#
    )?;
    writeln!(output, r#"<title id="title">{}</title>"#, Escaped(title))?;
    // The style contains neither `<` nor `&`, so it needs no CDATA.
    writeln!(output, "<style>\n{STYLE}</style>")?;
    writeln!(
        output,
        r#"<rect class="paper"{} width="{width}" height="{height}"/>"#,
        paint::attributes("paper")
    )?;
    let mut top = 0;
    for picture in pictures {
        writeln!(output, r#"<g transform="translate(0 {top})">"#)?;
        writeln!(output, "<title>{}</title>", Escaped(&picture.title))?;
        writeln!(output, "<desc>{}</desc>", Escaped(&picture.description))?;
        output.write_all(picture.body.as_bytes())?;
        writeln!(output, "</g>")?;
        top += picture.size.1 + BETWEEN;
    }
    writeln!(output, "</svg>")
}

impl Picture {
    /// The picture as an element of a page.
    #[must_use]
    pub fn element(&self) -> String {
        let (width, height) = self.size;
        format!(
            r#"<svg viewBox="0 0 {width} {height}" role="group" aria-label="{}">
{}</svg>"#,
            Escaped(&self.title),
            self.body
        )
    }
}
