//! Threads: the kernel keeps capabilities for each of them, not for the process. capabilities(7)

use std::fs;
use std::path::Path;

use nix::unistd::gettid;

/// How many threads this process has; 1 where /proc does not tell.
pub(super) fn count() -> usize {
    fs::read_dir("/proc/self/task").map_or(1, Iterator::count)
}

/// How many threads beside this one have capabilities; 0 where /proc does not tell.
pub(super) fn others_with_capabilities() -> usize {
    let own = gettid().to_string();
    let Ok(threads) = fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let others = threads.flatten().filter(|thread| thread.file_name() != *own);
    others.filter(|thread| has_capabilities(&thread.path())).count()
}

/// Has this thread a capability that it could use? A thread that has ended meanwhile has none.
fn has_capabilities(thread: &Path) -> bool {
    let status = fs::read_to_string(thread.join("status")).unwrap_or_default();
    let permitted = status.lines().find_map(|line| line.strip_prefix("CapPrm:"));
    permitted.is_some_and(|mask| mask.trim().bytes().any(|digit| digit != b'0'))
}
