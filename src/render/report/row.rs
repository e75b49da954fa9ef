//! A field in the report: a row of its header's table.

use crate::calls::text::counted;
use crate::escape::printable;
use crate::explain::count;
use crate::render::breakdown::{self, Payload};

/// A field.
pub(super) struct ReportRow {
    /// What it shares with its box and its bytes.
    pub(super) key: String,
    pub(super) byte: usize,
    pub(super) raw: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) meaning: String,
    /// Its bits in the frame, from and up to.
    pub(super) bits: (usize, usize),
}

impl ReportRow {
    pub(super) fn of(row: &breakdown::FieldRow, key: String) -> Self {
        Self {
            key,
            byte: row.byte,
            raw: row.raw.to_string(),
            name: row.name.to_string(),
            value: row.value.to_string(),
            meaning: row.meaning.to_string(),
            bits: (row.bits.start, row.bits.end),
        }
    }

    /// The first `most` bytes of data.
    pub(super) fn of_bytes(payload: &Payload<'_>, key: String, most: usize) -> Self {
        let length = payload.bytes.len();
        let shown = payload.bytes.get(..most).unwrap_or(payload.bytes);
        let more = if length > most {
            format!(" and {}", counted((length - most) as u64, "more byte"))
        } else {
            String::new()
        };
        Self {
            key,
            byte: payload.at,
            raw: String::new(),
            name: payload.name.to_owned(),
            value: count(length as u64, "byte"),
            meaning: format!("\"{}\"{more}", printable(shown)),
            bits: (payload.at * 8, (payload.at + length) * 8),
        }
    }

    /// Does it have any of these bits?
    pub(super) const fn meets(&self, from: usize, to: usize) -> bool {
        self.bits.0 < to && from < self.bits.1
    }
}

/// The keys of the fields that have any of these bits.
pub(super) fn keys_of(rows: &[&ReportRow], from: usize, to: usize) -> String {
    let keys = rows.iter().filter(|row| row.meets(from, to));
    keys.map(|row| row.key.as_str()).collect::<Vec<_>>().join(" ")
}
