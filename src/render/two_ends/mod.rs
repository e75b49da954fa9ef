//! Two captures of one exchange as text and as pictures: a summary, then a ladder for each conversation with a time at each
//! end.
//!
//! [`rows`] are the packets in the order in which they were sent; `words` says what each is; [`summary`] is what both captures show as a
//! whole; [`ladder`] draws the rows in a terminal,
//! [`picture`] as SVG, [`mermaid`] for course notes; [`plain`] describes them in sentences; [`plots`] are graphs against time.

pub mod ladder;
pub mod mermaid;
pub mod picture;
pub mod plain;
pub mod plots;
pub mod rows;
pub mod rows_shown;
pub mod summary;
mod words;

use crate::pair::Exchange;

/// Two captures laid together, and what their files are called.
#[derive(Debug, Clone, Copy)]
pub struct TwoEnds<'e> {
    /// What they show.
    pub exchange: &'e Exchange,
    /// The name of the first.
    pub a: &'e str,
    /// The name of the second.
    pub b: &'e str,
}
