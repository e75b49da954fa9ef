//! `socket-lab`: the guided run, from its arguments to its exit status.

pub mod args;
mod completed;
pub mod wire_args;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use self::args::{Asked, LabArgs, WIRE};
use self::wire_args::WireArgs;
use super::args::wants_color;
use super::{exit, usage};
use crate::lab::guided;
use crate::lab::lab_program::LabProgram;
use crate::lab::network;
use crate::lab::report_opener;
use crate::lab::wire;
use crate::os::limits;
use crate::privilege::{Need, drop_privileges, narrow_to};
use crate::session::say::{LogFormat, Say};

/// Runs the program: exit status 0 fine, 1 failure or no capture, 2 wrong arguments.
#[must_use]
pub fn main() -> ExitCode {
    exit::within(limits::prepare_with_memory(), start)
}

fn start() -> ExitCode {
    if std::env::args_os().skip(1).eq([network::TRY]) {
        return probe();
    }
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some((program, starter)) = LabProgram::from_arguments(&arguments) {
        return exit::status(program.run(starter), Say::new(false, LogFormat::Json));
    }
    if arguments.first().is_some_and(|first| first == WIRE) {
        return start_wire();
    }
    let about = "Guided run of the socket lab: server, client and capture at once, and the story of their packets";
    let args: LabArgs = match usage::parse_as_completed("socket-lab", about, completed::completed) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let say = Say::new(wants_color(args.style.color), LogFormat::Text);
    match args.asked {
        Some(Asked::Open) => return open(&args, say),
        Some(Asked::Wire) => {
            return exit::wrong_usage("wire comes first: 'socket-lab wire' and then its own arguments", say);
        }
        Some(Asked::Run(_)) | None => {}
    }
    match args.settings() {
        Ok(settings) => exit::status(guided::run(&settings, say).map_err(|failure| failure.to_string()), say),
        Err(line) => exit::wrong_usage(&line, say),
    }
}

/// `socket-lab wire`.
fn start_wire() -> ExitCode {
    let args: WireArgs = match usage::parse_after_word("socket-lab", WIRE, wire_args::ABOUT) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let say = Say::new(wants_color(args.style.color), LogFormat::Text);
    match args.settings() {
        Ok(settings) => exit::status(
            wire::guided::run(&settings, say).map_err(|failure| failure.to_string()),
            say,
        ),
        Err(line) => exit::wrong_usage(&line, say),
    }
}

/// Shows the report of the last run, as the user who called.
fn open(args: &LabArgs, say: Say) -> ExitCode {
    let opened = drop_privileges().map_err(|error| error.to_string());
    let opened =
        opened.and_then(|_| report_opener::open(args.folder.output.as_deref()).map_err(|failure| failure.to_string()));
    match opened {
        Ok(text) => exit::answered(&text, say),
        Err(line) => exit::failure(&line, say),
    }
}

/// What the process does that [`network::Network::enter`] starts.
fn probe() -> ExitCode {
    if let Err(error) = narrow_to(Need::PrivateNetwork) {
        return exit::failure(&error.to_string(), Say::new(false, LogFormat::Text));
    }
    match network::probe() {
        None => ExitCode::SUCCESS,
        Some(refusal) => {
            // The exit status has to do where there is no reader.
            let _ = writeln!(io::stdout(), "{refusal}");
            ExitCode::FAILURE
        }
    }
}
