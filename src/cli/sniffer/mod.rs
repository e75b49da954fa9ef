//! `sniffer`: captures live or reads a file, records, and breaks packets down.
//!
//! - [`args`]: the arguments;
//! - [`selection`]: which frames are wanted;
//! - [`display`]: frames onto the screen; [`following`]: their conversations;
//! - [`exports`]: reports, pictures and diagrams;
//! - [`story`]: whole conversations; [`calls`]: call logs beside them; [`answers`]: the questions of the courses;
//! - [`source`]: the file, or the pipe, that is read;
//! - [`explaining`]: what a field is for;
//! - [`live`]: from an interface, with `printing` beside it; [`mod@file`]: from a capture file, with [`progress`];
//! - [`interfaces`]: the list of interfaces;
//! - `extcap`: the sniffer as Wireshark starts it.

pub mod answers;
pub mod args;
pub mod calls;
mod crew;
pub mod display;
pub mod explaining;
pub mod exports;
#[cfg(unix)]
pub mod extcap;
pub mod file;
mod flushing;
pub mod following;
pub mod interfaces;
pub mod live;
mod printing;
pub mod progress;
mod recording;
pub mod selection;
pub mod source;
pub mod story;
pub mod wholes;

use std::process::ExitCode;

use self::args::SnifferArgs;
use super::args::wants_color;
use super::usage;
use crate::local_time;
use crate::os::limits;
use crate::os::stop::Stop;
use crate::session::rights;
use crate::session::say::{LogFormat, Say};

/// Runs the program: exit status 0 fine, 1 failure, 2 wrong arguments.
#[must_use]
pub fn main() -> ExitCode {
    limits::within_memory(run)
}

fn run() -> ExitCode {
    #[cfg(unix)]
    if extcap::is_asked(std::env::args_os()) {
        return extcap::main();
    }
    let about = "Captures packets, records them, and explains every field of their headers";
    let args: SnifferArgs = match usage::parse("sniffer", about) {
        Ok(args) => args,
        Err(code) => return code,
    };
    let say = Say::new(wants_color(args.look.color), LogFormat::Text);
    #[cfg(unix)]
    if args.install_extcap {
        return extcap::install::install(say);
    } else if args.uninstall_extcap {
        return extcap::install::uninstall(say);
    }
    let kept = if args.captures() {
        rights::only_for_a_capture()
    } else {
        rights::only_for_files()
    };
    if let Err(line) = kept {
        return say.fail(&line);
    }
    let stop = match Stop::on_signals() {
        Ok(stop) => stop,
        Err(error) => {
            return say.fail(&format!(
                "watching for Ctrl+C failed: {error}; allow more open files with 'ulimit -n'"
            ));
        }
    };
    if let Some(line) = local_time::complaint() {
        say.warning(line);
    }
    // As long as nothing is open, and no thread may be started that would watch: looking a name up may take its time.
    stop.end_at_once(true);
    let filter = match selection::filter(&args) {
        Ok(filter) => filter,
        Err(line) => return say.wrong_usage(&line),
    };
    if let Some(line) = args.contradiction() {
        return say.wrong_usage(&line);
    }
    if let Some(field) = &args.explain {
        explaining::run(&args, field, filter, &stop, say)
    } else if args.is_form_alone() {
        answers::form_alone(&args, &stop, say)
    } else if args.list_interfaces {
        interfaces::list(&stop, say)
    } else if args.read.is_some() {
        file::run(&args, filter, &stop, say)
    } else {
        live::run(&args, &filter, &stop, say)
    }
}
