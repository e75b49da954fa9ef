//! The columns that every line of a ladder begins with: number and time.

use std::io::{self, Write};

use super::block::Block;
use super::{LadderRow, RowKind};
use crate::render::text_style::{TextStyle, fraction, rounded};
use crate::timeline::OrderNote;

/// The title of the column for times.
pub(super) const UNIT: &str = "t/ms";

/// The columns for number and time, and what is left for the rest.
pub(super) struct LadderColumns {
    number: usize,
    time: usize,
    /// Digits behind the point.
    decimals: usize,
    pub(super) block: usize,
}

impl LadderColumns {
    /// Between number, time and the rest.
    const SPACES: usize = 3;

    /// Microseconds where there is room; long times get fewer digits before the lanes get less.
    pub(super) fn new<'r>(style: &TextStyle, rows: &(impl Iterator<Item = &'r LadderRow> + Clone)) -> Self {
        let width = style.width.max(TextStyle::NARROWEST);
        let sheet_of = |decimals| {
            let mut columns = Self {
                number: 1,
                time: UNIT.len(),
                decimals,
                block: 0,
            };
            for row in rows.clone() {
                let (number, time) = columns.labels(row);
                columns.number = columns.number.max(number.len());
                columns.time = columns.time.max(time.len());
            }
            columns.block = width.saturating_sub(columns.number + columns.time + Self::SPACES);
            columns
        };
        let mut decimals = 3;
        loop {
            let columns = sheet_of(decimals);
            if columns.block >= Block::NARROWEST || decimals == 0 {
                return columns;
            }
            decimals -= 1;
        }
    }

    /// Number and time as they stand there.
    pub(super) fn labels(&self, row: &LadderRow) -> (String, String) {
        (row.number_label(), row.time_label(self.decimals))
    }

    pub(super) fn line(
        &self,
        output: &mut impl Write,
        style: &TextStyle,
        number: &str,
        time: &str,
        rest: &str,
    ) -> io::Result<()> {
        let left = format!("{number:>w$} {time:>t$}  {rest}", w = self.number, t = self.time);
        writeln!(output, "{}", style.characters(left.trim_end()))
    }
}

impl LadderRow {
    /// The number of its packet, or of its first one; empty for what is not a packet.
    pub(in crate::render) fn number_label(&self) -> String {
        match &self.kind {
            RowKind::Packet(arrow) => arrow.number.to_string(),
            RowKind::Run(run) => run.first.to_string(),
            _ => String::new(),
        }
    }

    /// Its time in milliseconds with `decimals` decimals, at most three, after the sign of its mark: `~` moved, `!` before its
    /// cause. Empty without a time.
    pub(in crate::render) fn time_label(&self, decimals: usize) -> String {
        let sign = match self.order_note {
            Some(OrderNote::Clock(_)) => "~",
            Some(OrderNote::BeforeCause) => "!",
            None => "",
        };
        self.time
            .map_or(String::new(), |time| format!("{sign}{}", milliseconds(time, decimals)))
    }
}

/// Milliseconds with `decimals` decimals, at most three; what is far away in whole seconds.
fn milliseconds(nanoseconds: i64, decimals: usize) -> String {
    const FAR: u64 = 10_000_000_000_000;
    const LONG_AGO: i64 = -100_000_000_000;
    if nanoseconds.unsigned_abs() >= FAR || nanoseconds <= LONG_AGO {
        return format!("{} s", nanoseconds / 1_000_000_000);
    }
    let (unit, whole) = match decimals {
        0 => (1_000_000, 1),
        1 => (100_000, 10),
        2 => (10_000, 100),
        _ => (1_000, 1_000),
    };
    fraction(
        nanoseconds < 0,
        rounded(nanoseconds.unsigned_abs(), unit),
        whole,
        decimals.min(3),
    )
}
