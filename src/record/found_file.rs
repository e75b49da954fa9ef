//! What is known of a file that is there: a pipe, a device, whose, under which names.

use std::fs::{File, Metadata};
use std::path::Path;

#[cfg(unix)]
pub(super) fn is_named_pipe(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_fifo()
}

/// A character device such as /dev/null: nothing is lost by writing there.
#[cfg(unix)]
pub(super) fn is_device(found: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.file_type().is_char_device()
}

#[cfg(not(unix))]
pub(super) fn is_named_pipe(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
pub(super) fn is_device(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn is_ours(opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    opened.uid() == nix::unistd::geteuid().as_raw()
}

#[cfg(unix)]
pub(super) fn has_other_names(opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    opened.nlink() > 1
}

#[cfg(unix)]
pub(super) fn is_same(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(opened), Ok(named)) = (file.metadata(), path.symlink_metadata()) else {
        return false;
    };
    (opened.dev(), opened.ino()) == (named.dev(), named.ino())
}

#[cfg(not(unix))]
pub(super) fn is_same(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(not(unix))]
pub(super) fn has_other_names(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
pub(super) fn is_ours(_: &Metadata) -> bool {
    true
}
