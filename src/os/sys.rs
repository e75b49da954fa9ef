//! System calls for which no crate has a safe function.

use std::mem::MaybeUninit;
use std::os::fd::{FromRawFd as _, OwnedFd};

use nix::fcntl::{FcntlArg, fcntl};

/// Moves a descriptor that is not a socket of the program's to a high number, so that the first socket gets 3 as in every
/// book: descriptors are shown to people. fcntl(2) `F_DUPFD_CLOEXEC`
///
/// Where no high number is available, it stays where it is.
#[must_use]
pub fn out_of_the_way(descriptor: OwnedFd) -> OwnedFd {
    /// Above what a small program uses, below every usual limit.
    const FIRST: i32 = 200;
    match fcntl(&descriptor, FcntlArg::F_DUPFD_CLOEXEC(FIRST)) {
        Err(_) => descriptor,
        #[expect(unsafe_code, reason = "nix returns the new descriptor as a bare number")]
        // SAFETY: fcntl has just made this descriptor, so it is open and has no other owner.
        Ok(moved) => unsafe { OwnedFd::from_raw_fd(moved) },
    }
}

/// Is SIGHUP ignored, as nohup(1) has it? sigaction(2)
#[must_use]
pub(super) fn ignores_hang_up() -> bool {
    let mut known = MaybeUninit::<nix::libc::sigaction>::uninit();
    #[expect(unsafe_code, reason = "asking without changing has no safe wrapper")]
    // SAFETY: without a new action sigaction changes nothing; it writes the present one to `known`, which has room for it, and
    // which is read only when the call says that it has.
    unsafe {
        nix::libc::sigaction(nix::libc::SIGHUP, std::ptr::null(), known.as_mut_ptr()) == 0
            && known.assume_init().sa_sigaction == nix::libc::SIG_IGN
    }
}
