//! Start and end of one of the four programs.

use std::io::{self, IsTerminal as _};
use std::sync::Arc;

use super::ending::{self, Grace};
use super::logging::LogSettings;
use super::outcome::Outcome;
use super::say::Say;
use super::stdout::StandardOutput;
use super::{logging, rights};
use crate::app::client::ReplyTally;
use crate::app::error::Error;
use crate::app::transcript::Transcript;
use crate::calls::lines::CallLogOutcome;
use crate::local_time;
use crate::os::cancel::CancelToken;
#[cfg(unix)]
use crate::os::descriptors;
use crate::os::errors;
use crate::os::keyboard::Keyboard;

/// What a program works with.
pub struct Session {
    /// The token that a quit sets.
    pub cancel: CancelToken,
    /// Where its words go.
    pub transcript: Arc<Transcript>,
}

impl Session {
    /// Gives up the right to bind any port: the program has its socket now.
    ///
    /// # Errors
    /// [`Error::Rights`]. The program must end then.
    pub fn give_up_rights(&self) -> Result<(), Error> {
        rights::none().map_err(Error::Rights)
    }

    /// Standard input, line by line.
    ///
    /// # Errors
    /// It cannot be read.
    #[cfg(unix)]
    pub fn keyboard(&self) -> Result<Keyboard<std::fs::File>, Error> {
        self.keyboard_that(io::stdin().is_terminal())
    }

    /// The same, whose typing shows on the screen or does not, whatever standard input is.
    ///
    /// # Errors
    /// It cannot be read.
    #[cfg(unix)]
    pub fn keyboard_that(&self, echoes: bool) -> Result<Keyboard<std::fs::File>, Error> {
        use std::os::fd::AsFd as _;
        // The standard library's handle keeps bytes in a buffer, out of the waiting's sight; a plain file does not.
        let descriptor = io::stdin().as_fd().try_clone_to_owned().map_err(Error::Input)?;
        Ok(Keyboard::new(descriptors::out_of_the_way(descriptor).into(), echoes))
    }

    /// Standard input, line by line.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn keyboard(&self) -> Result<Keyboard<io::Stdin>, Error> {
        Ok(Keyboard::new(io::stdin(), io::stdin().is_terminal()))
    }
}

/// How one of the four programs runs.
#[derive(Debug, Clone)]
pub struct ProgramSettings {
    /// What it shows on standard error, and writes to a call log.
    pub log: LogSettings,
    /// May a port be asked for that only root may have?
    pub binds_a_port: bool,
}

/// Runs a program: lets `work` do its work, and says whether all of it was done and written.
///
/// # Errors
/// It cannot begin, or calls are missing from its call log: a line that says why.
pub fn run(
    settings: &ProgramSettings,
    work: impl FnOnce(&Session) -> Result<ReplyTally, Error>,
) -> Result<Outcome, String> {
    let say = Say::new(settings.log.color, settings.log.format);
    let binds = settings.binds_a_port;
    let kept = if binds {
        rights::only_for_a_low_port()
    } else {
        rights::only_for_files()
    };
    kept?;
    if let Some(line) = local_time::warning() {
        say.warning(line);
    }
    let cancel = CancelToken::on_signals()
        .map_err(|error| format!("watching for Ctrl+Z failed: {error}; allow more with 'ulimit -n'"))?;
    // Every waiting call lets go at once, but not a write to a full pipe (`tcp-server | less`, and the user does not scroll), nor the
    // opening of a named pipe without a reader.
    ending::watch_without_rights(&cancel, Grace::Whole, say)?;
    let call_log = logging::start(&settings.log)?;
    rights::print_refusal();
    // Root by itself may have needed a right for the call log.
    if !binds {
        rights::none()?;
    }
    let session = Session {
        cancel,
        transcript: Arc::new(Transcript::new(StandardOutput::of_lines())),
    };
    let worked = work(&session);
    let by_a_key = matches!(worked, Err(Error::Stopped)) && io::stdout().is_terminal();
    let finished = session.transcript.finish(by_a_key);
    let outcome = match worked.and_then(|answers| finished.map(|()| answers)) {
        Ok(ReplyTally { missing: 0 }) | Err(Error::Stopped | Error::OutputClosed) => Outcome::Complete,
        Ok(_) => Outcome::Incomplete,
        Err(trouble) => {
            say.error(&trouble.to_string());
            Outcome::Incomplete
        }
    };
    match call_log.as_ref().and_then(CallLogOutcome::losses) {
        Some((lost, why)) => Err(format!(
            "{} from the call log: {}",
            if lost == 1 {
                "1 socket call is missing".to_owned()
            } else {
                format!("{lost} socket calls are missing")
            },
            errors::unwritable(&why)
        )),
        None => Ok(outcome),
    }
}
