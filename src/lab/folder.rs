//! Where the files of a run go.
//!
//! All of them are opened before anything is sent, without names or under names of the moment, and get their final names when they are whole. So
//! a folder that cannot be written is said first, a run that is interrupted or killed leaves nothing, and of two runs at the same time the
//! files of one stay, whole.
//!
//! The folder is opened once, and all files go into the one that was opened: who may change its name meanwhile, as another user
//! may in a folder of theirs, cannot lead them elsewhere.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use nix::errno::Errno;
use nix::fcntl::OFlag;

use super::failure::Failure;
use crate::escape::printable;
use crate::os::unnamed_file;
use crate::outputs::{OpenOutput, OutputKind};
use crate::record::Destination;

/// The folder when the user names none.
pub const LATEST: [&str; 2] = ["captures", "latest"];

/// The folder of the files.
pub struct Folder {
    opened: OpenFolder,
    /// May files of these names go?
    replaces: bool,
    made: Made,
}

/// Folders that were made for this, the outermost first. They go with it, unless they are kept or hold something.
struct Made(Vec<PathBuf>);

impl Made {
    fn make(&mut self, path: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|part| !part.as_os_str().is_empty() && !part.exists())
            .collect();
        for part in missing.into_iter().rev() {
            match DirBuilder::new().mode(0o755).create(part) {
                Ok(()) => self.0.push(part.to_owned()),
                // Another run made it meanwhile.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// An open folder.
#[derive(Clone)]
struct OpenFolder {
    /// Its name for messages.
    path: PathBuf,
    /// The path of the open folder, whatever the other one means by now: `/proc/self/fd/NUMBER`, proc(5).
    open: PathBuf,
    /// Keeps it open.
    _folder: Arc<File>,
}

/// A file that is not whole yet. Dropped before it got its name, it is removed.
pub struct Pending {
    opened: OpenFolder,
    now: Now,
    /// The name that it will have.
    then: String,
    replaces: bool,
    named: bool,
    /// It is not whole yet.
    listed: OpenOutput,
}

/// Where a file is that has not got its name yet.
enum Now {
    /// Nowhere: it is open.
    Unnamed(File),
    /// In the folder, under this name, where the file system has no files without one.
    Named(String),
}

impl OpenFolder {
    fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_PATH;
        let folder = OpenOptions::new().read(true).custom_flags(flags.bits()).open(path)?;
        Ok(Self {
            path: path.to_owned(),
            open: format!("/proc/self/fd/{}", folder.as_raw_fd()).into(),
            _folder: Arc::new(folder),
        })
    }
}

impl Folder {
    /// The folder that the user named, or `captures/latest`, whose files each run replaces. Made if it is not there.
    ///
    /// # Errors
    /// It cannot be made, is not a folder, or is a symbolic link, which could lead anywhere; /proc is not mounted.
    pub fn open(named: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let (path, replaces) = match named {
            Some(path) => (path.to_owned(), force),
            None => (LATEST.iter().collect(), true),
        };
        // Of the user's own path the last part, of the lab's own every part.
        let checked: Vec<&Path> = match named {
            Some(_) => vec![&path],
            None => path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect(),
        };
        for part in checked {
            if part.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
                return Err(failed(part, "it is a symbolic link"));
            }
        }
        let mut made = Made(Vec::new());
        made.make(&path).map_err(|error| failed(&path, &words(&error)))?;
        let opened = OpenFolder::open(&path).map_err(|error| match error.kind() {
            ErrorKind::NotADirectory => failed(&path, "it is not a folder"),
            _ => failed(&path, &words(&error)),
        })?;
        // In a container or a chroot /proc can be missing, and every file would be said not to exist.
        fs::metadata(&opened.open).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::Line(format!(
                "cannot write {}: /proc is not mounted, and open folders are reached through it; 'mount -t proc proc /proc' as root",
                printed(&path)
            )),
            _ => failed(&path, &words(&error)),
        })?;
        Ok(Self { opened, replaces, made })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.opened.path
    }

    /// A capture file of this name, to be written.
    ///
    /// # Errors
    /// There is one already which may not go, or the folder cannot be written.
    pub fn capture(&self, name: &str) -> Result<(Destination, Pending), Failure> {
        let (file, pending) = self.text(name)?;
        Ok((Destination::of_file(file, &pending.path()), pending))
    }

    /// A text file of this name, to be written.
    ///
    /// # Errors
    /// As [`Self::capture`].
    pub fn text(&self, name: &str) -> Result<(File, Pending), Failure> {
        self.may_have(name)?;
        let shown = self.opened.path.join(name);
        let failed = |error: io::Error| failed(&shown, &words(&error));
        let listed = OpenOutput::new(shown.display().to_string(), OutputKind::Whole);
        let (file, now) = if let Ok(file) = unnamed_file::open(&self.opened.open) {
            (file.try_clone().map_err(failed)?, Now::Unnamed(file))
        } else {
            let now = name_of_the_moment(name);
            listed.temporary(Some(&self.opened.open.join(&now)), false);
            let mut options = OpenOptions::new();
            let options = options.write(true).create_new(true).mode(0o600);
            let file = options.open(self.opened.open.join(&now)).map_err(failed)?;
            (file, Now::Named(now))
        };
        let pending = Pending {
            opened: self.opened.clone(),
            now,
            then: name.to_owned(),
            replaces: self.replaces,
            named: false,
            listed,
        };
        Ok((file, pending))
    }

    /// Can a file get this name?
    fn may_have(&self, name: &str) -> Result<(), Failure> {
        let shown = self.opened.path.join(name);
        match self.opened.open.join(name).symlink_metadata() {
            Ok(found) if found.is_dir() => Err(failed(&shown, "a folder has that name")),
            Ok(_) if !self.replaces => {
                let path = printed(&shown);
                Err(Failure::Line(format!(
                    "{path} exists already; name another folder, or add --force to replace its files"
                )))
            }
            _ => Ok(()),
        }
    }

    /// Removes what an earlier run left under this name, where the files may go: there is nothing new to put there.
    ///
    /// # Errors
    /// Those of unlink(2), in a line.
    pub fn clear(&self, name: &str) -> Result<(), Failure> {
        match fs::remove_file(self.opened.open.join(name)) {
            Err(error) if self.replaces && error.kind() != ErrorKind::NotFound => {
                Err(failed(&self.opened.path.join(name), &words(&error)))
            }
            _ => Ok(()),
        }
    }

    /// The folder stays.
    pub fn keep(&mut self) {
        self.made.0.clear();
    }
}

impl Pending {
    /// An error about the file, with the name that it will have: that of the moment means nothing to the user.
    #[must_use]
    pub fn about(&self, error: &impl std::fmt::Display) -> Failure {
        let now = self.path().display().to_string();
        let then = self.shown().display().to_string();
        let line = error.to_string().replace(&now, &then);
        Failure::Line(printable(line.as_bytes()).into_owned())
    }

    /// Gives the file its name, in place of one that has it, and returns its path. A symbolic link of that name is replaced, not
    /// followed.
    ///
    /// # Errors
    /// Those of link(2) and rename(2), in a line.
    pub fn finish(mut self) -> Result<PathBuf, Failure> {
        let then = self.opened.open.join(&self.then);
        let named = match &self.now {
            Now::Unnamed(file) if self.replaces => {
                // A name is given only where nothing has it; by way of another one the old file is there until the new one is.
                let moment = self.opened.open.join(name_of_the_moment(&self.then));
                self.listed.temporary(Some(&moment), false);
                unnamed_file::give_name(file, &moment)
                    .and_then(|()| fs::rename(&moment, &then).inspect_err(|_| drop(fs::remove_file(&moment))))
            }
            Now::Unnamed(file) => unnamed_file::give_name(file, &then),
            Now::Named(_) if self.replaces => fs::rename(self.path(), &then),
            // Unlike a renaming, a second name never takes the place of a file that came meanwhile.
            Now::Named(_) => fs::hard_link(self.path(), &then).and_then(|()| fs::remove_file(self.path())),
        };
        named.map_err(|error| failed(&self.shown(), &words(&error)))?;
        self.named = true;
        Ok(self.shown())
    }

    /// Where the file can be opened until it gets its name.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match &self.now {
            Now::Unnamed(file) => unnamed_file::path_of(file),
            Now::Named(name) => self.opened.open.join(name),
        }
    }

    /// Its final path.
    fn shown(&self) -> PathBuf {
        self.opened.path.join(&self.then)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let (Now::Named(_), false) = (&self.now, self.named) {
            let _ = fs::remove_file(self.path());
        }
    }
}

fn name_of_the_moment(name: &str) -> String {
    format!(".{name}.{}", std::process::id())
}

fn failed(path: &Path, why: &str) -> Failure {
    let path = printed(path);
    let next = if why.starts_with(Errno::EMFILE.desc()) {
        "allow more open files with 'ulimit -n'"
    } else {
        "start it in a folder of your own, or name one with -o"
    };
    let why = printable(why.as_bytes());
    Failure::Line(format!("cannot write {path}: {why}; {next}"))
}

fn printed(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

/// The system's words, without the number that the standard library adds.
fn words(error: &io::Error) -> String {
    crate::os::errors::text(error)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::symlink;

    use super::Folder;

    #[test]
    fn files_go_into_the_folder_that_was_opened_whatever_its_name_means_later() {
        let base = tempfile::tempdir().unwrap();
        let [named, moved, trap] = ["run", "moved", "trap"].map(|name| base.path().join(name));
        fs::create_dir(&trap).unwrap();
        for replaces in [false, true] {
            let mut folder = Folder::open(Some(&named), replaces).unwrap();
            fs::rename(&named, &moved).unwrap();
            symlink(&trap, &named).unwrap();
            let (mut file, pending) = folder.text("a.txt").unwrap();
            file.write_all(b"mine").unwrap();
            assert_eq!(fs::read(pending.path()).unwrap(), b"mine");
            assert_eq!(pending.finish().unwrap(), named.join("a.txt"));
            drop(folder.text("b.txt").unwrap());
            folder.keep();
            let listed = |path| fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name());
            assert_eq!(listed(&moved).collect::<Vec<_>>(), ["a.txt"]);
            assert_eq!(listed(&trap).count(), 0);
            fs::remove_file(&named).unwrap();
            fs::rename(&moved, &named).unwrap();
        }
        let again = Folder::open(Some(&named), false).unwrap();
        let refused = again.text("a.txt").err().unwrap();
        assert!(
            refused
                .to_string()
                .contains(&format!("{} exists", named.join("a.txt").display()))
        );
    }
}
