//! A program that strace stops at each of its steps, so that its state can be looked at.
//!
//! At the calls of a list strace injects SIGSTOP (strace(1), `-e inject`), and writes the call to its log. The process and all
//! its threads stay stopped until SIGCONT.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::support::{PATIENCE, Running};

/// strace's arguments that stop the program. A call that waits is stopped every second time: the signal interrupts it, and it
/// would be stopped at its beginning again and again. The first poll(2) of the main thread is the standard library's.
pub const STOPS: [&str; 8] = [
    "-e",
    "trace=openat,mkdir,setsockopt,bind,unshare,sigaltstack,read,poll,ppoll",
    "-e",
    "inject=openat,mkdir,setsockopt,bind,unshare,sigaltstack:signal=SIGSTOP",
    "-e",
    "inject=read:signal=SIGSTOP:when=1+2",
    "-e",
    "inject=poll,ppoll:signal=SIGSTOP:when=2+2",
];

/// What strace says when a thread has stopped.
const STOPPED: &str = "--- stopped by SIGSTOP ---";

/// The lines of a `/proc/PID/status`.
#[derive(Debug, Clone)]
pub struct Status(String);

impl Status {
    /// `None` when the thread has ended.
    fn read(path: &Path) -> Option<Self> {
        std::fs::read_to_string(path.join("status")).ok().map(Self)
    }

    /// That of this process.
    pub fn own() -> Self {
        Self::read(Path::new("/proc/self")).unwrap()
    }

    /// A line's value, its words with one space between.
    pub fn value(&self, name: &str) -> String {
        let mut lines = self.0.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let value = value.unwrap_or_else(|| panic!("no {name} in {}", self.0));
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A set of capabilities.
    pub fn set(&self, name: &str) -> u64 {
        u64::from_str_radix(&self.value(name), 16).unwrap()
    }

    /// Real, effective, saved, and of files.
    pub fn ids(&self, name: &str) -> Vec<u32> {
        self.value(name).split(' ').map(|id| id.parse().unwrap()).collect()
    }

    fn is_stopped(&self) -> bool {
        self.value("State").starts_with(['t', 'T'])
    }
}

/// The program, stopped.
pub struct CancelToken {
    /// Its process number.
    pub id: i32,
    /// The calls since it was stopped last: which thread, and what strace says of it.
    pub calls: Vec<(i32, String)>,
    /// The main thread.
    pub main: Status,
    /// The others.
    pub others: Vec<Status>,
}

/// Runs the command, which starts strace with this log, to its end, and calls `look` at each stop of the first process.
pub fn watch(command: &mut Command, input: &[u8], log: &Path, mut look: impl FnMut(&CancelToken)) -> Running {
    let mut running = Running::start(command);
    running.type_bytes(input);
    running.end_input();
    let mut watcher = Watcher {
        log: log.to_owned(),
        known: 0,
        said: Vec::new(),
        main: None,
    };
    let mut since = Instant::now();
    loop {
        if let Some(stop) = watcher.next() {
            look(&stop);
            kill(Pid::from_raw(stop.id), Signal::SIGCONT).unwrap();
            since = Instant::now();
        } else if running.wait_within(Duration::from_millis(1)).is_some() {
            return running;
        }
        assert!(
            since.elapsed() < PATIENCE,
            "it hangs: {} {}",
            running.errors(),
            std::fs::read_to_string(log).unwrap_or_default()
        );
    }
}

impl Drop for Watcher {
    /// Whatever the test found, nothing stays stopped.
    fn drop(&mut self) {
        let Some(main) = self.main else { return };
        if Status::read(&Path::new("/proc").join(main.to_string())).is_some_and(|status| status.is_stopped()) {
            let _ = kill(Pid::from_raw(main), Signal::SIGKILL);
        }
    }
}

struct Watcher {
    log: PathBuf,
    /// So many bytes of the log have been read.
    known: u64,
    /// What was read since the first process was stopped last: which thread, and what is said of it.
    said: Vec<(i32, String)>,
    /// The first process.
    main: Option<i32>,
}

impl Watcher {
    /// The next stop, once every thread of the process has been reported. A process that the first one has started goes on at
    /// once.
    fn next(&mut self) -> Option<CancelToken> {
        self.read_on();
        let main = self.main.or(self.said.first().map(|(thread, _)| *thread))?;
        self.main = Some(main);
        self.said.retain(|(thread, line)| {
            let process = process_of(*thread);
            if line.ends_with(STOPPED) && process.is_some_and(|process| process != main) {
                kill(Pid::from_raw(*thread), Signal::SIGCONT).unwrap();
            }
            process == Some(main)
        });
        let mut statuses = Vec::new();
        for task in std::fs::read_dir(format!("/proc/{main}/task")).ok()? {
            let task = task.ok()?;
            let thread: i32 = task.file_name().to_str()?.parse().ok()?;
            let status = Status::read(&task.path())?;
            let reported = self
                .said
                .iter()
                .any(|(one, line)| *one == thread && line.ends_with(STOPPED));
            if !reported || !status.is_stopped() {
                return None;
            }
            statuses.push((thread, status));
        }
        let place = statuses.iter().position(|(thread, _)| *thread == main)?;
        let (_, status) = statuses.swap_remove(place);
        let said = std::mem::take(&mut self.said);
        let is_call = |line: &str| line.starts_with(|first: char| first.is_ascii_lowercase());
        Some(CancelToken {
            id: main,
            calls: said.into_iter().filter(|(_, line)| is_call(line)).collect(),
            main: status,
            others: statuses.into_iter().map(|(_, status)| status).collect(),
        })
    }

    /// Takes in whole lines.
    fn read_on(&mut self) {
        let Ok(mut log) = File::open(&self.log) else { return };
        log.seek(SeekFrom::Start(self.known)).unwrap();
        let mut new = String::new();
        log.read_to_string(&mut new).unwrap();
        for line in new.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            self.known += line.len() as u64;
            let (thread, what) = line.split_once(' ').unwrap();
            self.said.push((thread.parse().unwrap(), what.trim().to_owned()));
        }
    }
}

/// The process that the thread is one of; `None` when it has ended.
fn process_of(thread: i32) -> Option<i32> {
    let status = Status::read(&Path::new("/proc").join(thread.to_string()))?;
    status.value("Tgid").parse().ok()
}
