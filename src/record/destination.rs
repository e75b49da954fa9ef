//! Where a recording or an export goes: a file that is safe to write, standard output, or any writer.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use super::found_file::{has_other_names, is_device, is_named_pipe, is_ours, is_same};
use super::temporary_file::TemporaryFile;
use super::write_error::WriteError;
use crate::outputs::{OpenOutput, OutputKind};

/// A pipe is given no more than this at once, so that it is known how far it has taken what it was given. pipe(7): its usual room.
const PIECE: usize = 64 * 1024;

/// Where a recording or an export goes.
pub struct Destination {
    pub(super) name: String,
    path: PathBuf,
    pub(super) output: Output,
    /// `None`: the code that opened it lists it.
    listed: Option<OpenOutput>,
    bytes: u64,
}

pub(super) enum Output {
    /// An ordinary file, from its first byte: what is half written can be cut off again.
    File(File),
    /// A file that gets its name when it is whole.
    TemporaryFile(TemporaryFile),
    /// A file of before, which is emptied when the first byte comes.
    Old(File),
    /// A pipe, a device, a test's memory.
    Stream(Box<dyn Write + Send>),
}

/// What becomes of an ordinary file that is to be replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Old {
    /// It goes at once.
    Goes,
    /// It stays until the new one is whole.
    Stays,
}

impl Destination {
    /// Opens a file for recording; `-` is standard output.
    ///
    /// A new file is readable by its owner alone: a capture holds what others sent. An existing one is replaced only with
    /// `force`, by a new one of its name, and only an ordinary file of the user who runs the program, never through a symbolic
    /// link: in a folder such as /tmp another user could have put one there. What has other names as well (hard links) keeps its
    /// content under them. In a folder whose names may not be changed, a file without other names is emptied instead, and keeps
    /// its permissions; who has it open reads what is written. A named pipe of that user, or a device, is written to as it is.
    ///
    /// # Errors
    /// The name is taken, or is refused, or the system refuses (open(2)); standard output is a terminal.
    pub fn open(path: &Path, force: bool) -> Result<Self, WriteError> {
        if path.as_os_str() == "-" {
            return Self::standard_output();
        }
        let listed = OpenOutput::new(path.display().to_string(), OutputKind::Capture);
        Self::of_capture(path, force, listed)
    }

    /// A file that is open and empty, and is called so in errors. It has no place on the list of what is not whole ([`crate::outputs`]):
    /// who opened it has put it there.
    #[must_use]
    pub fn of_file(file: File, path: &Path) -> Self {
        Self::opened(path, Output::File(file), None)
    }

    fn of_capture(path: &Path, force: bool, listed: OpenOutput) -> Result<Self, WriteError> {
        let failed = |error| WriteError::Open {
            path: path.to_owned(),
            error,
        };
        listed.opening(false);
        let output = match careful().create_new(true).open(path) {
            Ok(file) => Output::File(file),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => existing(path, force, Old::Goes, Some(&listed))?,
            Err(error) => return Err(failed(error)),
        };
        Ok(Self::opened(path, output, Some(listed)))
    }

    /// Opens a file that is written at the end, in one go: an export. [`Self::finish`] gives it its name.
    ///
    /// What may be written is as with [`Self::open`]. But an ordinary file is written under another name in the same folder, and
    /// gets its own when it is whole: until then an older file of that name stays, whatever ends the program.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn whole(path: &Path, force: bool) -> Result<Self, WriteError> {
        let failed = |error| WriteError::Open {
            path: path.to_owned(),
            error,
        };
        let found = path.symlink_metadata();
        let is_file = found.as_ref().map_or(true, Metadata::is_file);
        let kind = if is_file { OutputKind::Whole } else { OutputKind::Stream };
        let listed = OpenOutput::new(path.display().to_string(), kind);
        listed.opening(false);
        let output = match found {
            Ok(_) => existing(path, force, Old::Stays, Some(&listed))?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Output::TemporaryFile(TemporaryFile::new(path, false, careful).map_err(failed)?)
            }
            Err(error) => return Err(failed(error)),
        };
        if let Output::TemporaryFile(temporary_file) = &output {
            listed.temporary(temporary_file.path(), temporary_file.replaces());
        }
        Ok(Self::opened(path, output, Some(listed)))
    }

    fn opened(path: &Path, output: Output, listed: Option<OpenOutput>) -> Self {
        if let Some(listed) = &listed {
            listed.opened();
        }
        Self {
            name: path.display().to_string(),
            path: path.to_owned(),
            output,
            listed,
            bytes: 0,
        }
    }

    /// All is written: a file that waited for that gets its name.
    ///
    /// # Errors
    /// Those of rename(2) and link(2); a file that came meanwhile is replaced only with `force`.
    pub fn finish(&mut self) -> io::Result<()> {
        let output = std::mem::replace(&mut self.output, Output::Stream(Box::new(io::sink())));
        if let Output::TemporaryFile(temporary_file) = output {
            temporary_file.finish()?;
        }
        self.listed = None;
        Ok(())
    }

    /// Has the file lost its name since it was opened: was it removed, or another one put in its place?
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match &self.output {
            // Who opened another's file gives it its name, and knows whether that went well.
            Output::File(file) => self.listed.is_some() && !is_same(file, &self.path),
            _ => false,
        }
    }

    /// Does the file have its name only when it is whole?
    #[must_use]
    pub const fn is_beside(&self) -> bool {
        matches!(self.output, Output::TemporaryFile(_))
    }

    /// Writes some of these bytes.
    pub(super) fn write_piece(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = match self.output {
            Output::Stream(_) => PIECE,
            _ => usize::MAX,
        };
        self.in_write(true);
        let written = self.output.as_writer().write(bytes.get(..most).unwrap_or(bytes));
        self.in_write(false);
        written
    }

    /// The path as it was given; of a stream, its name.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Sets how many packets are through.
    pub(super) fn count(&self, packets: u64) {
        if let Some(listed) = &self.listed {
            listed.count(packets);
        }
    }

    /// A call that writes begins, or has returned.
    pub(super) fn in_write(&self, begins: bool) {
        if let Some(listed) = &self.listed {
            listed.in_write(begins);
        }
    }

    /// Any writer, and what to call it in errors. It needs no buffer of its own.
    #[must_use]
    pub fn stream(output: impl Write + Send + 'static, name: &str) -> Self {
        Self::opened(
            name.as_ref(),
            Output::Stream(Box::new(output)),
            Some(OpenOutput::new(name, OutputKind::Capture)),
        )
    }

    /// What it is called in errors: the path as it was given. It may have bytes that are none for a terminal.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn standard_output() -> Result<Self, WriteError> {
        if io::stdout().is_terminal() {
            return Err(WriteError::Terminal);
        }
        unbuffered_standard_output()
            .map(|output| {
                let name = "standard output";
                Self::opened(
                    name.as_ref(),
                    Output::Stream(output),
                    Some(OpenOutput::new(name, OutputKind::Capture)),
                )
            })
            .map_err(|error| WriteError::Open {
                path: "standard output".into(),
                error,
            })
    }
}

/// Bytes that are not a capture, as they come and without a buffer.
impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Output::Old(_) = self.output {
            self.output.empty()?;
        }
        self.in_write(true);
        let written = self.output.as_writer().write(bytes);
        self.in_write(false);
        if let (Ok(count), Some(listed)) = (&written, &self.listed) {
            self.bytes += *count as u64;
            listed.count(self.bytes);
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.as_writer().flush()
    }
}

impl Output {
    pub(super) fn as_writer(&mut self) -> &mut dyn Write {
        match self {
            Self::File(file) | Self::Old(file) => file,
            Self::TemporaryFile(temporary_file) => temporary_file.file(),
            Self::Stream(stream) => stream,
        }
    }

    /// The file of before is emptied now.
    fn empty(&mut self) -> io::Result<()> {
        match std::mem::replace(self, Self::Stream(Box::new(io::sink()))) {
            Self::Old(file) => {
                file.set_len(0)?;
                *self = Self::File(file);
            }
            other => *self = other,
        }
        Ok(())
    }
}

/// The standard library's own handle keeps back what follows the last line feed; then it would be unknown what was written.
#[cfg(unix)]
fn unbuffered_standard_output() -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd as _;
    let descriptor = io::stdout().as_fd().try_clone_to_owned()?;
    Ok(Box::new(File::from(descriptor)))
}

#[cfg(not(unix))]
fn unbuffered_standard_output() -> io::Result<Box<dyn Write + Send>> {
    Ok(Box::new(io::stdout()))
}

/// Opening for writing that follows no symbolic link (`O_NOFOLLOW`, open(2)).
fn careful() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600).custom_flags(nix::fcntl::OFlag::O_NOFOLLOW.bits());
    }
    options
}

/// Something of this name is there: what is it, and may it be written?
fn existing(path: &Path, force: bool, old: Old, listed: Option<&OpenOutput>) -> Result<Output, WriteError> {
    let refused = |why| {
        Err(WriteError::Refused {
            path: path.to_owned(),
            why,
        })
    };
    let failed = |error| WriteError::Open {
        path: path.to_owned(),
        error,
    };
    let found = path.symlink_metadata().map_err(failed)?;
    if found.is_symlink() {
        return refused("it is a symbolic link; name the file itself");
    }
    if found.is_dir() {
        return refused("it is a folder; name a file in it");
    }
    if found.is_file() && !force {
        return Err(WriteError::Exists(path.to_owned()));
    }
    if !found.is_file() && !is_named_pipe(&found) && !is_device(&found) {
        return refused("it is neither a file nor a pipe; choose another name");
    }
    if let Some(listed) = listed {
        listed.opening(is_named_pipe(&found));
    }
    let file = careful().open(path).map_err(failed)?;
    // The name may have come to mean something else meanwhile; the open file cannot.
    let opened = file.metadata().map_err(failed)?;
    if opened.file_type() != found.file_type() {
        return refused("it was exchanged while it was opened; look at who else writes in this folder");
    }
    if is_device(&opened) {
        return Ok(Output::Stream(Box::new(file)));
    }
    if !is_ours(&opened) {
        return refused("it belongs to another user; choose another name");
    }
    if is_named_pipe(&opened) {
        return Ok(Output::Stream(Box::new(file)));
    }
    match old {
        Old::Goes => replaced(path, file, &opened).map(Output::File).map_err(failed),
        Old::Stays => match TemporaryFile::new(path, true, careful) {
            Ok(temporary_file) => Ok(Output::TemporaryFile(temporary_file)),
            // In a folder in which no name may be changed, the file itself may be written all the same.
            Err(_) if !has_other_names(&opened) => Ok(Output::Old(file)),
            Err(error) => Err(failed(error)),
        },
    }
}

/// A new file: no program has it open from before, and no other name leads to it.
fn replaced(path: &Path, old: File, found: &Metadata) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Ok(()) => careful().create_new(true).open(path),
        // In a folder in which no name may be changed, the file itself may be written all the same.
        Err(_) if !has_other_names(found) => {
            old.set_len(0)?;
            Ok(old)
        }
        Err(error) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::careful;

    /// An attacker who exchanges the name between the look at it and the opening gains nothing.
    #[test]
    fn the_opening_itself_follows_no_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let link = folder.path().join("link");
        std::fs::write(&target, "precious").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(careful().open(&link).is_err());
        assert!(careful().create_new(true).open(&link).is_err());
        assert!(careful().open(&target).is_ok());
    }
}
