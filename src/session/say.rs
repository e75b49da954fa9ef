//! Errors and warnings on standard error, a line each.

use std::io::{self, Write as _};

use crate::calls::text;
use crate::escape::{self, printable};
use crate::os::errors::without_numbers;

/// The form of what goes to standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Says what went wrong.
#[derive(Debug, Clone, Copy)]
pub struct Say {
    color: bool,
    format: LogFormat,
}

impl Say {
    /// With colours or without, in this form.
    #[must_use]
    pub const fn new(color: bool, format: LogFormat) -> Self {
        Self { color, format }
    }

    /// Says what failed.
    pub fn error(self, text: &str) {
        self.line("error", "31", text);
    }

    /// Says what the user should know.
    pub fn warning(self, text: &str) {
        self.line("warning", "33", text);
    }

    /// Prints a status line, without a word in front.
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
            format!("{}\n", json(word, &text))
        } else if self.color {
            format!("\x1b[1;{color}m{word}\x1b[0m: {text}\n")
        } else {
            format!("{word}: {text}\n")
        }
    }
}

/// A line of JSON that is not a socket call: when, how bad, what.
#[must_use]
pub fn json(level: &str, message: &str) -> String {
    let line = serde_json::json!({ "time": text::now_rfc3339(), "level": level, "message": message });
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = escape::json::write(&mut text, &line);
    String::from_utf8(text).unwrap_or_default()
}

/// Safe to show: names of files, interfaces and hosts are in such a text, and what the system or a library says of them. The
/// lines of a text stay lines.
fn safe(text: &str) -> String {
    let text = without_numbers(text);
    let lines = text.split('\n').map(|line| printable(line.as_bytes()));
    lines.collect::<Vec<_>>().join("\n")
}
