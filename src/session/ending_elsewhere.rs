//! The end of a program where there are no signals: Ctrl+C ends it in the system's way.

use super::say::Say;
use crate::os::cancel::CancelToken;

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// All of it.
    Whole,
    /// Only the time in which every thread waits.
    Waiting,
}

/// Where there is nothing to watch.
pub struct Watching;

impl Watching {
    /// Changes nothing.
    pub fn count(&self, _: Grace) {}
}

/// The counts of the program.
pub struct Counts {
    /// The lines.
    pub lines: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    /// Are they printed at a forced end, too?
    pub at_the_end: bool,
}

impl Counts {
    /// How far the reading of the input has come.
    #[must_use]
    pub fn of_reading() -> Self {
        Self {
            lines: Box::new(Vec::new),
            at_the_end: false,
        }
    }
}

/// There is nothing to watch.
///
/// # Errors
/// None.
pub fn watch(_: &CancelToken, _: Grace, _: Say, _: Option<Counts>) -> Result<Watching, String> {
    Ok(Watching)
}

/// There is nothing to watch.
///
/// # Errors
/// None.
pub fn watch_without_rights(_: &CancelToken, _: Grace, _: Say) -> Result<Watching, String> {
    Ok(Watching)
}
