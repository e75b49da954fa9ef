//! The end of a program that must quit but cannot, because a call does not return.
//!
//! Opening a named pipe waits for its other end, writing to a full one for its reader, and what a disk is asked for waits for the
//! disk. No signal ends these waits in the middle of the standard library's calls. So a thread watches, to which the signals come
//! ([`leave_signals_to_others`]): after a quit the program has a little time to end by itself; then this thread says what is not
//! whole, removes what is temporary, and ends the process. A second signal ends it at once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::rights;
use super::say::Say;
use crate::escape::printable;
use crate::os::cancel::{CancelToken, ENDED, leave_signals_to_others};
use crate::os::descriptors::out_of_the_way;
use crate::os::poll::Cancellation;
use crate::outputs;

/// How long a program may take to end by itself. With [`WORDS`] it is less than a second.
const FAREWELL: Duration = Duration::from_millis(600);

/// How long saying what is not whole may take: standard error may be what is full.
const WORDS: Duration = Duration::from_millis(200);

/// Signals that come together count as one: when a terminal closes, the kernel and the shell both send SIGHUP.
const TOGETHER: Duration = Duration::from_millis(50);

/// The time between two checks of what the program does.
const LOOK: Duration = Duration::from_millis(20);

/// Which time counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grace {
    /// All of it: nothing that is done then has to be done.
    Whole,
    /// Only the time in which every thread waits: what was captured is written up, however long that takes.
    Waiting,
    /// All of it, and nothing is said in the end: who told the program to quit is who stopped reading.
    Unread,
}

/// The thread that watches.
pub struct Watching {
    grace: Arc<Mutex<Grace>>,
}

impl Watching {
    /// From now on, time counts in this way: the input may be checked only while the thread watches.
    pub fn count(&self, grace: Grace) {
        *self.grace.lock().unwrap_or_else(PoisonError::into_inner) = grace;
    }
}

/// The counts that the program prints at any time, on SIGUSR1.
pub struct Counts {
    /// The lines.
    pub lines: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    /// Are they printed at a forced end, too?
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
pub fn watch(cancel: &CancelToken, grace: Grace, say: Say, counts: Option<Counts>) -> Result<Watching, String> {
    start(cancel, grace, say, counts, || true)
}

/// The same while the main thread still needs a right of root's, to bind a port: the thread that watches gives its own up first,
/// so that the main thread can do so later.
///
/// # Errors
/// As [`watch`].
pub fn watch_without_rights(cancel: &CancelToken, grace: Grace, say: Say) -> Result<Watching, String> {
    start(cancel, grace, say, None, rights::none_in_this_thread)
}

/// Starts the thread, and waits until it is `ready`; where it cannot be, it ends.
fn start(
    cancel: &CancelToken,
    grace: Grace,
    say: Say,
    counts: Option<Counts>,
    ready: fn() -> bool,
) -> Result<Watching, String> {
    let failed =
        |error: io::Error, limits: &str| format!("watching for Ctrl+C failed: {error}; allow more with {limits}");
    let asked = counts.is_some().then(asked).transpose();
    let grace = Arc::new(Mutex::new(grace));
    let watcher = Watcher {
        asked: asked.map_err(|error| failed(error, "'ulimit -n'"))?,
        cancel: cancel.clone(),
        grace: Arc::clone(&grace),
        say,
        counts: counts.map(Arc::new),
        owed: Arc::default(),
    };
    cancel.end_at_once(false);
    let (done, waits) = mpsc::channel::<()>();
    let thread = builder().name("ending".to_owned());
    let watch = move || {
        let ready = ready();
        drop(done);
        if ready {
            watcher.run();
        }
    };
    let watching = thread.spawn(watch);
    watching.map_err(|error| failed(error, "'ulimit -u' and 'ulimit -v'"))?;
    // Nothing is ever sent: this ends when the other side is gone.
    let _ = waits.recv();
    leave_signals_to_others();
    Ok(Watching { grace })
}

/// A thread with little stack, so that there is room for it where memory is limited.
fn builder() -> thread::Builder {
    /// In bytes: several times what writing the lines takes.
    const STACK: usize = 256 << 10;
    thread::Builder::new().stack_size(STACK)
}

/// A descriptor from which a byte can be read for each SIGUSR1.
fn asked() -> io::Result<File> {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
    let (ours, theirs) = (out_of_the_way(ours.into()), out_of_the_way(theirs.into()));
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGUSR1, theirs)?;
    Ok(ours.into())
}

struct Watcher {
    asked: Option<File>,
    cancel: CancelToken,
    grace: Arc<Mutex<Grace>>,
    say: Say,
    counts: Option<Arc<Counts>>,
    /// Requests for the counts that have not been answered yet.
    owed: Arc<AtomicUsize>,
}

impl Watcher {
    fn run(mut self) {
        while self.cancel.signals() == 0 {
            // A token that the program has set itself stays set: then it is looked for the signal now and again.
            let until = (!self.cancel.requested()).then(|| self.cancel.clone());
            self.wait(until.as_ref());
        }
        self.last_moments();
        self.end()
    }

    fn grace(&self) -> Grace {
        *self.grace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the program end by itself, until the time is over or a second signal comes.
    fn last_moments(&mut self) {
        let began = Instant::now();
        let mut first = None;
        let mut waited = Duration::ZERO;
        let mut looked = began;
        let mut threads = Threads::default();
        while waited < FAREWELL {
            self.wait(None);
            let signals = self.cancel.signals();
            if began.elapsed() >= TOGETHER && signals > *first.get_or_insert(signals) {
                return;
            }
            let passed = looked.elapsed();
            looked = Instant::now();
            if self.grace() != Grace::Waiting || !threads.are_at_work() {
                waited += passed;
            }
        }
    }

    /// Prints which outputs are incomplete, and ends the process.
    fn end(self) -> ! {
        // A third signal need not wait for the words.
        self.cancel.end_at_once(true);
        if self.grace() == Grace::Unread {
            signal_hook::low_level::exit(0)
        }
        let counts = self.counts.as_ref().filter(|counts| counts.at_the_end);
        let mut text = counts.map(|counts| text_of(counts)).unwrap_or_default();
        if io::stderr().is_terminal() {
            // The terminal shows ^C where the cursor is.
            text.insert(0, '\n');
        }
        let mut missing = outputs::missing();
        if missing.is_empty() {
            missing.push("ended before it was done; a disk or a network may not answer".to_owned());
        }
        for line in missing {
            text += &self.say.as_error(&printable(line.as_bytes()));
        }
        // Both may wait for what the program waits for, and neither for the other.
        let (done, all_done) = mpsc::channel::<()>();
        let also_done = done.clone();
        let _ = builder().spawn(move || {
            leave_signals_to_others();
            let _ = write_past_locks(&text);
            drop(done);
        });
        let _ = builder().spawn(move || {
            leave_signals_to_others();
            outputs::discard();
            drop(also_done);
        });
        // It ends with an error: there is no sender. That is so when both are done, or could not be started.
        let _ = all_done.recv_timeout(WORDS);
        // Not std::process::exit: that flushes standard output, and so may wait for the very reader that does not read.
        signal_hook::low_level::exit(ENDED)
    }

    fn print_counts(&self) {
        let Some(counts) = &self.counts else { return };
        if self.owed.fetch_add(1, Ordering::SeqCst) > 0 {
            // They are being written, and will be once more.
            return;
        }
        let (counts, owed) = (Arc::clone(counts), Arc::clone(&self.owed));
        // Standard error may be full: the watching has to go on.
        let thread = builder().spawn(move || {
            leave_signals_to_others();
            loop {
                let count = owed.load(Ordering::SeqCst);
                let _ = write_past_locks(&text_of(&counts));
                if owed
                    .compare_exchange(count, 0, Ordering::SeqCst, Ordering::SeqCst)
                    .is_ok()
                {
                    return;
                }
            }
        });
        if thread.is_err() {
            self.owed.store(0, Ordering::SeqCst);
        }
    }

    /// Waits until the token is set, or counts are asked for, which it answers; without a token for [`LOOK`] at most.
    fn wait(&mut self, token: Option<&CancelToken>) {
        let marked = token.map(Cancellation::descriptor);
        let timeout = if token.is_some() {
            PollTimeout::NONE
        } else {
            PollTimeout::try_from(LOOK).unwrap_or(PollTimeout::MAX)
        };
        let asked = self.asked.as_ref().map(AsFd::as_fd);
        let readable = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut watched: Vec<PollFd<'_>> = asked.into_iter().chain(marked).map(readable).collect();
        if poll(&mut watched, timeout).is_err() {
            // Interrupted, or the kernel has no memory to spare, which passes.
            thread::sleep(LOOK);
            return;
        }
        let is_asked = asked.is_some() && watched.first().is_some_and(|fd| fd.any().unwrap_or(false));
        if let Some(file) = self.asked.as_mut().filter(|_| is_asked) {
            let _ = file.read(&mut [0]);
            self.print_counts();
        }
    }
}

fn text_of(counts: &Counts) -> String {
    let lines = (counts.lines)();
    lines
        .into_iter()
        .map(|line| printable(line.as_bytes()).into_owned() + "\n")
        .collect()
}

/// What the other threads of the process do.
#[derive(Default)]
struct Threads {
    /// How often each has been given a processor and taken it away, at the last look.
    switches: BTreeMap<OsString, String>,
}

impl Threads {
    /// Does one run, or wait for nothing but a processor? `proc_pid_status(5)`. Where /proc does not tell, none does.
    ///
    /// One that is traced (strace(1)) stops at each call: it is at work when it has run since the last look.
    fn are_at_work(&mut self) -> bool {
        let own = std::fs::read_link("/proc/thread-self").unwrap_or_default();
        let Ok(threads) = std::fs::read_dir("/proc/self/task") else {
            return false;
        };
        let mut at_work = false;
        let others = threads
            .flatten()
            .filter(|thread| Some(&*thread.file_name()) != own.file_name());
        for thread in others {
            let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let status_line = |name: &str| {
                status
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap_or_default()
                    .trim()
            };
            let switches = format!(
                "{} {}",
                status_line("voluntary_ctxt_switches:"),
                status_line("nonvoluntary_ctxt_switches:")
            );
            let before = self.switches.insert(thread.file_name(), switches.clone());
            at_work |= match status_line("State:").chars().next() {
                Some('R') => true,
                Some('t') => before != Some(switches),
                _ => false,
            };
        }
        at_work
    }
}

/// Writes to standard error by its descriptor: a thread that waits in writing there holds the standard library's lock.
fn write_past_locks(text: &str) -> io::Result<()> {
    let descriptor: OwnedFd = io::stderr().as_fd().try_clone_to_owned()?;
    File::from(descriptor).write_all(text.as_bytes())
}
