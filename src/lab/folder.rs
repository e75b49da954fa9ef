//! Where the files of a run go.
//!
//! All of them are opened before anything is sent, under names of their own, and get their final names when they are whole. So
//! a folder that cannot be written is said first, a run that is interrupted leaves nothing, and of two runs at the same time the
//! files of one stay, whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::escape::printable;
use crate::record::{Destination, WriteError};

/// The folder when the person names none.
const LATEST: [&str; 2] = ["captures", "latest"];

/// The folder of the files.
pub struct Folder {
    path: PathBuf,
    /// May files of these names go?
    replaces: bool,
    /// Folders that were made for this, the outermost first.
    made: Vec<PathBuf>,
    finished: bool,
}

/// A file that is not whole yet. Dropped before it got its name, it is removed.
pub struct Pending {
    /// Where it is now.
    now: PathBuf,
    /// Where it will be.
    then: PathBuf,
    replaces: bool,
    named: bool,
}

impl Folder {
    /// The folder that the person named, or `captures/latest`, whose files each run replaces. Made if it is not there.
    ///
    /// # Errors
    /// It cannot be made, is no folder, or is a symbolic link, which could lead anywhere.
    pub fn open(named: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let (path, replaces) = match named {
            Some(path) => (path.to_owned(), force),
            None => (LATEST.iter().collect(), true),
        };
        let mut folder = Self {
            path: PathBuf::new(),
            replaces,
            made: Vec::new(),
            finished: false,
        };
        // Of the person's own path the last part, of the lab's own every part.
        let checked: Vec<&Path> = match named {
            Some(_) => vec![&path],
            None => path.ancestors().filter(|part| !part.as_os_str().is_empty()).collect(),
        };
        for part in checked {
            if part.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
                return Err(failed(part, "it is a symbolic link"));
            }
        }
        folder.make(&path)?;
        folder.path = path;
        Ok(folder)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn make(&mut self, path: &Path) -> Result<(), Failure> {
        let missing: Vec<&Path> = path
            .ancestors()
            .take_while(|part| !part.as_os_str().is_empty() && !part.exists())
            .collect();
        for part in missing.into_iter().rev() {
            match DirBuilder::new().mode(0o755).create(part) {
                Ok(()) => self.made.push(part.to_owned()),
                // Another run made it meanwhile.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(path, &words(&error))),
            }
        }
        if path.is_dir() {
            Ok(())
        } else {
            Err(failed(path, "it is no folder"))
        }
    }

    /// A capture file of this name, to be written.
    ///
    /// # Errors
    /// There is one already which may not go, or the folder cannot be written.
    pub fn capture(&self, name: &str) -> Result<(Destination, Pending), Failure> {
        let pending = self.pending(name)?;
        let destination = Destination::open(&pending.now, false).map_err(|error| match error {
            WriteError::Open { error, .. } => failed(&pending.then, &words(&error)),
            error => pending.about(&error),
        })?;
        Ok((destination, pending))
    }

    /// A text file of this name, to be written.
    ///
    /// # Errors
    /// As [`Self::capture`].
    pub fn text(&self, name: &str) -> Result<(File, Pending), Failure> {
        let pending = self.pending(name)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&pending.now)
            .map_err(|error| failed(&pending.then, &words(&error)))?;
        Ok((file, pending))
    }

    fn pending(&self, name: &str) -> Result<Pending, Failure> {
        let then = self.path.join(name);
        match then.symlink_metadata() {
            Ok(found) if found.is_dir() => return Err(failed(&then, "a folder has that name")),
            Ok(_) if !self.replaces => {
                let path = shown(&then);
                return Err(Failure::Line(format!(
                    "{path} exists already; name another folder, or add --force to replace its files"
                )));
            }
            _ => {}
        }
        Ok(Pending {
            now: self.path.join(format!(".{name}.{}", std::process::id())),
            then,
            replaces: self.replaces,
            named: false,
        })
    }

    /// Removes what an earlier run left under this name, where the files may go: there is nothing new to put there.
    ///
    /// # Errors
    /// Those of unlink(2), in a line.
    pub fn clear(&self, name: &str) -> Result<(), Failure> {
        let path = self.path.join(name);
        match fs::remove_file(&path) {
            Err(error) if self.replaces && error.kind() != ErrorKind::NotFound => Err(failed(&path, &words(&error))),
            _ => Ok(()),
        }
    }

    /// The folder stays.
    pub fn keep(&mut self) {
        self.finished = true;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished {
            // One in which somebody has put something meanwhile stays.
            for folder in self.made.iter().rev() {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

impl Pending {
    /// An error about the file, with the name that it will have: that of the moment means nothing to anybody.
    #[must_use]
    pub fn about(&self, error: &impl std::fmt::Display) -> Failure {
        let now = self.now.display().to_string();
        let then = self.then.display().to_string();
        let line = error.to_string().replace(&now, &then);
        Failure::Line(printable(line.as_bytes()).into_owned())
    }

    /// Gives the file its name, in place of one that has it. A symbolic link of that name is replaced, not followed.
    ///
    /// # Errors
    /// Those of rename(2), in a line.
    pub fn finish(mut self) -> Result<PathBuf, Failure> {
        let named = if self.replaces {
            fs::rename(&self.now, &self.then)
        } else {
            // Unlike a renaming, a second name never takes the place of a file that came meanwhile.
            fs::hard_link(&self.now, &self.then).and_then(|()| fs::remove_file(&self.now))
        };
        named.map_err(|error| failed(&self.then, &words(&error)))?;
        self.named = true;
        Ok(self.then.clone())
    }
}

impl Pending {
    /// Where the file is until it gets its name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.now
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.named {
            let _ = fs::remove_file(&self.now);
        }
    }
}

fn failed(path: &Path, why: &str) -> Failure {
    let path = shown(path);
    let why = printable(why.as_bytes());
    Failure::Line(format!(
        "cannot write {path}: {why}; start it in a folder of your own, or name one with -o"
    ))
}

fn shown(path: &Path) -> String {
    printable(path.display().to_string().as_bytes()).into_owned()
}

/// The system's words, without the number that the standard library adds.
fn words(error: &io::Error) -> String {
    crate::app::sys::failure(error).text
}
