//! What the user would have on the screen of one of the programs.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A program's screen: its standard output, its standard error, and what is typed, in the order in which they show. Clones
/// are the same screen.
#[derive(Clone, Default)]
pub struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    /// Shows a line of standard error: on a line of its own, as on a terminal on which nothing has been typed.
    pub fn line(&self, line: &str) {
        let mut text = self.bytes();
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        text.extend(line.as_bytes());
        text.push(b'\n');
    }

    /// Shows these words where the cursor is.
    pub fn show(&self, words: &str) {
        self.bytes().extend(words.as_bytes());
    }

    /// All that it shows.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
