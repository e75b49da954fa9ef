//! Who types: the lines of a run, one at each prompt, as a user at a terminal would.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread;
use std::time::Duration;

use nix::fcntl::OFlag;
use nix::unistd::pipe2;

use super::screen::Screen;
use crate::escape::printable;
use crate::os::descriptors;

/// How long the user thinks. Long enough that a connection is seen to stand before the line is sent.
const PAUSE: Duration = Duration::from_millis(20);

/// A source of lines for a client's keyboard.
pub struct ScriptedInput {
    lines: VecDeque<String>,
    screen: Screen,
    /// What of the line has not been read yet.
    rest: VecDeque<u8>,
    /// A pipe whose other end is closed: ready to be read at any time.
    ready: OwnedFd,
}

impl ScriptedInput {
    /// Types these lines, which show on this screen.
    ///
    /// # Errors
    /// The process may open no more files.
    pub fn new(lines: &[String], screen: &Screen) -> io::Result<Self> {
        let (ready, _) = pipe2(OFlag::O_CLOEXEC)?;
        Ok(Self {
            lines: lines.iter().cloned().collect(),
            screen: screen.clone(),
            rest: VecDeque::new(),
            ready: descriptors::out_of_the_way(ready),
        })
    }
}

impl Read for ScriptedInput {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() {
            let Some(line) = self.lines.pop_front() else {
                return Ok(0);
            };
            thread::sleep(PAUSE);
            self.screen.show(&printable(line.as_bytes()));
            self.screen.show("\n");
            self.rest.extend(line.bytes().chain([b'\n']));
        }
        self.rest.read(room)
    }
}

impl AsFd for ScriptedInput {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ready.as_fd()
    }
}
