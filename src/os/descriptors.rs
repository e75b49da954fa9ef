//! Open files: their kind, their number, and the limit on how many there may be.

#[cfg(unix)]
pub use super::sys::out_of_the_way;

/// Is it a named pipe? fifo(7)
#[cfg(unix)]
#[must_use]
pub fn is_named_pipe(path: &std::path::Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

/// Is it the file that standard input reads?
#[cfg(unix)]
#[must_use]
pub fn is_standard_input(file: &std::fs::File) -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;
    let input = std::io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let same = input.and_then(|input| {
        let (input, file) = (input.metadata()?, file.metadata()?);
        Ok(file.is_file() && (input.dev(), input.ino()) == (file.dev(), file.ino()))
    });
    same.unwrap_or(false)
}

/// Does this file or pipe belong to another user than root and the one that the process runs as? Always no for root, which may
/// write into files of others, and for a device: a terminal or /dev/null is for all users.
#[cfg(unix)]
#[must_use]
pub fn is_another_users(file: &std::fs::File) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let own = nix::unistd::geteuid();
    file.metadata().is_ok_and(|found| {
        let is_device = found.file_type().is_char_device() || found.file_type().is_socket();
        !own.is_root() && !is_device && ![0, own.as_raw()].contains(&found.uid())
    })
}

/// Allows the process at least this many open files, as far as the hard limit goes; returns how many it may have now.
/// getrlimit(2) `RLIMIT_NOFILE`
#[cfg(unix)]
#[must_use]
pub fn allow_open_files(wanted: u64) -> u64 {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return u64::MAX;
    };
    let better = wanted.min(hard);
    if better <= soft || setrlimit(Resource::RLIMIT_NOFILE, better, hard).is_err() {
        return soft;
    }
    better
}

/// There are none here.
#[cfg(not(unix))]
#[must_use]
pub fn is_named_pipe(_: &std::path::Path) -> bool {
    false
}

/// Not known here.
#[cfg(not(unix))]
#[must_use]
pub fn is_standard_input(_: &std::fs::File) -> bool {
    false
}

/// Not asked here.
#[cfg(not(unix))]
#[must_use]
pub fn is_another_users(_: &std::fs::File) -> bool {
    false
}

/// No such limit here.
#[cfg(not(unix))]
#[must_use]
pub fn allow_open_files(_: u64) -> u64 {
    u64::MAX
}

/// No descriptors are shown here, so none need be moved.
#[cfg(not(unix))]
#[must_use]
pub fn out_of_the_way(file: std::fs::File) -> std::fs::File {
    file
}
