//! How far a long read has come, on a terminal.
//!
//! The bar is on standard error, and only there is it drawn: where standard error goes to a file or a pipe there is none. It
//! comes when a second has passed without a packet on the screen, and goes before the next one, so the two never mix.

use std::fs::Metadata;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::display::{Display, DisplayError};

/// After about this time without output, a user wonders what happens.
const PATIENCE: Duration = Duration::from_secs(1);

/// The clock is read once for this many packets: it costs about as much as reading one.
const PACKETS_BETWEEN_LOOKS: u64 = 32;

const KNOWN_SIZE: &str = "reading [{wide_bar}] {percent:>3}% of {total_bytes}, {msg}";
const UNKNOWN_SIZE: &str = "reading {bytes}, {msg}, for {elapsed}";

/// The time between two drawings of the bar.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// How far the reading of a file has come.
pub struct Progress {
    /// The file's size in bytes, as it lies on the disk; a pipe has none.
    size: Option<u64>,
    /// Do packets appear on the same screen?
    beside_packets: bool,
    began: Instant,
    /// Since when the screen has not changed.
    still: Instant,
    drawn: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For this file; `None` if the bar would not be visible. `shows`: packets are printed on standard output.
    #[must_use]
    pub fn of(path: &Path, shows: bool) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if dumb || !io::stderr().is_terminal() {
            return None;
        }
        let named = Some(path).filter(|path| path.as_os_str() != "-");
        let size = named.and_then(|path| path.metadata().ok()).filter(Metadata::is_file);
        let now = Instant::now();
        Some(Self {
            size: size.map(|file| file.len()),
            beside_packets: shows && io::stdout().is_terminal(),
            began: now,
            still: now,
            drawn: now,
            bar: None,
        })
    }

    /// Sets how many packets and how many bytes of the file have been read.
    ///
    /// # Errors
    /// Waiting text must be printed before the bar, and standard output is closed or cannot be written.
    pub fn step(&mut self, packets: u64, bytes: u64, display: &mut Option<Display>) -> Result<(), DisplayError> {
        if packets % PACKETS_BETWEEN_LOOKS != 0 || self.still.elapsed() < PATIENCE {
            return Ok(());
        }
        let packets = format!("{packets} packets");
        if let Some(bar) = &self.bar {
            if self.drawn.elapsed() < DRAWN_EVERY {
                return Ok(());
            }
            bar.set_position(bytes);
            bar.set_message(packets);
        } else {
            // The lines before it have to stand on the screen, whole.
            if let Some(display) = display {
                display.flush()?;
            }
            let bar = bar(self.size, self.began).with_position(bytes).with_message(packets);
            bar.tick();
            self.bar = Some(bar);
        }
        self.drawn = Instant::now();
        Ok(())
    }

    /// A packet is about to be printed.
    pub fn make_way(&mut self) {
        if self.beside_packets {
            self.clear();
            self.still = Instant::now();
        }
    }

    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn bar(size: Option<u64>, began: Instant) -> ProgressBar {
    let (template, plain) = match size {
        Some(_) => (KNOWN_SIZE, ProgressStyle::default_bar()),
        None => (UNKNOWN_SIZE, ProgressStyle::default_spinner()),
    };
    let style = ProgressStyle::with_template(template).unwrap_or(plain);
    ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr())
        .with_style(style.progress_chars("#>-"))
        .with_elapsed(began.elapsed())
}

#[cfg(test)]
mod tests {
    use indicatif::ProgressStyle;

    use super::{KNOWN_SIZE, UNKNOWN_SIZE};

    #[test]
    fn the_templates_are_sound() {
        for template in [KNOWN_SIZE, UNKNOWN_SIZE] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
