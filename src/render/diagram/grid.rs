//! The drawing: rows of 32 bits or of 16, two columns a bit.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::cell::Cell;
use super::label;
use super::rows::{BITS, CellSegment, rows};
use crate::wire::Span;

/// Columns before the drawing: a byte's place in the frame.
const MARGIN: usize = 5;

/// The characters of a drawing.
pub(super) struct BoxGlyphs {
    vertical: char,
    horizontal: char,
    /// Where lines meet, by the four bits up, down, left, right (up the highest).
    junctions: [char; 16],
}

/// Box-drawing characters.
pub(super) static UNICODE: BoxGlyphs = BoxGlyphs {
    vertical: '│',
    horizontal: '─',
    junctions: [
        ' ', '╶', '╴', '─', '╷', '┌', '┐', '┬', '╵', '└', '┘', '┴', '│', '├', '┤', '┼',
    ],
};

/// As in the RFCs: a `+` at every bit of a line.
pub(super) static ASCII: BoxGlyphs = BoxGlyphs {
    vertical: '|',
    horizontal: '-',
    junctions: [
        ' ', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+', '+',
    ],
};

/// A drawing of a width.
pub(super) struct Grid {
    glyphs: &'static BoxGlyphs,
    /// Bits of a row.
    bits: usize,
    /// Columns that a line may have.
    columns: usize,
}

impl Grid {
    /// Of 32 bits a row, or of 16 if 32 have no room in this many columns.
    pub(super) const fn new(glyphs: &'static BoxGlyphs, columns: usize) -> Self {
        let bits = if columns < MARGIN + 2 * BITS + 1 {
            BITS / 2
        } else {
            BITS
        };
        Self { glyphs, bits, columns }
    }

    /// Columns of a row with its outer borders.
    const fn columns_of_row(&self) -> usize {
        2 * self.bits + 1
    }

    /// Draws a header's cells under a ruler of bits.
    pub(super) fn write(&self, out: &mut (impl Write + ?Sized), header: Span<'_>, cells: &[Cell]) -> io::Result<()> {
        if cells.is_empty() {
            return Ok(());
        }
        self.write_ruler(out)?;
        let mut above = Vec::new();
        let places = (header.at..).step_by(self.bits / 8);
        let bytes = header.bytes.chunks(self.bits / 8);
        for ((row, bytes), place) in rows(cells, self.bits).zip(bytes).zip(places) {
            self.write_border(out, &above, &row)?;
            self.write_row(out, &row, place, bytes)?;
            above = row;
        }
        self.write_border(out, &above, &[])
    }

    fn write_ruler(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        let (mut tens, mut units) = (String::new(), String::new());
        for bit in 0..self.bits {
            let ten = if bit % 10 == 0 {
                (bit / 10).to_string()
            } else {
                " ".into()
            };
            // Writing to a String cannot fail.
            let _ = write!(tens, " {ten}");
            let _ = write!(units, " {}", bit % 10);
        }
        writeln!(out, "{:MARGIN$}{}", "", tens.trim_end())?;
        writeln!(out, "{:MARGIN$}{units}", "")
    }

    /// The line between two rows. A cell that goes on below has none.
    fn write_border(
        &self,
        out: &mut (impl Write + ?Sized),
        above: &[CellSegment<'_>],
        below: &[CellSegment<'_>],
    ) -> io::Result<()> {
        if (0..self.bits).all(|bit| owner(above, bit) == owner(below, bit)) {
            // One cell over both rows, such as an IPv6 address: nothing to draw.
            return Ok(());
        }
        let mut line = String::with_capacity(self.columns_of_row());
        let mut left = false;
        for bit in 0..=self.bits {
            let right = owner(above, bit) != owner(below, bit);
            let directions = [edge(above, bit), edge(below, bit), left, right];
            let junction = directions.iter().fold(0, |bits, &line| bits << 1 | usize::from(line));
            line.push(self.glyphs.junctions.get(junction).copied().unwrap_or(' '));
            line.push(if right { self.glyphs.horizontal } else { ' ' });
            left = right;
        }
        writeln!(out, "{:MARGIN$}{}", "", line.trim_end())
    }

    fn write_row(
        &self,
        out: &mut (impl Write + ?Sized),
        row: &[CellSegment<'_>],
        place: usize,
        bytes: &[u8],
    ) -> io::Result<()> {
        let labels = labels(row);
        let height = labels.iter().map(Vec::len).max().unwrap_or(1).max(1);
        for number in 0..height {
            let mut line = String::with_capacity(self.columns_of_row());
            for (segment, label) in row.iter().zip(&labels) {
                // Values stand on the last line of every box, each name right above.
                let missing = height - label.len();
                let text = number.checked_sub(missing).and_then(|number| label.get(number));
                let width = segment.width();
                line.push(self.glyphs.vertical);
                let _ = write!(line, "{:^width$}", text.map_or("", String::as_str));
            }
            line.push(self.glyphs.vertical);
            if number + 1 == height {
                let hex = hex(bytes);
                let place = format!("{place:>MARGIN$}");
                let width = self.columns_of_row();
                let rest = self.columns.saturating_sub(place.len() + width);
                let hex = if hex.len() <= rest { hex.as_str() } else { "" };
                let gap = rest.saturating_sub(hex.len()).min(1);
                writeln!(out, "{place}{}", format!("{line:<width$}{:gap$}{hex}", "").trim_end())?;
            } else {
                writeln!(out, "{:MARGIN$}{line}", "")?;
            }
        }
        Ok(())
    }
}

/// Which cell has the bit? By its first bit, which no other cell has.
fn owner(row: &[CellSegment<'_>], bit: usize) -> Option<usize> {
    row.iter()
        .find(|segment| (segment.from..segment.from + segment.bits).contains(&bit))
        .map(|segment| segment.cell.bit)
}

/// Is there a vertical line before the bit? At the edges of every cell.
fn edge(row: &[CellSegment<'_>], bit: usize) -> bool {
    row.iter()
        .any(|segment| segment.from == bit || segment.from + segment.bits == bit)
}

/// The lines of each segment: one where that is enough for all of them.
fn labels(row: &[CellSegment<'_>]) -> Vec<Vec<String>> {
    let one_line = |segment: &CellSegment<'_>| {
        if segment.labelled {
            label::one_line(segment.cell, segment.width()).map(|line| vec![line])
        } else {
            Some(Vec::new())
        }
    };
    let all: Option<Vec<_>> = row.iter().map(one_line).collect();
    all.unwrap_or_else(|| {
        let lines = |segment: &CellSegment<'_>| {
            if segment.labelled {
                label::lines(segment.cell, segment.width())
            } else {
                Vec::new()
            }
        };
        row.iter().map(lines).collect()
    })
}

/// `b293 c52f`
fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(9);
    for (index, byte) in bytes.iter().enumerate() {
        let space = if index == 2 { " " } else { "" };
        let _ = write!(hex, "{space}{byte:02x}");
    }
    hex
}
