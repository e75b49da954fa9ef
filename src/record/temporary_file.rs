//! A file that is written without a name, or under another one beside its own, and gets its own when it is whole.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

#[cfg(target_os = "linux")]
use crate::os::unnamed_file::give_name;

/// A name that is longer than this, in bytes, is left out of that of the moment: `NAME_MAX` is 255. limits.h(0p)
const LONGEST_NAME: usize = 200;

/// Number of names that are tried: a program that was killed may have left its file, and another one have the same process number now.
const MOST_NAMES: u32 = 100;

/// Dropped before it got its name, it is removed.
pub(super) struct TemporaryFile {
    file: File,
    /// Where it is now, where the file system has no files without a name.
    path: Option<PathBuf>,
    /// Where it will be.
    target: PathBuf,
    replaces: bool,
    named: bool,
}

impl TemporaryFile {
    /// Makes an empty file in the target's folder: without a name, or `.NAME.PROCESS.part`. `replaces`: a file of the target's name goes in the end.
    ///
    /// # Errors
    /// Those of open(2).
    pub(super) fn new(target: &Path, replaces: bool, options: fn() -> OpenOptions) -> io::Result<Self> {
        let name = target.file_name().filter(|_| !ends_in_separator(target));
        let name = name.ok_or(ErrorKind::IsADirectory)?;
        if let Some(file) = unnamed(target) {
            return Ok(Self {
                file,
                path: None,
                target: target.to_owned(),
                replaces,
                named: false,
            });
        }
        for number in 0..MOST_NAMES {
            let path = target.with_file_name(name_of_the_moment(name, number));
            match options().create_new(true).open(&path) {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        path: Some(path),
                        target: target.to_owned(),
                        replaces,
                        named: false,
                    });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub(super) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(super) const fn replaces(&self) -> bool {
        self.replaces
    }

    pub(super) const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives it its name. A symbolic link that has that name meanwhile is replaced, not followed.
    ///
    /// # Errors
    /// Those of rename(2) and link(2).
    pub(super) fn finish(mut self) -> io::Result<()> {
        let path = match self.path.take() {
            Some(path) => path,
            None if self.replaces => self.named_for_the_moment()?,
            None => return give_name(&self.file, &self.target),
        };
        let path = &*self.path.insert(path);
        if self.replaces {
            fs::rename(path, &self.target)?;
        } else {
            // Unlike a renaming, a second name never takes the place of a file that came meanwhile.
            match fs::hard_link(path, &self.target) {
                Ok(()) => fs::remove_file(path)?,
                // Some file systems have no second names.
                Err(error) if error.kind() != ErrorKind::AlreadyExists && self.target.symlink_metadata().is_err() => {
                    fs::rename(path, &self.target)?;
                }
                Err(error) => return Err(error),
            }
        }
        self.named = true;
        Ok(())
    }

    /// A name is given only where nothing has it: this one is, until the renaming, beside that of the older file.
    fn named_for_the_moment(&self) -> io::Result<PathBuf> {
        let name = self.target.file_name().unwrap_or_default();
        for number in 0..MOST_NAMES {
            let path = self.target.with_file_name(name_of_the_moment(name, number));
            match give_name(&self.file, &path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

/// A file without a name in the target's folder, where that is possible.
#[cfg(target_os = "linux")]
fn unnamed(target: &Path) -> Option<File> {
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
    crate::os::unnamed_file::open(folder.unwrap_or(Path::new("."))).ok()
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn give_name(_: &File, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let (Some(path), false) = (&self.path, self.named) {
            let _ = fs::remove_file(path);
        }
    }
}

fn ends_in_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last() == Some(&b'/')
}

fn name_of_the_moment(name: &OsStr, number: u32) -> OsString {
    let name = if name.len() > LONGEST_NAME {
        OsStr::new("long")
    } else {
        name
    };
    let again = if number == 0 {
        String::new()
    } else {
        format!("-{number}")
    };
    let mut moment = OsString::from(".");
    moment.push(name);
    moment.push(format!(".{}{again}.part", std::process::id()));
    moment
}
