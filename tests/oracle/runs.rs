//! Runs, each in a process of its own, several at a time: they wait most of the time.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::child;
use super::plan::{Plan, Size};
use super::support::this_test;

/// Set for the process that performs a run: its seed, its size and the folder for its files.
const RUN: &str = "SOCKET_LAB_TEST_ORACLE_RUN";

/// A folder in which the files of each run are kept, below its seed.
const KEEP: &str = "SOCKET_LAB_ORACLE_KEEP";

/// A folder of runs that were kept: they are judged again, and not performed.
const FROM: &str = "SOCKET_LAB_ORACLE_FROM";

/// Runs at a time.
const AT_A_TIME: usize = 4;

/// How long a run may take, with all that a busy computer adds.
const LIMIT: Duration = Duration::from_secs(30);

/// A run that has ended, and its files.
pub(crate) struct Run {
    pub(crate) plan: Plan,
    folder: PathBuf,
    _temporary: Option<TempDir>,
}

/// Performs the run that this process was started for, if it was.
pub(crate) fn as_child() -> bool {
    let Ok(asked) = std::env::var(RUN) else { return false };
    let [seed, size, folder] = asked.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        panic!("{RUN}: {asked}");
    };
    let size = if size == "short" { Size::Short } else { Size::Whole };
    child::run(&Plan::of(seed.parse().unwrap(), size), Path::new(folder));
    true
}

impl Run {
    /// Performs it.
    ///
    /// # Errors
    /// What the process said that did not end well.
    pub(crate) fn of(seed: u64, size: Size) -> Result<Self, String> {
        if let Some(from) = std::env::var_os(FROM) {
            return Ok(Self {
                plan: Plan::of(seed, size),
                folder: Path::new(&from).join(seed.to_string()),
                _temporary: None,
            });
        }
        let (folder, temporary) = if let Some(keep) = std::env::var_os(KEEP) {
            let folder = Path::new(&keep).join(seed.to_string());
            std::fs::create_dir_all(&folder).unwrap();
            (folder, None)
        } else {
            let temporary = tempfile::tempdir().unwrap();
            (temporary.path().to_owned(), Some(temporary))
        };
        let word = if size == Size::Short { "short" } else { "whole" };
        let errors = folder.join("errors.txt");
        let mut command = this_test();
        command.env(RUN, format!("{seed} {word} {}", folder.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(std::fs::File::create(&errors).unwrap());
        let mut child = command.spawn().unwrap();
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > LIMIT {
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        if !status.success() {
            let said = std::fs::read_to_string(&errors).unwrap_or_default();
            return Err(format!("seed {seed}: {status}: {said}"));
        }
        Ok(Self {
            plan: Plan::of(seed, size),
            folder,
            _temporary: temporary,
        })
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Performs these runs and hands each to `work`; what comes of it is in the order of the seeds.
pub(crate) fn each<T: Send>(seeds: Range<u64>, size: Size, work: impl Fn(Result<&Run, String>) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicU64::new(seeds.start), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        break;
                    }
                    let run = Run::of(seed, size);
                    let result = work(run.as_ref().map_err(Clone::clone));
                    done.lock().unwrap().push((seed, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(seed, _)| *seed);
    done.into_iter().map(|(_, result)| result).collect()
}
