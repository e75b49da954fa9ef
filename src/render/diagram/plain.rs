//! The view without a drawing: a sentence a field, for screen readers.

use std::io::{self, Write};

use super::cell::Cell;
use super::prose;
use crate::escape::{pieces, printable};

/// `Bits 0 to 15, source port: 44298.` Bits are counted from the start of the header, as the RFCs count.
pub(super) fn write_fields(out: &mut (impl Write + ?Sized), columns: usize, cells: &[Cell]) -> io::Result<()> {
    for cell in cells {
        let place = match cell.bits {
            1 => format!("Bit {}", cell.bit),
            bits => format!("Bits {} to {}", cell.bit, cell.bit + bits - 1),
        };
        let value = cell.values.first().map_or("", String::as_str);
        let value = if value.is_empty() { "nothing" } else { value };
        prose::write(out, columns, &format!("{place}, {}: {value}.", cell.name), "    ")?;
    }
    Ok(())
}

/// The bytes as text, every character that would not show itself escaped.
pub(super) fn write_text(out: &mut (impl Write + ?Sized), columns: usize, bytes: &[u8]) -> io::Result<()> {
    // Half of the view: East Asian characters take two columns each.
    for line in pieces(&printable(bytes), columns / 2) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
