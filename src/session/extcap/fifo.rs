//! The named pipe between Wireshark and its extcap.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, OFlag, fcntl, open as open_folder, openat};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{Mode, SFlag, fstat, fstatat};
use nix::unistd::geteuid;

use super::super::rights;
use crate::os::cancel::CancelToken;

/// How often it is looked whether Wireshark reads already.
const LOOK: Duration = Duration::from_millis(10);

/// How the names of Wireshark's pipes begin.
const WIRESHARKS: &[u8] = b"wireshark_extcap_";

/// How long a reader is waited for only to tell it that nothing comes. It comes within a moment, or never.
const LONGEST: Duration = Duration::from_secs(5);

/// Opens the pipe for writing, as soon as it has a reader. `None` when told to quit before.
///
/// Only a named pipe is opened, and no symbolic link followed, so nothing can be overwritten by it. Under `sudo wireshark` the
/// pipe is root's, and a right for that is still there: then only one that Wireshark has made is opened ([`FifoLocation::is_allowed`]),
/// or `sudo sniffer` alone would be enough to write into any pipe of the machine.
///
/// # Errors
/// It is not there, is not a named pipe, or may not be opened.
pub(super) fn open(path: &Path, cancel: &CancelToken) -> io::Result<Option<File>> {
    open_by(path, cancel, None)
}

/// The same; also `None` when it has no reader by then.
fn open_by(path: &Path, cancel: &CancelToken, deadline: Option<Instant>) -> io::Result<Option<File>> {
    let location = FifoLocation::of(path)?;
    let file = loop {
        location.is_allowed(rights::were_lent())?;
        // fifo(7): without O_NONBLOCK the opening waits for a reader, and no signal of ours would end that.
        let flags = OFlag::O_WRONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        match openat(&location.folder, location.name, flags, Mode::empty()) {
            Ok(file) => break File::from(file),
            Err(Errno::ENXIO) => {}
            Err(error) => return Err(error.into()),
        }
        if cancel.requested() || deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Ok(None);
        }
        thread::sleep(LOOK);
    };
    // The name may have come to mean something else meanwhile; the open file cannot.
    if !file.metadata()?.file_type().is_fifo() {
        return Err(no_pipe());
    }
    // From here on a full pipe is waited for.
    let set = fcntl(&file, FcntlArg::F_GETFL)?;
    fcntl(
        &file,
        FcntlArg::F_SETFL(OFlag::from_bits_retain(set) - OFlag::O_NONBLOCK),
    )?;
    Ok(Some(file))
}

/// Where the pipe is. The folder is opened once, so that no other one can take its place meanwhile.
struct FifoLocation<'p> {
    folder: OwnedFd,
    name: &'p OsStr,
}

impl<'p> FifoLocation<'p> {
    fn of(path: &'p Path) -> io::Result<Self> {
        let name = path.file_name().ok_or_else(no_pipe)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let folder = open_folder(folder.unwrap_or(Path::new(".")), flags, Mode::empty())?;
        Ok(Self { folder, name })
    }

    /// May it be written to? If the program has root's rights on loan, a pipe of root must be one that Wireshark makes: it has
    /// Wireshark's name, and is in the folder for all users' temporary files. There no user can replace another user's file
    /// (sticky bit, inode(7)).
    fn is_allowed(&self, lent: bool) -> io::Result<()> {
        let found = fstatat(&self.folder, self.name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
        if SFlag::from_bits_truncate(found.st_mode) & SFlag::S_IFMT != SFlag::S_IFIFO {
            return Err(no_pipe());
        }
        if !lent || found.st_uid == geteuid().as_raw() {
            return Ok(());
        }
        let folder = fstat(&self.folder)?;
        let is_shared = folder.st_uid == 0 && Mode::from_bits_truncate(folder.st_mode).contains(Mode::S_ISVTX);
        if found.st_uid == 0 && is_shared && self.name.as_encoded_bytes().starts_with(WIRESHARKS) {
            Ok(())
        } else {
            Err(io::Error::other("it is not yours, and Wireshark did not make it"))
        }
    }
}

/// Ends the reader's waiting where there is nothing to write: opens the pipe and closes it again.
///
/// Wireshark starts the extcap and the program that reads the pipe side by side. A reader that comes when the writer has left
/// already would wait forever.
pub fn end(path: &Path, cancel: &CancelToken) {
    // What is wrong with the pipe does not matter any more: why there is no capture has been said.
    drop(open_by(path, cancel, Instant::now().checked_add(LONGEST)));
}

fn no_pipe() -> io::Error {
    io::Error::other("it is not a named pipe")
}

/// Sets the cancel token when the reader has left. Without that a capture on a silent interface would outlive a Wireshark that
/// crashed: only a write would tell.
///
/// # Errors
/// When the process may open no more files.
pub(super) fn watch(fifo: &File, cancel: &CancelToken) -> io::Result<()> {
    let (fifo, cancel) = (fifo.try_clone()?, cancel.clone());
    let watching = thread::Builder::new().spawn(move || {
        loop {
            // poll(2): POLLERR comes unasked, when the reading end of a pipe is closed.
            let mut watched = [PollFd::new(fifo.as_fd(), PollFlags::empty())];
            match poll(&mut watched, PollTimeout::NONE) {
                Err(Errno::EINTR) => {}
                Ok(_) | Err(_) => break,
            }
        }
        cancel.request();
    });
    watching.map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::io::Write as _;
    use std::thread;
    use std::time::{Duration, Instant};

    use nix::sys::stat::Mode;
    use nix::unistd::mkfifo;

    use super::{CancelToken, FifoLocation, end, open, watch};

    #[test]
    fn it_waits_for_a_reader_and_notices_when_that_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        let cancel = CancelToken::new().unwrap();
        let reader = thread::spawn({
            let path = path.clone();
            move || {
                let mut text = [0; 5];
                std::fs::File::open(path).unwrap().read_exact(&mut text).unwrap();
                text
            }
        });
        let mut fifo = open(&path, &cancel).unwrap().unwrap();
        fifo.write_all(b"frame").unwrap();
        watch(&fifo, &cancel).unwrap();
        assert_eq!(&reader.join().unwrap(), b"frame");
        let deadline = Instant::now() + Duration::from_secs(20);
        while !cancel.requested() {
            assert!(Instant::now() < deadline, "no thread noticed");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn a_reader_who_comes_later_is_told_that_nothing_comes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        let reader = thread::spawn({
            let path = path.clone();
            move || {
                thread::sleep(Duration::from_millis(50));
                std::fs::read(path).unwrap()
            }
        });
        end(&path, &CancelToken::new().unwrap());
        assert_eq!(reader.join().unwrap(), b"");
    }

    #[test]
    fn a_quit_ends_the_waiting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        mkfifo(&path, Mode::S_IRWXU).unwrap();
        let cancel = CancelToken::new().unwrap();
        cancel.request();
        assert!(open(&path, &cancel).unwrap().is_none());
    }

    #[test]
    fn nothing_but_a_pipe_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let cancel = CancelToken::new().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "precious").unwrap();
        let pipe = folder.path().join("pipe");
        mkfifo(&pipe, Mode::S_IRWXU).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        let location = FifoLocation::of(&pipe).unwrap();
        assert!(location.is_allowed(true).is_ok(), "it is this user's own");
        for path in [&file, &link] {
            assert!(
                open(path, &cancel)
                    .unwrap_err()
                    .to_string()
                    .contains("not a named pipe")
            );
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "precious");
        assert!(open(&folder.path().join("missing"), &cancel).is_err());
    }
}
