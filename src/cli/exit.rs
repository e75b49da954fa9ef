//! Exit statuses: 0 fine, 1 failure, 2 wrong arguments.

use std::process::ExitCode;

use crate::session::outcome::Outcome;
use crate::session::say::{LogFormat, Say};
use crate::session::stdout::put;

/// The exit status of a run that ended so; a failure is said.
#[must_use]
pub fn status(ended: Result<Outcome, String>, say: Say) -> ExitCode {
    match ended {
        Ok(Outcome::Complete) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::FAILURE,
        Err(line) => failure(&line, say),
    }
}

/// Runs a program if its limits are set, or says why they cannot be.
#[must_use]
pub fn within(limits: Result<(), String>, program: impl FnOnce() -> ExitCode) -> ExitCode {
    match limits {
        Ok(()) => program(),
        Err(line) => failure(&line, Say::new(false, LogFormat::Text)),
    }
}

/// Says what ended the program.
#[must_use]
pub fn failure(line: &str, say: Say) -> ExitCode {
    say.error(line);
    ExitCode::FAILURE
}

/// Says what is wrong with the arguments.
#[must_use]
pub fn wrong_usage(line: &str, say: Say) -> ExitCode {
    say.error(line);
    ExitCode::from(2)
}

/// The exit status of a program whose only answer is this text; it is written here.
#[must_use]
pub fn answered(text: &str, say: Say) -> ExitCode {
    status(put(text.as_bytes()).map(|()| Outcome::Complete), say)
}
