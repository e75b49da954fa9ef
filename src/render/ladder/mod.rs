//! The view `ladder`: a conversation as two lanes with arrows between them, states and socket calls beside them.
//!
//! [`Ladder`] is the picture as data, without widths, characters or colours; [`Ladder::of`] makes it from a [`LadderInput`]. [`text`]
//! draws it, [`plain`] describes it in sentences.

mod block;
mod build;
mod columns;
mod fold;
mod gaps;
pub(in crate::render) mod glyphs;
mod hindsight;
pub(in crate::render) mod label;
mod missing;
pub mod overview;
mod picture;
pub mod plain;
pub(in crate::render) mod quotation;
pub(in crate::render) mod requests;
pub(in crate::render) mod sentences;
pub mod side_by_side;
#[cfg(test)]
mod tests;
pub mod text;
mod undecided;
mod view;
pub(in crate::render) mod words;

pub use picture::{
    Arrow, ArrowContent, ArrowLine, CallPoint, CallRow, Detail, Gap, GapReason, Ladder, LadderInput, LadderRow, Lane,
    RowKind, SegmentRun, TransportName,
};
pub use view::{CONVERSATIONS, Ladders, VIEW};

use crate::timeline::Skew;

/// What a ladder without calls says of it.
pub(in crate::render) const NO_CALL_LOG: &str = "No call log was given (--calls FILE): socket calls are not shown";

/// The clocks that differ, as a sentence each.
fn skew_sentence(skew: &Skew) -> String {
    format!(
        "The clock of {} (process {}) differs from the capture's by {} at least: the times of its calls are {} here, by cause \
         and effect",
        skew.program,
        skew.pid,
        crate::explain::duration(skew.shift.saturating_abs()),
        if skew.shift > 0 { "moved later" } else { "moved earlier" },
    )
}
