//! The server and the client of a run: the real ones, each in a process of its own.

use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::context::LabContext;
use super::failure::Failure;
use super::lab_program::LabProgram;
use super::program_process::ProgramProcess;
use super::screen::Screen;
use crate::app::transcript::PROMPT;
use crate::calls::Program;
use crate::escape::printable;

/// How long a server is there before the first client comes: time for it to wait in `accept()` or `recvfrom()`.
const HEADSTART: Duration = Duration::from_millis(5);

/// How long the user thinks. Long enough that a connection is seen to be open before the line is sent.
const PAUSE: Duration = Duration::from_millis(20);

/// Starts a server where servers are bound, lets it serve while `meanwhile` goes on, and makes it quit when that is done.
///
/// # Errors
/// Those of `meanwhile`; Ctrl+C; the server cannot start or go on, for the reason that it gives.
pub fn with_server<T>(
    context: &LabContext,
    program: Program,
    screen: &Screen,
    meanwhile: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    /// Address, port, and that it listens.
    const LINES: usize = 3;
    let server = LabProgram {
        program,
        address: context.address(),
        lines: 0,
        timeout: context.timeout(),
    };
    let process = ProgramProcess::start(context, &server, screen)?;
    // What is behind the last line end is a piece too.
    let complete = |printed: &[u8]| printed.split(|&byte| byte == b'\n').count() > LINES;
    if !process.wait_for(context, complete)? {
        let ended = process.finish(context)?;
        let silent = || format!("{program} ended before it listened ({}); run it again", ended.status);
        return Err(Failure::Line(ended.error.unwrap_or_else(silent)));
    }
    // A user starts the client when the server says that it listens.
    let done = context.wait(HEADSTART).and_then(|()| meanwhile());
    let ended = process.quit(context, Signal::SIGTERM)?;
    match ended.error.filter(|_| done.is_ok() && !ended.status.success()) {
        Some(error) => Err(Failure::Line(error)),
        None => done,
    }
}

/// A client of a server on this machine, and the user who types at it.
pub struct ClientSide<'a> {
    /// Which one of the two.
    pub program: Program,
    /// The server's port.
    pub port: u16,
    /// What is typed.
    pub lines: &'a [String],
    /// What it shows.
    pub screen: Screen,
}

impl ClientSide<'_> {
    /// Runs it until its last line is answered, which is when the user has seen enough and quits. `true`: every line was
    /// answered.
    ///
    /// # Errors
    /// Ctrl+C, or a step that is not the client's own. What the client itself reports is on its screen.
    pub fn run(&self, context: &LabContext) -> Result<bool, Failure> {
        let mut process = self.start(context)?;
        for (number, line) in (1..).zip(self.lines) {
            if !process.wait_for(context, |printed| prompts(printed) >= number)? {
                break;
            }
            thread::sleep(PAUSE);
            self.screen.show(&printable(line.as_bytes()));
            self.screen.show("\n");
            process.type_in(context, format!("{line}\n").as_bytes())?;
        }
        Ok(process.finish(context)?.status.success())
    }

    /// Lets a client wait at its prompt while `meanwhile` goes on; then its user presses Ctrl+Z.
    ///
    /// # Errors
    /// Those of `meanwhile`; Ctrl+C.
    pub fn wait_while<T>(
        &self,
        context: &LabContext,
        meanwhile: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let process = self.start(context)?;
        process.wait_for(context, |printed| prompts(printed) > 0)?;
        let done = meanwhile();
        process.quit(context, Signal::SIGTSTP)?;
        done
    }

    fn start(&self, context: &LabContext) -> Result<ProgramProcess, Failure> {
        let client = LabProgram {
            program: self.program,
            address: SocketAddr::new(context.address().ip(), self.port),
            lines: self.lines.len(),
            timeout: context.timeout(),
        };
        ProgramProcess::start(context, &client, &self.screen)
    }
}

/// How often the client has asked for a line. A question need not begin a line: behind one that got no reply, the next one comes
/// at once. No reply contains one, since it has lowercase letters.
fn prompts(printed: &[u8]) -> usize {
    let prompt = PROMPT.as_bytes();
    printed.windows(prompt.len()).filter(|window| *window == prompt).count()
}
