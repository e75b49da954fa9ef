//! The view `fields`: the breakdown of one packet as a table.

use std::borrow::Cow;
use std::io::{self, Write};

use super::breakdown::{self, Breakdown, FieldRow, HeaderSection, Payload};
use super::hex;
use super::table::{columns as width_of, lines, places, spaces, write_place};
use super::text_style::{CharacterSet, Paint, TextStyle, TimeFormat};
use super::view::{ShownPacket, View, ViewOf};
use crate::calls::text::counted;
use crate::explain::packet::states;
use crate::frame::{Frame, Time};

/// How much of the data is shown without being asked for more.
const DATA_SHOWN: usize = 256;

/// Widths of the columns; the last one takes what is left.
struct Columns {
    raw: usize,
    name: usize,
    value: usize,
    /// What is left for the meaning; or, where that would be a word a line, the width of the lines below the others.
    meaning: Meaning,
    short_names: bool,
}

#[derive(Clone, Copy)]
enum Meaning {
    Beside(usize),
    Below(usize),
}

impl Columns {
    /// The byte's column, and two columns between each.
    const FIXED: usize = 4 + 4 * 2;
    /// Two or three words.
    const NARROWEST_MEANING: usize = 18;
    /// Below the raw bytes.
    const INDENT: usize = 4 + 2;

    fn of(width: usize) -> Self {
        // From here on the long names have room, and the meaning still gets the most.
        let wide = width >= 110;
        let (raw, name, value) = if wide { (11, 22, 24) } else { (11, 15, 19) };
        let beside = width.saturating_sub(Self::FIXED + raw + name + value);
        let meaning = if beside < Self::NARROWEST_MEANING {
            Meaning::Below(width.saturating_sub(Self::INDENT))
        } else {
            Meaning::Beside(beside)
        };
        Self {
            raw,
            name,
            value,
            meaning,
            short_names: !wide,
        }
    }
}

/// The view.
pub const VIEW: View = View {
    name: "fields",
    about: "Every field with its place, its bytes, its value and its meaning",
    when: "",
    times: TimeFormat::Local,
    shows_calls: false,
    of: ViewOf::Packets { write, is_long: true },
};

/// Writes the breakdown of a packet.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut Vec<u8>, style: &TextStyle, shown: &ShownPacket<'_, '_>) -> io::Result<()> {
    let all_data = shown.full;
    let breakdown = &breakdown::of(shown.number, shown.frame, shown.packet, shown.in_flow);
    let columns = Columns::of(style.width.max(TextStyle::NARROWEST));
    headline(output, style, breakdown, shown.frame, shown.start())?;
    match style.characters {
        CharacterSet::Plain => plain(output, &breakdown.sections)?,
        CharacterSet::Unicode | CharacterSet::Ascii => {
            heading(output, style, &columns)?;
            for section in &breakdown.sections {
                table(output, style, &columns, section)?;
            }
        }
    }
    bytes(output, style, &breakdown.payload, all_data)?;
    match &breakdown.icmp_extension {
        Some(section) if style.characters == CharacterSet::Plain => plain(output, std::slice::from_ref(section))?,
        Some(section) => table(output, style, &columns, section)?,
        None => {}
    }
    bytes(output, style, &breakdown.trailer, all_data)?;
    for problem in &breakdown.problems {
        sentence(output, style, Paint::Problem, "Problem", problem)?;
    }
    if let Some(expectation) = &breakdown.expectation {
        sentence(output, style, Paint::Title, "Expect next", expectation)?;
    }
    writeln!(output)
}

fn headline(
    output: &mut impl Write,
    style: &TextStyle,
    breakdown: &Breakdown<'_>,
    frame: &Frame<'_>,
    first: Time,
) -> io::Result<()> {
    let mut line = [
        "Packet ",
        itoa::Buffer::new().format(breakdown.number),
        "  ",
        &breakdown.name,
    ]
    .concat();
    if let Some((from, to)) = &breakdown.ends {
        line.extend(["  ", from, " ", style.arrow(), " ", to]);
    }
    let width = style.width.max(TextStyle::NARROWEST);
    // The seconds stand in the headline where they fit; else they go with the date.
    let seconds = frame
        .time
        .map(|time| ["t=", &style.seconds(time, first), " s"].concat());
    let mut with_date = None;
    match &seconds {
        Some(seconds) if width_of(&line) + 2 + seconds.len() <= width => line.extend(["  ", seconds]),
        Some(seconds) => with_date = Some(seconds),
        None => {}
    }
    for line in lines(&line, width) {
        put(output, &[&style.paint(Paint::Title, line), "\n"])?;
    }
    match (frame.time.and_then(|time| style.date(time)), with_date) {
        (Some(date), Some(seconds)) => put(output, &[&date, ", ", seconds, "\n"])?,
        (Some(date), None) => put(output, &[&date, "\n"])?,
        (None, Some(seconds)) => put(output, &[seconds, "\n"])?,
        (None, None) if frame.time.is_none() => put(output, &["without a time in the capture\n"])?,
        (None, None) => {}
    }
    for line in lines(&breakdown.parts, width) {
        put(output, &[line, "\n"])?;
    }
    for comment in &breakdown.comments {
        sentence(output, style, Paint::Faint, "Comment", &style.text(comment.as_bytes()))?;
    }
    write_context(output, style, breakdown)?;
    writeln!(output)
}

/// What the packet does in its conversation.
fn write_context(output: &mut impl Write, style: &TextStyle, breakdown: &Breakdown<'_>) -> io::Result<()> {
    let states = breakdown
        .in_flow
        .and_then(|in_flow| states(in_flow, style.state_style()));
    let lines = [
        ("Conversation", &breakdown.place),
        ("Why", &breakdown.reason),
        ("States", &states),
    ];
    for (word, text) in lines {
        if let Some(text) = text {
            sentence(output, style, Paint::Title, word, text)?;
        }
    }
    for remark in &breakdown.remarks {
        sentence(output, style, Paint::Title, "Note", remark)?;
    }
    Ok(())
}

/// `Why: …`, wrapped.
fn sentence(output: &mut impl Write, style: &TextStyle, paint: Paint, word: &str, text: &str) -> io::Result<()> {
    let width = style.width.max(TextStyle::NARROWEST);
    let text = [word, ": ", text].concat();
    for (index, line) in lines(&text, width).enumerate() {
        if let Some((word, rest)) = line.split_once(": ").filter(|_| index == 0 && style.color) {
            put(output, &[&style.paint(paint, word), ": ", rest, "\n"])?;
        } else {
            put(output, &[line, "\n"])?;
        }
    }
    Ok(())
}

fn heading(output: &mut impl Write, style: &TextStyle, columns: &Columns) -> io::Result<()> {
    let gap = |title: &str, width: usize| " ".repeat(2 + width.saturating_sub(title.len()));
    let (raw, field) = (gap("raw", columns.raw), gap("field", columns.name));
    let line = match columns.meaning {
        Meaning::Beside(_) => {
            let value = gap("value", columns.value);
            ["byte  raw", &raw, "field", &field, "value", &value, "meaning here"].concat()
        }
        Meaning::Below(_) => ["byte  raw", &raw, "field", &field, "value; below: meaning"].concat(),
    };
    put(output, &[&style.paint(Paint::Faint, &line), "\n"])
}

fn table(output: &mut impl Write, style: &TextStyle, columns: &Columns, section: &HeaderSection) -> io::Result<()> {
    let title = style.paint(Paint::Title, section.title.to_uppercase());
    put(output, &[&title, " (", &places_of(section), ") ", section.source, "\n"])?;
    for row in &section.rows {
        cells(output, style, columns, row)?;
    }
    Ok(())
}

fn places_of(section: &HeaderSection) -> Cow<'static, str> {
    places(section.range.start, section.range.len())
}

fn cells(output: &mut impl Write, style: &TextStyle, columns: &Columns, row: &FieldRow) -> io::Result<()> {
    let shown_name = if columns.short_names {
        &*row.short_name
    } else {
        row.name
    };
    let (beside, below) = match columns.meaning {
        Meaning::Beside(width) => (width, None),
        Meaning::Below(width) => (0, Some(width).filter(|_| !row.meaning.is_empty())),
    };
    let meaning = if beside > 0 { &*row.meaning } else { "" };
    let widths = [columns.raw, columns.name, columns.value, beside];
    let mut texts = [
        lines(&row.raw, columns.raw),
        lines(shown_name, columns.name),
        lines(&row.value, columns.value),
        lines(meaning, beside),
    ];
    write_place(output, row.byte)?;
    // Spaces that are due before the next text; none are written behind the last one.
    let mut gap = 0;
    let mut is_first = true;
    loop {
        let line = texts.each_mut().map(Iterator::next);
        if line.iter().all(Option::is_none) {
            break;
        }
        if !is_first {
            output.write_all(b"\n")?;
            // The column of the byte's number.
            gap = 4;
        }
        is_first = false;
        for (column, (cell, width)) in line.into_iter().zip(widths).enumerate() {
            gap += 2;
            let cell = cell.unwrap_or_default();
            if !cell.is_empty() {
                output.write_all(spaces(gap))?;
                gap = 0;
                if column == 2 && style.color {
                    output.write_all(style.paint(Paint::Value, cell).as_bytes())?;
                } else {
                    output.write_all(cell.as_bytes())?;
                }
            }
            gap += width.saturating_sub(width_of(cell));
        }
    }
    output.write_all(b"\n")?;
    for line in below.into_iter().flat_map(|width| lines(&row.meaning, width)) {
        output.write_all(spaces(Columns::INDENT))?;
        output.write_all(line.as_bytes())?;
        output.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes texts one behind the other.
fn put(output: &mut impl Write, texts: &[&str]) -> io::Result<()> {
    texts.iter().try_for_each(|text| output.write_all(text.as_bytes()))
}

/// One sentence a field, for screen readers.
fn plain(output: &mut impl Write, sections: &[HeaderSection]) -> io::Result<()> {
    for section in sections {
        writeln!(output, "{}, {}, {}.", section.title, places_of(section), section.source)?;
        for row in &section.rows {
            write!(output, "byte {}: {}: {}.", row.byte, row.name, row.value)?;
            if row.meaning.is_empty() {
                writeln!(output)?;
            } else {
                writeln!(output, " {}.", row.meaning)?;
            }
        }
    }
    Ok(())
}

fn bytes(output: &mut impl Write, style: &TextStyle, payload: &Payload<'_>, all: bool) -> io::Result<()> {
    let length = payload.bytes.len();
    if length == 0 {
        return Ok(());
    }
    let title = style.paint(Paint::Title, payload.name.to_uppercase());
    let places = places(payload.at, length);
    let mut digits = itoa::Buffer::new();
    let unit = if length == 1 { " byte\n" } else { " bytes\n" };
    put(output, &[&title, " (", &places, ") ", digits.format(length), unit])?;
    let shown = if all { length } else { length.min(DATA_SHOWN) };
    let shown_bytes = payload.bytes.get(..shown).unwrap_or(payload.bytes);
    if style.characters == CharacterSet::Plain {
        writeln!(output, "\"{}\"", style.text(shown_bytes))?;
    } else {
        hex::write(output, payload.at, shown_bytes, style.width.max(TextStyle::NARROWEST))?;
    }
    if shown < length {
        writeln!(
            output,
            "     ... {}, with --full all of them",
            counted((length - shown) as u64, "more byte")
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
