//! The end of a program that was told to quit and cannot: a call does not return.
//!
//! Opening a named pipe waits for its other end, writing to a full one for its reader, and what a disk is asked for waits for the
//! disk. No signal ends these waits in the middle of the standard library's calls. So a thread watches: after a quit the program has
//! a little time to end by itself; then this thread says what is not whole, removes what is temporary, and ends the process. A
//! second signal ends it at once.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::say::Say;
use crate::app::stop::{ENDED, Stop};
use crate::app::sys;
use crate::escape::printable;
use crate::outputs;

/// How long a program may take to end by itself. With [`WORDS`] it is less than a second.
const FAREWELL: Duration = Duration::from_millis(600);

/// How long saying what is not whole may take: standard error may be what is full.
const WORDS: Duration = Duration::from_millis(200);

/// So often it is looked at what the program does.
const LOOK: Duration = Duration::from_millis(20);

/// What the time is counted of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// All of it: nothing that is done then has to be done.
    Whole,
    /// Only the time in which every thread waits: what was captured is written up, however long that takes.
    Waiting,
}

/// What the program can tell of itself at any time, when SIGUSR1 asks.
pub struct Counts {
    /// The lines.
    pub lines: Box<dyn Fn() -> Vec<String> + Send>,
    /// Are they told at an end that is forced, too?
    pub at_the_end: bool,
}

impl Counts {
    /// How far the reading of the input has come.
    #[must_use]
    pub fn of_reading() -> Self {
        Self {
            lines: Box::new(|| outputs::read_so_far().into_iter().collect()),
            at_the_end: false,
        }
    }
}

/// Watches from now on. Without `counts` SIGUSR1 does what it does by itself, which is to end the process. signal(7)
/// To be called when the privileges have been given up: it starts a thread.
///
/// # Errors
/// The process may open no more files, or start no more threads: a line that says so.
pub fn watch(stop: &Stop, grace: Grace, say: Say, counts: Option<Counts>) -> Result<(), String> {
    let failed =
        |error: io::Error| format!("watching for Ctrl+C failed: {error}; allow more with 'ulimit -n' and 'ulimit -u'");
    let watcher = Watcher {
        signals: Stop::signals().map_err(failed)?.into(),
        asked: counts.is_some().then(asked).transpose().map_err(failed)?,
        stop: stop.clone(),
        grace,
        say,
        counts,
        telling: Arc::default(),
    };
    stop.end_at_once(false);
    let thread = thread::Builder::new().name("ending".to_owned());
    thread.spawn(move || watcher.run()).map_err(failed)?;
    Ok(())
}

/// A descriptor from which a byte can be read for each SIGUSR1.
fn asked() -> io::Result<File> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    let (ours, theirs) = (sys::out_of_the_way(ours.into()), sys::out_of_the_way(theirs.into()));
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGUSR1, theirs)?;
    Ok(ours.into())
}

struct Watcher {
    signals: File,
    asked: Option<File>,
    stop: Stop,
    grace: Grace,
    say: Say,
    counts: Option<Counts>,
    /// Counts are being written.
    telling: Arc<AtomicBool>,
}

/// What woke the watcher.
#[derive(PartialEq, Eq)]
enum Woken {
    Signal,
    Asked,
    TimedOut,
}

impl Watcher {
    fn run(mut self) {
        // The mark may have been set before this thread was there.
        while !self.stop.requested() {
            match self.wait(PollTimeout::NONE) {
                Woken::Signal => break,
                Woken::Asked => self.tell_counts(),
                Woken::TimedOut => {}
            }
        }
        self.last_moments();
        self.end()
    }

    /// Lets the program end by itself, until the time is over or a second signal comes.
    fn last_moments(&mut self) {
        let mut waited = Duration::ZERO;
        let mut looked = Instant::now();
        while waited < FAREWELL {
            match self.wait(milliseconds(LOOK)) {
                Woken::Signal => return,
                Woken::Asked => self.tell_counts(),
                Woken::TimedOut => {}
            }
            let passed = looked.elapsed();
            looked = Instant::now();
            if self.grace == Grace::Whole || !is_at_work() {
                waited += passed;
            }
        }
    }

    /// Says what is not whole, and ends the process.
    fn end(self) -> ! {
        // A third signal need not wait for the words.
        self.stop.end_at_once(true);
        let counts = self.counts.as_ref().filter(|counts| counts.at_the_end);
        let mut text = counts.map(text_of).unwrap_or_default();
        if io::stderr().is_terminal() {
            // The terminal shows ^C where the cursor is.
            text.insert(0, '\n');
        }
        for line in outputs::missing() {
            text += &self.say.as_error(&printable(line.as_bytes()));
        }
        let (tell, told) = mpsc::channel();
        let words = thread::Builder::new().spawn(move || {
            let _ = write_past_locks(&text);
            outputs::discard();
            let _ = tell.send(());
        });
        if words.is_ok() {
            let _ = told.recv_timeout(WORDS);
        }
        // Not std::process::exit: that flushes standard output, and so may wait for the very reader that does not read.
        signal_hook::low_level::exit(ENDED)
    }

    fn tell_counts(&self) {
        let Some(counts) = &self.counts else { return };
        if self.telling.swap(true, Ordering::SeqCst) {
            // Standard error has not taken the last ones yet.
            return;
        }
        let (text, telling) = (text_of(counts), Arc::clone(&self.telling));
        // Standard error may be full: the watching has to go on.
        let thread = thread::Builder::new().spawn(move || {
            let _ = write_past_locks(&text);
            telling.store(false, Ordering::SeqCst);
        });
        if thread.is_err() {
            self.telling.store(false, Ordering::SeqCst);
        }
    }

    fn wait(&mut self, timeout: PollTimeout) -> Woken {
        let other = self.asked.as_ref().unwrap_or(&self.signals);
        let mut watched = [
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
            PollFd::new(other.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut watched, timeout) {
            Err(Errno::EINTR) | Ok(0) => return Woken::TimedOut,
            // Without poll(2) there is no watching; then a quit is taken as one that cannot be carried out.
            Err(_) => return Woken::Signal,
            Ok(_) => {}
        }
        let [signal, asked] = watched.map(|fd| fd.any().unwrap_or(true));
        let mut byte = [0];
        if signal {
            let _ = self.signals.read(&mut byte);
            return Woken::Signal;
        }
        if let Some(file) = self.asked.as_mut().filter(|_| asked) {
            let _ = file.read(&mut byte);
            return Woken::Asked;
        }
        Woken::TimedOut
    }
}

fn text_of(counts: &Counts) -> String {
    let lines = (counts.lines)();
    lines
        .into_iter()
        .map(|line| printable(line.as_bytes()).into_owned() + "\n")
        .collect()
}

/// Does a thread of this process, other than this one, run, or wait for nothing but a processor? proc_pid_stat(5). Where /proc
/// does not tell, none does.
fn is_at_work() -> bool {
    let own = nix::unistd::gettid().to_string();
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
        return false;
    };
    threads
        .flatten()
        .filter(|thread| thread.file_name() != *own)
        .any(|thread| {
            let told = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            // Behind the name, which may have any characters in it.
            told.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('R'))
        })
}

fn milliseconds(time: Duration) -> PollTimeout {
    PollTimeout::try_from(time).unwrap_or(PollTimeout::MAX)
}

/// Writes to standard error by its descriptor: a thread that waits in writing there holds the standard library's lock.
fn write_past_locks(text: &str) -> io::Result<()> {
    let descriptor: OwnedFd = io::stderr().as_fd().try_clone_to_owned()?;
    File::from(descriptor).write_all(text.as_bytes())
}
