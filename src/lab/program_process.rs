//! A program of a run as a process of its own: its screen, its calls, its typing, its end.
//!
//! The process is this executable once more, with the arguments of [`LabProgram`]. Its standard output goes through a pipe to
//! its [`Screen`]; so does what it says on standard error, where its socket calls come as JSON objects, a line each. What is
//! typed goes through a third pipe.

use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::context::LabContext;
use super::failure::Failure;
use super::lab_program::LabProgram;
use super::screen::{Awaited, Screen};
use crate::calls::{Call, lines};

/// So often a wait looks whether Ctrl+C was pressed.
const LOOK: Duration = Duration::from_millis(20);

/// How long a process that was told to quit may take. By itself it ends within a second.
const QUITTING: Duration = Duration::from_secs(2);

/// A program that runs. Dropped before it has ended, it is killed.
pub struct ProgramProcess {
    child: KilledOnDrop,
    input: ChildStdin,
    /// The thread that reads what the program writes, so that it need not wait for a reader.
    reader: JoinHandle<Output>,
    screen: Screen,
}

/// A process that does not outlive this value.
struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // Both fail where it has been waited for already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a program ended.
pub struct Ended {
    /// The exit status, or the signal that ended it.
    pub status: ExitStatus,
    /// The last error that it reported, if any.
    pub error: Option<String>,
}

impl ProgramProcess {
    /// Starts the program.
    ///
    /// # Errors
    /// The system gives no more processes, threads or files.
    pub fn start(context: &LabContext, program: &LabProgram, screen: &Screen) -> Result<Self, Failure> {
        let next = "allow more with 'ulimit -u' and 'ulimit -n'";
        let failed = |error: io::Error| Failure::of("starting a program", error, next);
        let child = match spawn(context, Path::new(OWN_EXECUTABLE), program) {
            Err(error) if error.kind() == ErrorKind::PermissionDenied => copy_of_executable()
                .and_then(|copy| spawn(context, &path_of(&copy), program))
                // Where there can be no copy, the first refusal says more.
                .map_err(|_| error),
            spawned => spawned,
        };
        let mut child = KilledOnDrop(child.map_err(failed)?);
        let no_pipe = || failed(io::Error::other("a pipe is missing"));
        let input = child.0.stdin.take().ok_or_else(no_pipe)?;
        // A program that does not read must not hold up the run.
        fcntl(&input, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(|error| failed(error.into()))?;
        let pipes = Pipes {
            stdout: Some(child.0.stdout.take().ok_or_else(no_pipe)?),
            stderr: Some(child.0.stderr.take().ok_or_else(no_pipe)?),
            half_line: Vec::new(),
            output: Output::default(),
        };
        let its_screen = screen.clone();
        let reader = Builder::new().name(program.program.word().to_owned());
        let reader = reader.spawn(move || pipes.read(&its_screen)).map_err(failed)?;
        Ok(Self {
            child,
            input,
            reader,
            screen: screen.clone(),
        })
    }

    /// Waits until what the program has printed is complete; `false` when it has ended without that.
    ///
    /// # Errors
    /// Ctrl+C, or the run has taken too long.
    pub fn wait_for(&self, context: &LabContext, complete: impl Fn(&[u8]) -> bool) -> Result<bool, Failure> {
        loop {
            context.may_go_on()?;
            match self.screen.wait(&complete, LOOK) {
                Awaited::There => return Ok(true),
                Awaited::Ended => return Ok(false),
                Awaited::NotYet => {}
            }
        }
    }

    /// Types these bytes. A program that has ended takes none, and its exit status says so.
    ///
    /// # Errors
    /// Ctrl+C, or the run has taken too long.
    pub fn type_in(&mut self, context: &LabContext, mut bytes: &[u8]) -> Result<(), Failure> {
        while !bytes.is_empty() {
            match self.input.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let mut watched = [PollFd::new(self.input.as_fd(), PollFlags::POLLOUT)];
                    let look = PollTimeout::try_from(LOOK).unwrap_or(PollTimeout::MAX);
                    // An interruption is one more reason to look.
                    let _ = poll(&mut watched, look);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Ok(()),
            }
            context.may_go_on()?;
        }
        Ok(())
    }

    /// Waits for the end of the program, and hands its calls to the observer.
    ///
    /// # Errors
    /// Ctrl+C, or the run has taken too long.
    pub fn finish(self, context: &LabContext) -> Result<Ended, Failure> {
        self.wait_for(context, |_| false)?;
        self.collect(context)
    }

    /// The same for a program that is told to quit by this signal; one that does not is killed.
    ///
    /// # Errors
    /// A bug in this program.
    pub fn quit(self, context: &LabContext, signal: Signal) -> Result<Ended, Failure> {
        self.signal(signal);
        if self.screen.wait(|_| false, QUITTING) != Awaited::Ended {
            self.signal(Signal::SIGKILL);
        }
        self.collect(context)
    }

    /// Sends the program a signal, kill(2). It has not been waited for yet, so the number is its own.
    fn signal(&self, signal: Signal) {
        if let Ok(number) = i32::try_from(self.child.0.id()) {
            // It fails where the process has ended by itself.
            let _ = kill(Pid::from_raw(number), signal);
        }
    }

    fn collect(self, context: &LabContext) -> Result<Ended, Failure> {
        let Self {
            mut child,
            input,
            reader,
            screen,
        } = self;
        drop(input);
        let status = child.0.wait();
        let status = status.map_err(|error| Failure::of("waiting for a program", error, "run it again"))?;
        let mistake = |_| Failure::Line("a thread ended by a mistake of this program's".into());
        let Output { calls, error } = reader.join().map_err(mistake)?;
        context.observer().add(calls);
        if let Some(signal) = status.signal() {
            screen.line(&format!("ended by signal {signal}"));
        }
        Ok(Ended { status, error })
    }
}

/// This executable, proc(5).
const OWN_EXECUTABLE: &str = "/proc/self/exe";

fn spawn(context: &LabContext, executable: &Path, program: &LabProgram) -> io::Result<Child> {
    let mut command = Command::new(executable);
    command
        .args(program.arguments())
        // It is for the user's programs, and could hide the calls.
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    context.spawn(program.program, command)
}

/// A copy of this executable in memory, without its file's capabilities: `memfd_create(2)`. Where setcap(8) has given the file a
/// capability that this process has given up for good, the kernel refuses to execute the file itself: capabilities(7), "Safety
/// checking for capability-dumb binaries".
fn copy_of_executable() -> io::Result<File> {
    let mut copy = File::from(memfd_create(c"socket-lab", MFdFlags::MFD_CLOEXEC)?);
    io::copy(&mut File::open(OWN_EXECUTABLE)?, &mut copy)?;
    // What is open for writing is not executed: execve(2), ETXTBSY.
    File::open(path_of(&copy))
}

/// The path of an open file, proc(5).
fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
}

/// What a program writes to.
struct Pipes {
    /// Standard output, while it is open.
    stdout: Option<ChildStdout>,
    /// Standard error, while it is open.
    stderr: Option<ChildStderr>,
    /// The line of standard error that has no end yet.
    half_line: Vec<u8>,
    output: Output,
}

impl Pipes {
    /// Reads both to their ends: standard output first, as what was written there was most often written first.
    fn read(mut self, screen: &Screen) -> Output {
        let mut room = vec![0; 65_536];
        while self.stdout.is_some() || self.stderr.is_some() {
            let [output, error] = self.readable();
            if let Some(stdout) = self.stdout.as_mut().filter(|_| output) {
                match next(stdout.read(&mut room)) {
                    Some(length) => screen.print(room.get(..length).unwrap_or_default()),
                    None => self.stdout = None,
                }
            } else if let Some(stderr) = self.stderr.as_mut().filter(|_| error) {
                if let Some(length) = next(stderr.read(&mut room)) {
                    self.half_line.extend(room.get(..length).unwrap_or_default());
                } else {
                    self.stderr = None;
                    // It may have been killed in the middle of a line.
                    self.half_line.push(b'\n');
                }
                while let Some(end) = self.half_line.iter().position(|&byte| byte == b'\n') {
                    let line: Vec<u8> = self.half_line.drain(..=end).collect();
                    self.output.take(line.trim_ascii_end(), screen);
                }
            }
        }
        screen.finish();
        self.output
    }

    /// Waits, and says which of them can be read.
    fn readable(&self) -> [bool; 2] {
        let pipes = [
            self.stdout.as_ref().map(AsFd::as_fd),
            self.stderr.as_ref().map(AsFd::as_fd),
        ];
        let watched = pipes.iter().flatten();
        let mut watched: Vec<PollFd<'_>> = watched.map(|&pipe| PollFd::new(pipe, PollFlags::POLLIN)).collect();
        if poll(&mut watched, PollTimeout::NONE).is_err() {
            return [false, false];
        }
        let mut ready = watched.iter().map(|pipe| pipe.any().unwrap_or(true));
        pipes.map(|pipe| pipe.is_some() && ready.next().unwrap_or(false))
    }
}

/// What came through the pipes beside the words on the screen.
#[derive(Default)]
struct Output {
    calls: Vec<Call>,
    error: Option<String>,
}

/// How many bytes were read; `None` at the end. A pipe fails only by interruptions, which pass.
fn next(read: io::Result<usize>) -> Option<usize> {
    match read {
        Ok(0) => None,
        Ok(length) => Some(length),
        Err(error) if error.kind() == ErrorKind::Interrupted => Some(0),
        Err(_) => None,
    }
}

impl Output {
    /// A line of standard error: a socket call, what the program reports, or what something else has to say, such as the loader.
    fn take(&mut self, line: &[u8], screen: &Screen) {
        if line.is_empty() {
            return;
        }
        let value: Option<Value> = serde_json::from_slice(line).ok();
        let text = |name: &str| value.as_ref()?.get(name)?.as_str();
        match (text("level"), text("message")) {
            (Some(level @ ("error" | "warning")), Some(message)) => {
                screen.line(&format!("{level}: {message}"));
                if level == "error" {
                    self.error = Some(message.to_owned());
                }
            }
            (Some(_), Some(_)) => {}
            _ => match lines::read(line).next() {
                Some(Ok(call)) => self.calls.push(call),
                _ => screen.line(&String::from_utf8_lossy(line)),
            },
        }
    }
}
