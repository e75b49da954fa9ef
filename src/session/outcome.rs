//! How a run ended.

/// How a started run ended; the exit status follows from it. A run that failed is an error with a line to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything requested was done.
    Complete,
    /// Something is missing, and a message has said what.
    Incomplete,
}

impl Outcome {
    /// Incomplete if something has failed.
    #[must_use]
    pub const fn of(failed: bool) -> Self {
        if failed { Self::Incomplete } else { Self::Complete }
    }
}
