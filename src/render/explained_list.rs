//! All that can be explained: concepts and fields, in columns or as JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::page::Page;
use super::text_style::{CharacterSet, TextStyle};
use crate::explain::concepts;
use crate::explain::purpose::{field_names, of};

/// Columns between two names.
const GAP: usize = 2;

/// Writes the names, the concepts first, each in the order of the alphabet.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, style: &TextStyle) -> io::Result<()> {
    let mut page = Page { output, style, left: 0 };
    let concepts = concepts::all().map(|concept| concept.name).collect();
    columns(&mut page, "Concepts", concepts)?;
    writeln!(page.output)?;
    let fields = field_names().into_iter().map(|(id, _)| id).collect();
    columns(&mut page, "Fields", fields)?;
    writeln!(page.output)?;
    page.above(
        "Each name has a page: sniffer --explain NAME. Names of several words need quotation marks. Many everyday names lead there, \
         too.",
        None,
    )
}

/// A heading and the names below it, from top to bottom in as many columns as there is room for.
fn columns<W: Write>(page: &mut Page<'_, W>, heading: &str, mut names: Vec<&str>) -> io::Result<()> {
    names.sort_by_key(|name| name.to_lowercase());
    if page.style.characters == CharacterSet::Plain {
        return page.beside(heading, &names.join(", "), None);
    }
    page.title(&format!("{heading} ({})", names.len()))?;
    let width = page.style.width.max(TextStyle::NARROWEST);
    let fitting = (1..=names.len()).find(|rows| widths(&names, *rows).iter().sum::<usize>() <= width + GAP);
    let rows = fitting.unwrap_or(names.len());
    let widths = widths(&names, rows);
    for row in 0..rows {
        let cells = names.iter().skip(row).step_by(rows).zip(&widths);
        let mut line = String::new();
        for (name, width) in cells {
            // Writing to a String cannot fail.
            let _ = write!(line, "{name:width$}");
        }
        writeln!(page.output, "{}", line.trim_end())?;
    }
    Ok(())
}

/// What each column takes if there are this many rows.
fn widths(names: &[&str], rows: usize) -> Vec<usize> {
    let columns = names.chunks(rows);
    columns
        .map(|column| column.iter().map(|name| name.len()).max().unwrap_or(0) + GAP)
        .collect()
}

/// A name that `--explain` knows.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ExplainedName {
    /// The name, for `sniffer --explain NAME`. A field's is the one of Wireshark's display filters.
    name: &'static str,
    /// What it names.
    kind: NameKind,
    /// Other names that lead to the same page.
    other_names: Vec<&'static str>,
    /// The document that defines it, such as an RFC with its section.
    source: &'static str,
}

/// What a name names.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
enum NameKind {
    /// A concept, such as the handshake.
    Concept,
    /// A field of a header.
    Field,
}

/// Writes the same as a JSON array: one object for each name, each on a line of its own. Its schema is `docs/explain-list.schema.json`.
///
/// # Errors
/// Those of the writer.
pub fn write_json(output: &mut impl Write) -> io::Result<()> {
    let concepts = concepts::all().map(|concept| ExplainedName {
        name: concept.name,
        kind: NameKind::Concept,
        other_names: concept.other_names.to_vec(),
        source: concept.source,
    });
    let fields = field_names().into_iter().map(|(name, other_names)| ExplainedName {
        name,
        kind: NameKind::Field,
        other_names,
        source: of(name).map_or("", |purpose| purpose.source),
    });
    let mut before = "[\n";
    for entry in concepts.chain(fields) {
        write!(output, "{before}")?;
        serde_json::to_writer(&mut *output, &entry)?;
        before = ",\n";
    }
    writeln!(output, "\n]")
}
