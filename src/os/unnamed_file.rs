//! A file without a name: it is gone with the last program that has it open, whatever ends that, until it gets one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use nix::fcntl::{AT_FDCWD, AtFlags, OFlag};
use nix::unistd::linkat;

/// Opens a new file in this folder that has no name there yet; its owner alone can read it once it has one. `open(2)`, `O_TMPFILE`.
///
/// # Errors
/// Not every file system has such files, and /proc may not be mounted; then a name of the moment has to do.
pub fn open(folder: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .write(true)
        .mode(0o600)
        .custom_flags(OFlag::O_TMPFILE.bits());
    let file = options.open(folder)?;
    // Without /proc it would never get a name.
    fs::metadata(path_of(&file))?;
    Ok(file)
}

/// Gives the file its name, which nothing may have yet. `linkat(2)`, proc(5).
///
/// # Errors
/// `AlreadyExists`; the folder cannot be written; /proc is not mounted.
pub fn give_name(file: &File, name: &Path) -> io::Result<()> {
    linkat(AT_FDCWD, &path_of(file), AT_FDCWD, name, AtFlags::AT_SYMLINK_FOLLOW).map_err(io::Error::from)
}

/// The path under which this process can open the file again: proc(5).
#[must_use]
pub fn path_of(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{ErrorKind, Write as _};

    use super::{give_name, open, path_of};

    #[test]
    fn it_is_nowhere_until_it_gets_a_name_and_takes_that_of_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let listed = || fs::read_dir(folder.path()).unwrap().count();
        // A file system without such files is not what is tested here.
        let Ok(mut file) = open(folder.path()) else { return };
        file.write_all(b"whole").unwrap();
        assert_eq!(listed(), 0);
        assert_eq!(fs::read(path_of(&file)).unwrap(), b"whole");
        let (taken, free) = (folder.path().join("taken"), folder.path().join("free"));
        fs::write(&taken, "another's").unwrap();
        assert_eq!(give_name(&file, &taken).unwrap_err().kind(), ErrorKind::AlreadyExists);
        give_name(&file, &free).unwrap();
        assert_eq!(fs::read(&free).unwrap(), b"whole");
        assert_eq!(fs::read(&taken).unwrap(), b"another's");
        drop(open(folder.path()).unwrap());
        assert_eq!(listed(), 2);
    }
}
