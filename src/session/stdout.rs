//! Standard output, on the list of what is not whole ([`crate::outputs`]).

use std::io::{self, ErrorKind, Stdout, Write};

use crate::os::errors;
use crate::outputs::{OpenOutput, OutputKind};

/// What it is called.
const NAME: &str = "standard output";

/// Standard output, for as long as something is still to be written to it.
pub struct StandardOutput {
    output: Stdout,
    listed: OpenOutput,
    bytes: u64,
}

impl StandardOutput {
    /// For what is whole only at its end.
    #[must_use]
    pub fn new() -> Self {
        Self::of(OutputKind::Stream)
    }

    /// For lines each of which is whole.
    #[must_use]
    pub fn of_lines() -> Self {
        Self::of(OutputKind::Lines)
    }

    fn of(kind: OutputKind) -> Self {
        Self {
            output: io::stdout(),
            listed: OpenOutput::new(NAME, kind),
            bytes: 0,
        }
    }
}

impl Default for StandardOutput {
    fn default() -> Self {
        Self::new()
    }
}

impl Write for StandardOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.listed.in_write(true);
        let written = self.output.write(bytes);
        self.listed.in_write(false);
        if let Ok(count) = written {
            self.bytes += count as u64;
            self.listed.count(self.bytes);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.listed.in_write(true);
        let flushed = self.output.flush();
        self.listed.in_write(false);
        flushed
    }
}

/// Writes all of it to standard output. A reader who has left a pipe is not a failure.
///
/// # Errors
/// It cannot be written: a line that says so.
pub fn put(bytes: &[u8]) -> Result<(), String> {
    let mut output = StandardOutput::new();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// The line that says so.
#[must_use]
pub fn unwritable(error: &io::Error) -> String {
    format!("writing standard output failed: {}", errors::unwritable(error))
}
