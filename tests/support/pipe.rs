//! A pipe, as `std::io::pipe` makes one from Rust 1.87 on.

use std::fs::File;

use nix::fcntl::OFlag;
use nix::unistd::pipe2;

/// The end to read and the end to write; programs that are started do not inherit them.
pub fn pipe() -> (File, File) {
    let (ours, theirs) = pipe2(OFlag::O_CLOEXEC).unwrap();
    (ours.into(), theirs.into())
}
