//! A field on a page: what it is for, where it is, its values, its source, and how it looked in a capture.

use std::io::{self, Write};

use super::page::Page;
use super::proof::Proof;
use super::text_style::{CharacterSet, TextStyle};
use crate::explain::concepts::Concept;
use crate::explain::purpose::{FieldEntry, FieldPosition, is_wiresharks};
use crate::wire::{DisplayFormat, FieldDef, Origin};

/// Columns that the words on the left take.
const LEFT: usize = 8;
/// This many named values are printed.
const NAMED: usize = 16;
/// This many places are printed.
const PLACES: usize = 6;

/// A field as it stood in a packet.
#[derive(Debug, Clone)]
pub struct Example {
    /// The packet, its place and bytes there, and its value.
    pub proof: Proof,
    /// Other facts about it, in brackets; mostly empty.
    pub note: String,
    /// What it meant there; empty where there is nothing to add.
    pub meaning: String,
}

/// How it looked in a capture.
#[derive(Debug, Clone)]
pub struct CaptureExamples {
    /// What the capture is called.
    pub source: String,
    /// The first packets that have it.
    pub examples: Vec<Example>,
}

/// Writes the page. `others` are further fields of the same name, `concept` is a concept that may be meant.
///
/// # Errors
/// Those of the writer.
pub fn write(
    output: &mut impl Write,
    style: &TextStyle,
    entry: &FieldEntry,
    others: &[FieldEntry],
    concept: Option<&Concept>,
    seen: Option<&CaptureExamples>,
) -> io::Result<()> {
    let mut page = Page {
        output,
        style,
        left: LEFT,
    };
    page.title(&format!("{} ({})", entry.def.name, entry.def.id))?;
    page.beside("For", entry.purpose.purpose, None)?;
    let mut word = "Place";
    for field_position in entry.positions.iter().take(PLACES) {
        page.beside(word, &position_line(field_position), None)?;
        word = page.again(word);
    }
    if entry.positions.len() > PLACES {
        page.beside(word, &format!("and {} more", entry.positions.len() - PLACES), None)?;
    }
    match entry.positions.first() {
        Some(field_position) if style.characters != CharacterSet::Plain => diagram(&mut page, field_position)?,
        _ => {}
    }
    page.beside("Values", &values(entry), None)?;
    page.beside("Source", entry.purpose.source, None)?;
    let filter = if is_wiresharks(entry.def.id) {
        format!("Wireshark calls it {}", entry.def.id)
    } else {
        "Wireshark has no name of its own for it".to_owned()
    };
    page.beside("Filter", &filter, None)?;
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|other| other.def.id).collect();
        page.beside("Also", &format!("of the same name: {}", names.join(", ")), None)?;
    }
    if let Some(concept) = concept {
        page.beside("Also", &format!("the concept: {}", concept.name), None)?;
    }
    match seen {
        Some(seen) => write_seen(&mut page, seen),
        None => Ok(()),
    }
}

/// `TCP header, byte 13, bit 6 of 0 to 7, part of reserved, flags; 1 bit`
fn position_line(field_position: &FieldPosition) -> String {
    let FieldPosition {
        field_table,
        def,
        within,
    } = field_position;
    let protocol = field_table.protocol.name();
    let header = match (field_table.origin, field_table.part) {
        (Origin::Header | Origin::Running, "") => format!("{protocol} header"),
        (Origin::Header | Origin::Running, part) => format!("{protocol} header ({part})"),
        (Origin::Option | Origin::RunningInOption, part) => {
            format!("{protocol} option ({})", part.strip_prefix("option ").unwrap_or(part))
        }
        (Origin::Behind(_), part) => format!("{protocol} {part}"),
    };
    let inside = within.map_or_else(String::new, |within| format!(", part of {}", within.name));
    let from = match field_table.origin {
        Origin::Header => String::new(),
        Origin::Option => " of the option".to_owned(),
        Origin::Behind(what) => format!(" of the {what}"),
        Origin::Running | Origin::RunningInOption => {
            return format!("{header}: after what comes before it{inside}; {}", size(def));
        }
    };
    format!("{header}: {}{from}{inside}; {}", position(def), size(def))
}

fn position(def: &FieldDef) -> String {
    let first = def.bit / 8;
    if def.bits == 0 {
        return format!("from byte {first}");
    }
    let last = (def.bit + def.bits - 1) / 8;
    let bytes = if first == last {
        format!("byte {first}")
    } else {
        format!("bytes {first}-{last}")
    };
    if def.bit % 8 == 0 && def.bits % 8 == 0 {
        return bytes;
    }
    // Counted as the RFCs do: bit 0 is the most significant one.
    let (from, to) = (def.bit % 8, def.bit - first * 8 + def.bits - 1);
    let mask = if first == last {
        let ones = (1_u32 << def.bits) - 1;
        format!(" (mask 0x{:02x})", ones << (7 - to))
    } else {
        String::new()
    };
    if from == to {
        format!("{bytes}, bit {from}{mask}")
    } else {
        format!("{bytes}, bits {from}-{to}{mask}")
    }
}

fn size(def: &FieldDef) -> String {
    match def.bits {
        0 => "as long as the bytes reach".to_owned(),
        1 => "1 bit".to_owned(),
        bits if bits % 8 == 0 && bits > 8 => format!("{bits} bits = {} bytes", bits / 8),
        bits => format!("{bits} bits"),
    }
}

fn values(entry: &FieldEntry) -> String {
    let form = formed(entry.def);
    match (form.is_empty(), entry.purpose.values) {
        (_, "") => form,
        (true, values) => values.to_owned(),
        (false, values) => format!("{form}. {values}"),
    }
}

/// What the display format says of the values.
fn formed(def: &FieldDef) -> String {
    let most = || u64::MAX >> (64 - def.bits.clamp(1, 64));
    match def.format {
        DisplayFormat::Decimal => format!("A number from 0 to {}", most()),
        DisplayFormat::Count(unit) => format!("A number of {unit}, 0 to {}", most()),
        DisplayFormat::Length { unit, uncounted } => {
            let without = match uncounted {
                0 => String::new(),
                1 => ", the first unit not counted".to_owned(),
                count => format!(", the first {count} units not counted"),
            };
            format!("A number of units of {unit} bytes{without}, 0 to {}", most())
        }
        DisplayFormat::Hex => format!("A number, written in hexadecimal, 0 to 0x{:x}", most()),
        DisplayFormat::Named(naming) | DisplayFormat::LittleEndian(naming) => {
            named(def, naming, |number| number.to_string())
        }
        DisplayFormat::HexNamed(naming) => named(def, naming, |number| format!("0x{number:04x}")),
        DisplayFormat::Flag => "0 or 1".to_owned(),
        DisplayFormat::Flags => {
            let parts: Vec<&str> = def.parts.iter().map(|part| part.name).collect();
            format!("Bits of their own: {}", parts.join(", "))
        }
        DisplayFormat::Mac => "An address of 6 bytes".to_owned(),
        DisplayFormat::Ipv4 => "An address of 4 bytes".to_owned(),
        DisplayFormat::Ipv6 => "An address of 16 bytes".to_owned(),
        DisplayFormat::Bytes => "Bytes".to_owned(),
        DisplayFormat::Option => "An option, with kind, length and what it carries".to_owned(),
    }
}

fn named(def: &FieldDef, naming: crate::wire::Naming, written: impl Fn(u64) -> String) -> String {
    const MOST_BITS: usize = 16;
    let most = 1_u64 << def.bits.min(MOST_BITS);
    let all: Vec<String> = (0..most)
        .filter_map(|number| Some(format!("{} {}", written(number), naming(number)?)))
        .collect();
    let more = match all.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and {more} more that are known here"),
    };
    let shown: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    format!("{}{more}", shown.join(", "))
}

/// The rows that the field touches, of 32 bits or, where columns are few, of 16; its own bits marked.
fn diagram(page: &mut Page<'_, impl Write>, field_position: &FieldPosition) -> io::Result<()> {
    /// Columns on the left, and of a row of 32 bits with its borders.
    const COLUMNS: usize = 8 + 2 * 32 + 1;
    const MOST_BITS: usize = 128;
    const TENS: &str = " 0                   1                   2                   3";
    const UNITS: &str = " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1";
    if field_position.field_table.origin.is_running() || field_position.def.bits == 0 {
        return Ok(());
    }
    let bits = if page.style.width < COLUMNS { 16 } else { 32 };
    let (start, end) = (field_position.def.bit, field_position.def.bit + field_position.def.bits);
    let (first, last) = (start / bits, (end - 1) / bits);
    writeln!(page.output)?;
    for (word, ruler) in [("   byte", TENS), ("", UNITS)] {
        let ruler = ruler.get(..2 * bits).unwrap_or(ruler);
        writeln!(page.output, "{word:8}{}", ruler.trim_end())?;
    }
    let rule = format!("        {}+", "+-".repeat(bits));
    writeln!(page.output, "{rule}")?;
    for row in (first..=last).take(MOST_BITS / bits) {
        let mut line = String::from("|");
        for bit in row * bits..(row + 1) * bits {
            line.push(if (start..end).contains(&bit) { '#' } else { ' ' });
            let is_last = bit + 1 == (row + 1) * bits;
            let is_edge = is_last || begins(field_position.field_table.table, bit + 1);
            let inside = start <= bit && bit + 1 < end;
            line.push(match (is_edge, inside) {
                (true, false) => '|',
                (true, true) if is_last => '|',
                (_, true) => '#',
                (false, false) => ' ',
            });
        }
        writeln!(page.output, "{:7} {line}", row * bits / 8)?;
        writeln!(page.output, "{rule}")?;
    }
    writeln!(page.output)
}

fn write_seen(page: &mut Page<'_, impl Write>, seen: &CaptureExamples) -> io::Result<()> {
    writeln!(page.output)?;
    let title = match seen.examples.len() {
        0 => format!("No packet that was looked at in {} has it.", seen.source),
        1 => format!("In {}, the first packet that has it:", seen.source),
        count => format!("In {}, the first {count} places that have it:", seen.source),
    };
    page.above(&title, None)?;
    for Example { proof, note, meaning } in &seen.examples {
        let note = if note.is_empty() {
            String::new()
        } else {
            format!(" {note}")
        };
        let meaning = if meaning.is_empty() {
            String::new()
        } else {
            format!("; {meaning}")
        };
        let word = match page.style.characters {
            CharacterSet::Plain => format!("Packet {}", proof.packet),
            CharacterSet::Unicode | CharacterSet::Ascii => format!("#{}", proof.packet),
        };
        let line = format!(
            "{}: {}, value {}{note}{meaning}",
            proof.place(),
            proof.hex(),
            proof.value
        );
        page.beside(&word, &line, None)?;
    }
    Ok(())
}

/// Does a field of the table, or a part of one, begin with this bit?
fn begins(table: &[FieldDef], bit: usize) -> bool {
    let ends = |def: &FieldDef| def.bits > 0 && def.bit + def.bits == bit;
    table
        .iter()
        .any(|def| def.bit == bit || ends(def) || begins(def.parts, bit))
}
