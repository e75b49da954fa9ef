//! The limit of memory that a container, or another group of processes, has: cgroups(7).
//!
//! If a process takes more, the kernel ends it with SIGKILL, without a message. With a limit of its own a little below, the
//! allocation fails instead, and the program can report that ([`super::sys`]).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// The group's limit in bytes; 0 if there is none, or if it was not read.
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Bytes from which on a limit counts as no limit. Version 1 writes a number near 2^63 for "none".
const NO_LIMIT: u64 = 1 << 50;

/// Keeps the process a little below the limit of its group, setrlimit(2) `RLIMIT_DATA`. For a program of few threads: the limit
/// counts their stacks whole, and not what they use of them.
pub(in crate::os) fn stay_within() {
    let Some(limit) = fs::read_to_string("/proc/self/cgroup")
        .ok()
        .and_then(|groups| limit_of(&groups, Path::new("/sys/fs/cgroup")))
    else {
        return;
    };
    let Ok((now, most)) = getrlimit(Resource::RLIMIT_DATA) else {
        return;
    };
    // The first thread's stack, page tables and the program itself take memory of the group, too.
    let own = limit - limit / 8;
    if own < now && setrlimit(Resource::RLIMIT_DATA, own, most).is_ok() {
        LIMIT.store(limit, Ordering::Relaxed);
    }
}

/// The limit in bytes that [`stay_within`] found and keeps to.
pub(in crate::os) fn limit() -> Option<u64> {
    Some(LIMIT.load(Ordering::Relaxed)).filter(|&limit| limit > 0)
}

/// The smallest limit of the groups in this list, which is `/proc/self/cgroup`, and of the groups that they are in.
fn limit_of(groups: &str, root: &Path) -> Option<u64> {
    let limits = groups.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?.trim_start_matches('/'));
        let (hierarchy, file): (PathBuf, &str) = if controllers.is_empty() {
            (root.to_owned(), "memory.max")
        } else if controllers.split(',').any(|one| one == "memory") {
            (root.join(controllers), "memory.limit_in_bytes")
        } else {
            return None;
        };
        let own = hierarchy.join(path);
        let above = own.ancestors().take_while(|group| group.starts_with(&hierarchy));
        above.filter_map(|group| read(&group.join(file))).min()
    });
    limits.min()
}

/// `max`, or a number of bytes.
fn read(file: &Path) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    text.trim().parse().ok().filter(|&limit| limit < NO_LIMIT)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::limit_of;

    #[test]
    fn the_smallest_limit_above_the_process_counts() {
        let root = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let file = root.path().join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("a/memory.max", "1000000\n");
        write("a/b/memory.max", "max\n");
        write("memory/c/memory.limit_in_bytes", "500000\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        for (groups, expected) in [
            ("0::/a/b\n", Some(1_000_000)),
            ("0::/\n", None),
            // The path of another container's view is not there.
            ("0::/elsewhere/a\n", None),
            ("4:cpu,memoryless:/c\n3:memory:/c/d\n0::/a\n", Some(500_000)),
            ("3:memory:/\n", None),
            ("", None),
            ("nonsense", None),
        ] {
            assert_eq!(limit_of(groups, root.path()), expected, "{groups:?}");
        }
    }
}
