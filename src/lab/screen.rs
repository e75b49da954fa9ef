//! What the user would have on the screen of one of the programs.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A program's screen: its standard output, its standard error, and what is typed, in the order in which they show. Clones
/// are the same screen.
#[derive(Clone, Default)]
pub struct Screen(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// All that it shows.
    shown: Vec<u8>,
    /// What the program wrote to standard output.
    printed: Vec<u8>,
    /// The program has closed its standard output and its standard error: it is over.
    finished: bool,
}

/// What came of waiting for a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// It is there.
    There,
    /// The program ended without it.
    Ended,
    /// Not yet.
    NotYet,
}

impl Screen {
    /// Shows a line of standard error: on a line of its own, as on a terminal on which nothing has been typed.
    pub fn line(&self, line: &str) {
        self.change(|state| {
            if !state.shown.is_empty() && !state.shown.ends_with(b"\n") {
                state.shown.push(b'\n');
            }
            state.shown.extend(line.as_bytes());
            state.shown.push(b'\n');
        });
    }

    /// Shows what is typed where the cursor is.
    pub fn show(&self, words: &str) {
        self.change(|state| state.shown.extend(words.as_bytes()));
    }

    /// Shows what the program writes to standard output.
    pub fn print(&self, bytes: &[u8]) {
        self.change(|state| {
            state.shown.extend(bytes);
            state.printed.extend(bytes);
        });
    }

    /// The program has ended: nothing more will show.
    pub fn finish(&self) {
        self.change(|state| state.finished = true);
    }

    /// Waits until what was written to standard output is `complete`, or the program has ended, at most for this time.
    #[must_use]
    pub fn wait(&self, complete: impl Fn(&[u8]) -> bool, timeout: Duration) -> Awaited {
        let still = |state: &mut State| !complete(&state.printed) && !state.finished;
        let waited = self.0.changed.wait_timeout_while(self.state(), timeout, still);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match (complete(&state.printed), state.finished) {
            (true, _) => Awaited::There,
            (_, true) => Awaited::Ended,
            _ => Awaited::NotYet,
        }
    }

    /// What was written to standard output.
    #[must_use]
    pub fn printed(&self) -> String {
        String::from_utf8_lossy(&self.state().printed).into_owned()
    }

    /// All that it shows.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.state().shown).into_owned()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.0.changed.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a program that runs in this process writes to.
impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.print(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Awaited, Screen};

    #[test]
    fn standard_error_and_typing_show_but_are_not_printed() {
        let screen = Screen::default();
        screen.print(b"Input: ");
        screen.show("typed\n");
        screen.print(b"half");
        screen.line("error: no");
        assert_eq!(screen.text(), "Input: typed\nhalf\nerror: no\n");
        assert_eq!(screen.printed(), "Input: half");
    }

    #[test]
    fn waiting_ends_with_the_text_with_the_program_or_with_the_time() {
        let screen = Screen::default();
        let wait = |milliseconds| screen.wait(|text| text.ends_with(b"x"), Duration::from_millis(milliseconds));
        assert_eq!(wait(1), Awaited::NotYet);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(60_000));
            screen.print(b"x");
            assert_eq!(waiting.join().unwrap(), Awaited::There);
        });
        screen.print(b"y");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(60_000));
            screen.finish();
            assert_eq!(waiting.join().unwrap(), Awaited::Ended);
        });
    }
}
