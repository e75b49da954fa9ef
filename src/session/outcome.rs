//! How a run ended.

/// How a run ended that could begin; the exit status is made from it. A run that failed is an error with a line to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// All was done that was asked for.
    Complete,
    /// Something is missing, and it has been said what.
    Incomplete,
}

impl Outcome {
    /// Incomplete if something has failed.
    #[must_use]
    pub const fn of(failed: bool) -> Self {
        if failed { Self::Incomplete } else { Self::Complete }
    }
}
