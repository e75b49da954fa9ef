//! Programs that wait for what does not come, and how long they resist a signal then.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{PATIENCE, pipe};

/// A signal ends a program within a second; so much longer may it take on a machine that has much else to do.
pub const IN_TIME: Duration = Duration::from_millis(1000 + 1500);

/// A program that stands still for so long waits.
const STILL: Duration = Duration::from_millis(250);

/// A second signal comes so long after the first: less than the program would take by itself, and not together with it.
const SECOND: Duration = Duration::from_millis(120);

/// What standard output, or standard error, is.
pub enum Output {
    /// Nothing that keeps anybody waiting.
    Null,
    /// A full pipe without a reader.
    FullPipe,
    /// A full socket without a reader.
    Socket,
}

/// A program that waits, or will.
pub struct Stuck {
    child: Child,
    /// The ends without a reader.
    _held: Vec<OwnedFd>,
}

/// How it ended.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub took: Duration,
    pub errors: String,
}

/// Opens a named pipe for reading and does not read. Nothing more has room in it.
pub fn hold(pipe: &Path) -> OwnedFd {
    let open = |options: &mut OpenOptions| options.custom_flags(OFlag::O_NONBLOCK.bits()).open(pipe).unwrap();
    let held = open(OpenOptions::new().read(true));
    fill(open(OpenOptions::new().write(true)).into());
    held.into()
}

/// Fills a pipe or a socket up to the last byte.
fn fill(write_end: OwnedFd) {
    let set = OFlag::from_bits_retain(fcntl(&write_end, FcntlArg::F_GETFL).unwrap());
    fcntl(&write_end, FcntlArg::F_SETFL(set | OFlag::O_NONBLOCK)).unwrap();
    let mut file = File::from(write_end);
    for bytes in [&[0; 4096][..], &[0]] {
        while file.write(bytes).is_ok() {}
    }
    fcntl(&file, FcntlArg::F_SETFL(set)).unwrap();
}

impl Stuck {
    /// Starts the program.
    pub fn start(command: &mut Command, output: &Output, errors_too: bool) -> Self {
        let mut held = Vec::new();
        let (write_end, read_end): (Stdio, Option<OwnedFd>) = match output {
            Output::Null => (Stdio::null(), None),
            Output::FullPipe => {
                let (ours, theirs) = pipe();
                fill(theirs.try_clone().unwrap().into());
                if errors_too {
                    command.stderr(theirs.try_clone().unwrap());
                }
                (theirs.into(), Some(ours.into()))
            }
            Output::Socket => {
                let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
                let theirs = OwnedFd::from(theirs);
                fill(theirs.try_clone().unwrap());
                (theirs.into(), Some(ours.into()))
            }
        };
        held.extend(read_end);
        command.stdout(write_end);
        if !errors_too {
            command.stderr(Stdio::piped());
        }
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        // The command has the write ends, too.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self { child, _held: held }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.id()).unwrap())
    }

    /// Waits until all its threads have stood still for a while. What is said when it ends tells that it waited where it should.
    pub fn wait_until_still(&mut self) {
        // Before it waits it may have a whole capture to work on, beside three others of its kind.
        let deadline = Instant::now() + 3 * PATIENCE;
        let mut still_since = Instant::now();
        let mut before = String::new();
        while still_since.elapsed() < STILL {
            assert!(
                Instant::now() < deadline,
                "it does not stand still: {}",
                activity(self.id())
            );
            self.assert_there();
            let now = activity(self.id());
            // A thread that computes may have no switch for long, and one that could run may get no time.
            let waits = !now.contains("State:\tR") && !now.contains("State:\tD");
            if now != before || !waits {
                (before, still_since) = (now, Instant::now());
            }
        }
    }

    /// It has not ended.
    pub fn assert_there(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("it has ended: {status}, {:?}", self.errors());
        }
        std::thread::sleep(Duration::from_millis(10));
    }

    /// Waits until it has a thread of this name.
    pub fn wait_until_there(&mut self, thread: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.has_thread(thread) {
            assert!(Instant::now() < deadline, "it has no thread {thread}");
            self.assert_there();
        }
    }

    /// Waits until the process has become this program, execve(2).
    pub fn wait_until_runs(&mut self, program: &str) {
        let deadline = Instant::now() + PATIENCE;
        let comm = format!("/proc/{}/comm", self.id());
        while std::fs::read_to_string(&comm).is_ok_and(|comm| comm.trim() != program) {
            assert!(Instant::now() < deadline, "it does not become {program}");
            self.assert_there();
        }
    }

    /// Waits until it has so many threads.
    pub fn wait_for_threads(&mut self, count: usize) {
        let deadline = Instant::now() + PATIENCE;
        let tasks = format!("/proc/{}/task", self.id());
        while std::fs::read_dir(&tasks).map_or(0, Iterator::count) < count {
            assert!(Instant::now() < deadline, "it has fewer threads");
            self.assert_there();
        }
    }

    /// Sends the signals, one after the other, and waits for the end.
    pub fn end_by(mut self, signals: &[Signal]) -> Outcome {
        let pid = self.pid();
        let mut began = Instant::now();
        for (number, &signal) in signals.iter().enumerate() {
            if number > 0 {
                std::thread::sleep(SECOND);
            }
            began = Instant::now();
            // After the first one it may have ended already.
            kill(pid, signal).unwrap();
        }
        self.outcome(began)
    }

    /// The same for a program that strace(1) holds in a call: to its tracer it is there until that call would have returned. So its
    /// time is that until the thread is gone which ends it, and then the tracer has to go.
    pub fn end_traced_by(mut self, signal: Signal) -> Outcome {
        let began = Instant::now();
        kill(self.pid(), signal).unwrap();
        while self.has_thread("ending") {
            assert!(began.elapsed() < PATIENCE, "it resists");
            std::thread::sleep(Duration::from_millis(5));
        }
        let took = began.elapsed();
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
        if let Some(tracer @ 1..) = tracer.and_then(|tracer| tracer.trim().parse().ok()) {
            kill(Pid::from_raw(tracer), Signal::SIGKILL).unwrap();
        }
        Outcome {
            took,
            ..self.outcome(began)
        }
    }

    fn has_thread(&self, name: &str) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.id()));
        let mut threads = threads.into_iter().flatten().flatten();
        threads.any(|thread| std::fs::read_to_string(thread.path().join("comm")).is_ok_and(|comm| comm.trim() == name))
    }

    /// Waits for an end of its own accord.
    pub fn ended(mut self) -> Outcome {
        self.outcome(Instant::now())
    }

    fn outcome(&mut self, began: Instant) -> Outcome {
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it resists");
            std::thread::sleep(Duration::from_millis(5));
        };
        Outcome {
            code: status.code(),
            took: began.elapsed(),
            errors: self.errors(),
        }
    }

    /// What it has said; it has ended, so there is an end to it.
    fn errors(&mut self) -> String {
        let mut text = String::new();
        if let Some(errors) = &mut self.child.stderr {
            errors.read_to_string(&mut text).unwrap();
        }
        text
    }
}

impl Drop for Stuck {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How often its threads have been given a processor, and whether one runs. `proc_pid_status(5)`
fn activity(pid: u32) -> String {
    let mut text = String::new();
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return text;
    };
    for thread in threads.flatten() {
        let mut status = String::new();
        let _ = File::open(thread.path().join("status")).and_then(|mut file| file.read_to_string(&mut status));
        let told = status
            .lines()
            .filter(|line| line.starts_with("State:") || line.contains("ctxt_switches:"));
        text.extend(told);
    }
    text
}
