//! Errors and warnings on standard error, a line each.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::ColorChoice;

use super::args::LogFormat;
use super::logging::{self, wants_color};
use crate::escape::printable;

/// Says what went wrong.
#[derive(Debug, Clone, Copy)]
pub struct Say {
    color: bool,
    format: LogFormat,
}

impl Say {
    /// With colours or without, in this form.
    #[must_use]
    pub fn new(color: ColorChoice, format: LogFormat) -> Self {
        Self {
            color: wants_color(color),
            format,
        }
    }

    /// Says what ended the program: exit status 1.
    #[must_use]
    pub fn fail(self, text: &str) -> ExitCode {
        self.error(text);
        ExitCode::FAILURE
    }

    /// Says what is wrong with the arguments: exit status 2.
    #[must_use]
    pub fn wrong_usage(self, text: &str) -> ExitCode {
        self.error(text);
        ExitCode::from(2)
    }

    /// Says what failed while the program goes on.
    pub fn error(self, text: &str) {
        self.line("error", "31", text);
    }

    /// Says what the person should know.
    pub fn warning(self, text: &str) {
        self.line("warning", "33", text);
    }

    /// Says how things stand, without a word in front.
    pub fn plain(self, text: &str) {
        // With standard error closed, the exit status has to do; so below.
        let _ = writeln!(io::stderr(), "{}", safe(text));
    }

    /// What [`Self::error`] writes, with the line's end.
    #[must_use]
    pub fn as_error(self, text: &str) -> String {
        self.as_line("error", "31", text)
    }

    fn line(self, word: &str, color: &str, text: &str) {
        // In one piece, so that lines of several threads do not mix.
        let _ = io::stderr().write_all(self.as_line(word, color, text).as_bytes());
    }

    fn as_line(self, word: &str, color: &str, text: &str) -> String {
        let text = safe(text);
        if self.format == LogFormat::Json {
            format!("{}\n", logging::json(word, &text))
        } else if self.color {
            format!("\x1b[1;{color}m{word}\x1b[0m: {text}\n")
        } else {
            format!("{word}: {text}\n")
        }
    }
}

/// Safe to show: names of files, interfaces and hosts are in such a text, and what the system or a library says of them. The
/// lines of a text stay lines.
fn safe(text: &str) -> String {
    let lines = text.split('\n').map(|line| printable(line.as_bytes()));
    lines.collect::<Vec<_>>().join("\n")
}
