//! Cells in rows of 32 bits: which part of each stands in which row, and which part bears its words.

use super::cell::Cell;

/// Bits in a row.
pub(in crate::render) const BITS: usize = 32;

/// The part of a cell that stands in one row.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) struct Segment<'c> {
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

impl Segment<'_> {
    /// Columns: two a bit, as in the RFCs, less the border.
    pub(in crate::render) const fn width(&self) -> usize {
        2 * self.bits - 1
    }
}

/// The rows of a header's cells, which have each of its bits once and in order.
pub(in crate::render) fn rows(cells: &[Cell]) -> impl Iterator<Item = Vec<Segment<'_>>> {
    let mut left = cells;
    (0..).map_while(move |index| {
        let row = row(left, index);
        let next = (index + 1) * BITS;
        let done = left.iter().take_while(|cell| cell.bit + cell.bits <= next).count();
        left = left.get(done..).unwrap_or_default();
        (!row.is_empty()).then_some(row)
    })
}

/// The segments of a row; `cells` begin with the first that reaches into it.
fn row(cells: &[Cell], index: usize) -> Vec<Segment<'_>> {
    let (start, end) = (index * BITS, (index + 1) * BITS);
    let reaching = cells.iter().take_while(|cell| cell.bit < end);
    let segments = reaching.map(|cell| {
        let from = cell.bit.max(start);
        let last = cell.bit + cell.bits;
        Segment {
            cell,
            from: from - start,
            bits: last.min(end) - from,
            labelled: labelled_row(cell) == index,
            from_above: cell.bit < start,
            goes_on: last > end,
        }
    });
    segments.collect()
}

/// The row with the first of the cell's widest segments.
fn labelled_row(cell: &Cell) -> usize {
    let first = cell.bit / BITS;
    let in_first = BITS - cell.bit % BITS;
    let in_second = cell.bits.saturating_sub(in_first).min(BITS);
    if in_second > in_first { first + 1 } else { first }
}
