//! Which rows are shown: of a long conversation its beginning, its end, and what is remarkable or sent again, with its
//! neighbours.

use super::rows::Row;
use crate::explain::count;
use crate::pair::{Exchange, Fate};
use crate::render::ladder::ArrowLine;

/// This many rows are shown unless all are asked for: about 40 screens.
const ROWS: usize = 2_000;
/// A conversation of this many rows is shown whole.
const WHOLE: usize = 60;
/// The rows at the beginning and at the end of a conversation that are shown in any case.
const FIRST: usize = 12;
const LAST: usize = 6;
/// The rows before and after a remarkable one that are shown with it.
const NEAR: usize = 2;
/// Fewer rows than this are not worth leaving out.
const FEWEST: usize = 4;

/// Which rows are shown.
#[derive(Debug, Clone, Copy)]
pub enum Extent {
    /// Every one.
    All,
    /// The beginning, the end and what is remarkable, this many rows at most.
    Remarkable(usize),
    /// The same in a page, where no option shows more.
    InPage(usize),
}

impl Extent {
    /// All, or what is shown unless all are asked for.
    #[must_use]
    pub const fn of(full: bool) -> Self {
        if full { Self::All } else { Self::Remarkable(ROWS) }
    }

    /// How many rows that are at most.
    #[must_use]
    pub const fn most(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::Remarkable(most) | Self::InPage(most) => most,
        }
    }

    /// What to say of this many things that there is no room for.
    #[must_use]
    pub fn no_room_for(self, number: u64, thing: &str) -> String {
        let more = count(number, thing);
        match self {
            Self::InPage(_) => format!("{more} without a picture in this page"),
            Self::All | Self::Remarkable(_) => format!("{more}; --full shows all"),
        }
    }
}

/// What is shown in one place.
pub(super) enum Shown<'r> {
    /// A row.
    Row(&'r Row),
    /// A sentence about those that are left out.
    LeftOut(String),
}

/// What is shown of these rows, as far as there is room, which gets less by it.
pub(super) fn shown_within<'r>(
    exchange: &Exchange,
    rows: &'r [Row],
    extent: Extent,
    room: &mut usize,
) -> Vec<Shown<'r>> {
    let of = |wanted| shown(exchange, rows, wanted);
    let mut shown = match extent {
        Extent::All => of(Wanted::All),
        // What was lost comes first: a conversation may be sent again as a whole.
        Extent::Remarkable(_) | Extent::InPage(_) => Some(of(Wanted::WithRetransmissions))
            .filter(|shown| shown.len() <= *room)
            .unwrap_or_else(|| of(Wanted::Remarkable)),
    };
    let more = shown.len().saturating_sub(*room);
    shown.truncate(*room);
    *room -= shown.len();
    if more > 0 {
        shown.push(Shown::LeftOut(extent.no_room_for(more as u64, "further row")));
    }
    shown
}

/// Which rows are wanted, beside the beginning and the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    All,
    /// The remarkable ones, and what was sent before.
    WithRetransmissions,
    Remarkable,
}

/// What is shown of these rows.
fn shown<'r>(exchange: &Exchange, rows: &'r [Row], wanted: Wanted) -> Vec<Shown<'r>> {
    let is_short = rows.len() <= WHOLE && wanted != Wanted::Remarkable;
    let all = wanted == Wanted::All || is_short;
    let mut is_kept = vec![all; rows.len()];
    let mut keep = |from: usize, to: usize| {
        let kept = is_kept.iter_mut().take(to).skip(from);
        kept.for_each(|each| *each = true);
    };
    if !all {
        keep(0, FIRST);
        keep(rows.len().saturating_sub(LAST), rows.len());
        let is_again =
            |row: &Row| wanted == Wanted::WithRetransmissions && row.line(exchange) == ArrowLine::Retransmission;
        let is_kept = |row: &Row| row.is_remarkable(exchange) || is_again(row);
        for (index, _) in rows.iter().enumerate().filter(|(_, row)| is_kept(row)) {
            keep(index.saturating_sub(NEAR), index + NEAR + 1);
        }
    }
    let mut shown = Vec::new();
    let mut at = 0;
    while let Some(&is_shown) = is_kept.get(at) {
        let run = is_kept.iter().skip(at).take_while(|each| **each == is_shown).count();
        let own = rows.get(at..at + run).unwrap_or_default();
        if is_shown || run < FEWEST {
            shown.extend(own.iter().map(Shown::Row));
        } else {
            shown.push(Shown::LeftOut(left_out(own)));
        }
        at += run;
    }
    shown
}

fn left_out(rows: &[Row]) -> String {
    let unknown = rows.iter().filter(|row| matches!(row.fate, Fate::NotKnown(_))).count();
    let arrived = rows.len() - unknown;
    let parts = [
        (arrived, "packet", " arrived in order"),
        (unknown, "packet", ": not known, outside the common time"),
    ];
    let parts = parts.iter().filter(|(number, ..)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, thing, what)| format!("{}{what}", count(*number as u64, thing)))
        .collect();
    parts.join("; ")
}
