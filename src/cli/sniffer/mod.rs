//! `sniffer`: captures live or reads a file, records, and breaks packets down.
//!
//! - [`args`]: the arguments, made into settings; [`exports`]: those of exports; `contradiction`: what does not go together;
//! - `typed`: what was typed, and the command that was meant;
//! - `extcap`: the sniffer as Wireshark starts it.
//!
//! What they ask for is in [`crate::session`].

pub mod args;
mod contradiction;
pub mod exports;
#[cfg(unix)]
pub mod extcap;
mod typed;

use std::process::ExitCode;

use self::args::SnifferArgs;
use self::contradiction::contradiction;
use super::args::wants_color;
use super::{exit, usage};
use crate::local_time;
use crate::os::cancel::CancelToken;
use crate::os::limits;
use crate::session::say::{LogFormat, Say};
use crate::session::{answers, explaining, file, interfaces, live, other_end, rights, selection};

/// Runs the program: exit status 0 fine, 1 failure, 2 wrong arguments.
#[must_use]
pub fn main() -> ExitCode {
    exit::within(limits::prepare_with_memory(), run)
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
    let say = Say::new(wants_color(args.style.color), LogFormat::Text);
    #[cfg(unix)]
    if args.install_extcap {
        return extcap::install::install(say);
    } else if args.uninstall_extcap {
        return extcap::install::uninstall(say);
    }
    let settings = args.settings();
    let captures = args.read.is_none() && args.explain.is_none() && !args.list_interfaces && !settings.is_form_alone();
    let kept = if captures {
        rights::only_for_a_capture()
    } else {
        rights::only_for_files()
    };
    if let Err(line) = kept {
        return exit::failure(&line, say);
    }
    let cancel = match CancelToken::on_signals() {
        Ok(cancel) => cancel,
        Err(error) => {
            let line = format!("watching for Ctrl+C failed: {error}; allow more open files with 'ulimit -n'");
            return exit::failure(&line, say);
        }
    };
    if let Some(line) = local_time::warning() {
        say.warning(line);
    }
    // As long as nothing is open, and no thread may be started that would watch: looking a name up may take its time.
    cancel.end_at_once(true);
    let filter = match selection::filter(&args.port, &args.host, &args.words()) {
        Ok(asked) => {
            asked.note.iter().for_each(|note| say.plain(note));
            asked.filter
        }
        Err(error) => return exit::wrong_usage(&typed::instead(&error, &args), say),
    };
    if let Some(line) = contradiction(&settings) {
        return exit::wrong_usage(&line, say);
    }
    let ended = if let Some(word) = &args.explain {
        match explaining::asked(word, &settings) {
            Ok(asked) => explaining::run(&settings, asked, filter, &cancel, say),
            Err(line) => return exit::wrong_usage(&line, say),
        }
    } else if settings.is_form_alone() {
        answers::form_alone(&settings, &cancel, say)
    } else if args.list_interfaces {
        interfaces::list(&cancel, say)
    } else if args.other_end.is_some() {
        other_end::run(&settings, &filter, &cancel, say)
    } else if args.read.is_some() {
        file::run(&settings, filter, &cancel, say)
    } else {
        live::run(&settings, &filter, &cancel, say)
    };
    exit::status(ended, say)
}
