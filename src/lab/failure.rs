//! Why a run could not be finished.

use std::fmt;

use crate::app::error::Error;
use crate::escape::printable;

/// Why a run could not be finished.
#[derive(Debug)]
pub enum Failure {
    /// The user pressed Ctrl+C.
    Interrupted,
    /// This, in one line.
    Line(String),
    /// This takes a right that the process does not have: what failed, in the words of the system.
    Right(String),
}

impl Failure {
    /// A step that failed, why, and what to do next.
    pub fn of(step: &str, why: impl fmt::Display, next: &str) -> Self {
        let line = format!("{step} failed: {why}; {next}");
        Self::Line(printable(line.as_bytes()).into_owned())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted: nothing was recorded"),
            Self::Line(line) | Self::Right(line) => f.write_str(line),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(trouble: Error) -> Self {
        match trouble {
            Error::Stopped => Self::Interrupted,
            trouble => Self::Line(trouble.to_string()),
        }
    }
}
