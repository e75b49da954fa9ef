//! The words that the programs print on standard output: the lab's transcript, to the letter.
//!
//! Each line is handed over in one piece and flushed, so that it is on the screen, or in the pipe, when the next thing
//! happens. What came from the network is escaped on its way ([`crate::escape`]).

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use crate::calls::Program;
use crate::escape::printable;
use crate::os::cancel::CancelToken;
use crate::os::keyboard::{InputLine, Keyboard, LineError, LineSource};

use super::error::Error;
use super::uppercase;

/// What every program says at its start.
const HOW_TO_QUIT: &str = "Press Ctrl+Z to quit.";

/// What a client shows in front of a reply.
pub const REPLY: &str = "Returned from server: ";

/// What a client asks for.
pub const PROMPT: &str = "Input lowercase text: ";

/// Where the transcript goes; shared by all threads of a server.
pub struct Transcript {
    state: Mutex<State>,
}

struct State {
    output: Box<dyn Write + Send>,
    /// Is the last line a prompt that nothing has ended yet?
    prompt_open: bool,
    /// Has the program taken its leave of the screen?
    finished: bool,
    /// Has it been said that lines cannot be written?
    warned: bool,
}

impl Transcript {
    /// A transcript that goes to `output`.
    #[must_use]
    pub fn new(output: impl Write + Send + 'static) -> Self {
        let state = State {
            output: Box::new(output),
            prompt_open: false,
            finished: false,
            warned: false,
        };
        Self {
            state: Mutex::new(state),
        }
    }

    /// The server's first three lines.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub fn server_ready(&self, server_ip: &str, port: u16) -> Result<(), Error> {
        self.write(&format!(
            "serverIP: {server_ip}\nPort:     {port}\n{HOW_TO_QUIT} Listening...\n"
        ))
    }

    /// The server's line for what a client sent. A standard output that is full does not end a server: that is said once,
    /// and the clients are served on.
    ///
    /// # Errors
    /// [`Error::OutputClosed`] when the pipe's reader is gone.
    pub fn received_from(&self, client: SocketAddr, text: &[u8]) -> Result<(), Error> {
        self.received_shortened(client, text, text.len() as u64)
    }

    /// The same for a line of which only the first part was kept.
    ///
    /// # Errors
    /// As [`Self::received_from`].
    pub fn received_shortened(&self, client: SocketAddr, kept: &[u8], whole_length: u64) -> Result<(), Error> {
        let ip = client.ip();
        let port = client.port();
        let text = shortened(kept, whole_length);
        match self.write(&format!("Received from {ip}#{port}: {text}\n")) {
            Err(Error::Output(error)) => {
                self.warn_once(&error);
                Ok(())
            }
            other => other,
        }
    }

    /// The client's first two lines.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub fn client_ready(&self, program: Program, server: &str, port: u16) -> Result<(), Error> {
        let transport = program.transport();
        let server = printable(server.as_bytes());
        self.write(&format!(
            "I'm configured to send {transport} packets to {server} on port {port}\n{HOW_TO_QUIT}\n"
        ))
    }

    /// Asks for a line.
    ///
    /// # Errors
    /// [`Error::OutputClosed`] when the pipe's reader is gone, [`Error::Output`] when it cannot be written for another
    /// reason.
    pub fn prompt(&self) -> Result<(), Error> {
        self.write(PROMPT)
    }

    /// Asks the user for a line of at most `longest` bytes.
    ///
    /// # Errors
    /// [`Error::Stopped`], or standard input or output fails.
    pub fn ask<R: LineSource>(
        &self,
        keyboard: &mut Keyboard<R>,
        longest: usize,
        cancel: &CancelToken,
    ) -> Result<InputLine, Error> {
        self.prompt()?;
        let line = keyboard.next_line(longest, cancel);
        match line {
            Ok(InputLine::Text(_) | InputLine::TooLong(_)) if keyboard.echoes() => self.user_ended_line(),
            // No line will follow the prompt: what is reported from here on starts on a line of its own.
            Ok(InputLine::End) | Err(LineError::Stopped) => self.finish(false)?,
            _ => {}
        }
        line.map_err(Error::from)
    }

    /// The user typed the prompt's line to its end, and the screen shows that by itself.
    pub fn user_ended_line(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).prompt_open = false;
    }

    /// The program ends: leaves no half line behind. `echoed`: the terminal shows a key, such as `^Z`, after what is
    /// there.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub fn finish(&self, echoed: bool) -> Result<(), Error> {
        let wanted = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let first = !std::mem::replace(&mut state.finished, true);
            state.prompt_open || (first && echoed)
        };
        if wanted { self.write("\n") } else { Ok(()) }
    }

    /// The server's answer.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub fn returned(&self, reply: &[u8]) -> Result<(), Error> {
        self.write(&format!("{REPLY}{}\n", shortened(reply, reply.len() as u64)))
    }

    /// The same for an answer of which only the first part is shown, and whose end has not come; `so_far` bytes have.
    ///
    /// # Errors
    /// As [`Self::prompt`].
    pub fn returned_start(&self, start: &[u8], so_far: u64) -> Result<(), Error> {
        self.write(&format!("{REPLY}{} ... [{so_far} bytes so far]\n", printable(start)))
    }

    fn write(&self, text: &str) -> Result<(), Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let written = state.output.write_all(text.as_bytes());
        state.prompt_open = !text.ends_with('\n');
        match written.and_then(|()| state.output.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Error::OutputClosed),
            Err(error) => Err(Error::Output(error)),
        }
    }

    fn warn_once(&self, error: &io::Error) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut state.warned, true) {
            tracing::error!(
                "standard output cannot be written ({error}): \
                 clients are served on, but their lines are missing from it from here on"
            );
        }
    }
}

/// Bytes from the network as text, without a line end, with the number of all bytes where these are not all.
fn shortened(kept: &[u8], whole_length: u64) -> String {
    if whole_length > kept.len() as u64 {
        format!("{} ... [{whole_length} bytes in all]", printable(kept))
    } else {
        printable(uppercase::without_line_end(kept)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::{Error, Program, Transcript};

    #[derive(Clone, Default)]
    struct Screen(Arc<Mutex<Vec<u8>>>);

    impl Screen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// An output on which every write fails in one way.
    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_words_are_those_of_the_lab() {
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        transcript.server_ready("192.168.0.118", 49957).unwrap();
        transcript
            .received_from("192.168.67.1:56855".parse().unwrap(), b"udp is lazy")
            .unwrap();
        assert_eq!(
            screen.text(),
            "serverIP: 192.168.0.118\nPort:     49957\nPress Ctrl+Z to quit. Listening...\n\
             Received from 192.168.67.1#56855: udp is lazy\n"
        );

        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        transcript
            .client_ready(Program::UdpClient, "192.168.0.118", 49957)
            .unwrap();
        transcript.prompt().unwrap();
        transcript.returned(b"UDP IS LAZY").unwrap();
        assert_eq!(
            screen.text(),
            "I'm configured to send UDP packets to 192.168.0.118 on port 49957\nPress Ctrl+Z to quit.\n\
             Input lowercase text: Returned from server: UDP IS LAZY\n"
        );
    }

    #[test]
    fn a_prompt_is_ended_once_by_whoever_comes_first() {
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        transcript.prompt().unwrap();
        transcript.finish(false).unwrap();
        transcript.finish(false).unwrap();
        assert_eq!(screen.text(), "Input lowercase text: \n");
        transcript.prompt().unwrap();
        transcript.user_ended_line();
        transcript.finish(false).unwrap();
        assert_eq!(screen.text(), "Input lowercase text: \nInput lowercase text: ");
        let server = Screen::default();
        let transcript = Transcript::new(server.clone());
        transcript.finish(true).unwrap();
        transcript.finish(true).unwrap();
        assert_eq!(server.text(), "\n");
    }

    #[test]
    fn what_a_client_sends_cannot_drive_the_terminal() {
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        transcript
            .received_from("[2001:db8::1]:7".parse().unwrap(), b"\x1b[2J")
            .unwrap();
        assert_eq!(screen.text(), "Received from 2001:db8::1#7: \\x1b[2J\n");
    }

    #[test]
    fn a_line_that_was_not_kept_whole_says_its_length() {
        let screen = Screen::default();
        let transcript = Transcript::new(screen.clone());
        transcript
            .received_shortened("127.0.0.1:7".parse().unwrap(), b"abc", 10_000_000)
            .unwrap();
        assert_eq!(
            screen.text(),
            "Received from 127.0.0.1#7: abc ... [10000000 bytes in all]\n"
        );
    }

    #[test]
    fn a_closed_pipe_ends_a_server_and_a_full_disk_does_not() {
        let client = "127.0.0.1:7".parse().unwrap();
        let closed = Transcript::new(Broken(io::ErrorKind::BrokenPipe));
        assert!(matches!(closed.received_from(client, b"a"), Err(Error::OutputClosed)));
        let full = Transcript::new(Broken(io::ErrorKind::StorageFull));
        assert!(full.received_from(client, b"a").is_ok());
        assert!(matches!(full.prompt(), Err(Error::Output(_))));
    }
}
