//! Cells in rows of a number of bits: which part of each cell is in which row, and which part has its words.

use super::cell::Cell;

/// Bits of a row as the RFCs have it.
pub(in crate::render) const BITS: usize = 32;

/// The part of a cell that is in one row.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct CellSegment<'c> {
    pub(in crate::render) cell: &'c Cell,
    /// Its first bit in the row.
    pub(in crate::render) from: usize,
    /// At least 1.
    pub(in crate::render) bits: usize,
    /// Does it bear the cell's name and value?
    pub(in crate::render) labelled: bool,
    /// Does the cell come from the row above?
    pub(in crate::render) from_above: bool,
    /// Does it go on in the row below?
    pub(in crate::render) goes_on: bool,
}

impl CellSegment<'_> {
    /// Columns: two a bit, as in the RFCs, less the border.
    pub(in crate::render) const fn width(&self) -> usize {
        2 * self.bits - 1
    }
}

/// The rows of a header's cells, which have each of its bits once and in order.
pub(in crate::render) fn rows(cells: &[Cell], bits: usize) -> impl Iterator<Item = Vec<CellSegment<'_>>> {
    let mut left = cells;
    (0..).map_while(move |index| {
        let row = row(left, index, bits);
        let next = (index + 1) * bits;
        let done = left.iter().take_while(|cell| cell.bit + cell.bits <= next).count();
        left = left.get(done..).unwrap_or_default();
        (!row.is_empty()).then_some(row)
    })
}

/// The segments of a row; `cells` begin with the first that reaches into it.
fn row(cells: &[Cell], index: usize, bits: usize) -> Vec<CellSegment<'_>> {
    let (start, end) = (index * bits, (index + 1) * bits);
    let reaching = cells.iter().take_while(|cell| cell.bit < end);
    let segments = reaching.map(|cell| {
        let from = cell.bit.max(start);
        let last = cell.bit + cell.bits;
        CellSegment {
            cell,
            from: from - start,
            bits: last.min(end) - from,
            labelled: labelled_row(cell, bits) == index,
            from_above: cell.bit < start,
            goes_on: last > end,
        }
    });
    segments.collect()
}

/// The row with the first of the cell's widest segments.
fn labelled_row(cell: &Cell, bits: usize) -> usize {
    let first = cell.bit / bits;
    let in_first = bits - cell.bit % bits;
    let in_second = cell.bits.saturating_sub(in_first).min(bits);
    if in_second > in_first { first + 1 } else { first }
}
