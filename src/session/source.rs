//! The file that is read, or the pipe: where a quit ends the reading.
//!
//! Of a file no more is read after a quit. What comes through a pipe is mostly a capture under way, and Ctrl+C reaches the program
//! that captures as well: its last packets, and its end, are waited for a little, so that nothing of it is missing.

use std::path::{Path, PathBuf};

use super::ending::Grace;
use super::rights::with_way_to_read;
use super::settings::Settings;
use crate::escape::{one_line, printable};
use crate::os::cancel::CancelToken;
#[cfg(unix)]
use crate::os::descriptors;
use crate::outputs::{OpenOutput, OutputKind};
use crate::record::Reader;

/// What is read, on the list of what is not whole.
pub struct Source {
    /// Reads it.
    pub reader: Reader,
    listed: Option<OpenOutput>,
    is_pipe: bool,
}

/// Is it not an ordinary file, so that reading may wait?
#[must_use]
pub fn is_pipe(path: &Path) -> bool {
    path.as_os_str() == "-" || std::fs::metadata(path).is_ok_and(|found| !found.is_file())
}

/// Do both names lead to one file, also by links?
#[must_use]
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let (Ok(first), Ok(second)) = (std::fs::metadata(one), std::fs::metadata(other)) else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (first.dev(), first.ino()) == (second.dev(), second.ino())
    }
    #[cfg(not(unix))]
    {
        first.is_file() && second.is_file() && std::fs::canonicalize(one).ok() == std::fs::canonicalize(other).ok()
    }
}

/// No output may be one of the files that are read.
///
/// # Errors
/// One is: a line that says which.
pub fn is_not_overwritten(settings: &Settings, read: &[&Path]) -> Result<(), String> {
    let beside = settings.calls.iter().chain(&settings.export.tcp_info);
    let own = |file: &Path| {
        let beside = beside.clone().map(PathBuf::as_path);
        read.iter().copied().chain(beside).any(|path| is_same_file(path, file))
    };
    if let Some(copy) = settings.write.as_deref().filter(|copy| own(copy)) {
        return Err(format!(
            "{} is the file that is being read: writing would destroy it; give -w another name",
            printable(copy.display().to_string().as_bytes())
        ));
    }
    let mut others = settings.export.files().chain(settings.sheets());
    if let Some((option, _)) = others.find(|(_, file)| own(file)) {
        return Err(format!(
            "{option} names the file that is being read: writing would destroy it; give it another name"
        ));
    }
    Ok(())
}

/// How long a quit leaves for what is still to be written, when this is read: a pipe is a capture under way, of which nothing is to
/// be lost.
#[must_use]
pub fn grace_of(path: &Path) -> Grace {
    if is_pipe(path) { Grace::Waiting } else { Grace::Whole }
}

impl Source {
    /// Opens it.
    ///
    /// # Errors
    /// As [`Reader::open`], in a line.
    pub fn open(path: &Path, cancel: &CancelToken) -> Result<Self, String> {
        let standard = path.as_os_str() == "-";
        let name = if standard {
            "standard input".to_owned()
        } else {
            path.display().to_string()
        };
        let listed = OpenOutput::new(name.as_str(), OutputKind::Input);
        listed.opening(false);
        let is_pipe = is_pipe(path);
        #[cfg(unix)]
        let reader = if is_pipe {
            listed.opening(!standard && descriptors::is_named_pipe(path));
            unix::open(path, &name, &listed, cancel)
        } else {
            Reader::open(path)
        };
        #[cfg(not(unix))]
        let reader = Reader::open(path);
        listed.opened();
        Ok(Self {
            reader: reader.map_err(|error| match (cancel.requested(), is_pipe) {
                (true, true) => format!("{}: nothing read", one_line(&name)),
                _ => with_way_to_read(one_line(&error), path),
            })?,
            listed: Some(listed),
            is_pipe,
        })
    }

    /// Sets how many packets have been read.
    #[inline]
    pub fn count(&self, packets: u64) {
        if let Some(listed) = &self.listed {
            listed.count(packets);
        }
    }

    /// No more packets are needed from it.
    pub fn leave(&mut self) {
        self.listed = None;
    }

    /// Must the reading end here?
    #[must_use]
    pub fn is_over(&self, cancel: &CancelToken) -> bool {
        // Of a pipe the bytes end then.
        !self.is_pipe && cancel.requested()
    }

    /// The line that says where the reading was ended.
    #[must_use]
    pub fn interrupted(&self) -> Option<String> {
        let missing = self.listed.as_ref()?.missing()?;
        Some(one_line(&missing))
    }

    /// Is it a pipe, or the like?
    #[must_use]
    pub const fn is_pipe(&self) -> bool {
        self.is_pipe
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Read};
    use std::os::fd::AsFd as _;
    use std::path::Path;
    use std::time::{Duration, Instant};

    use crate::os::cancel::CancelToken;
    use crate::os::poll::{self, Interest, WaitOutcome};
    use crate::outputs::OpenOutput;
    use crate::record::{ReadError, Reader};

    /// How long the end of a pipe is waited for after a quit.
    const LAST_BYTES: Duration = Duration::from_millis(300);

    pub(super) fn open(
        path: &Path,
        name: &str,
        listed: &OpenOutput,
        cancel: &CancelToken,
    ) -> Result<Reader, ReadError> {
        let opened = if path.as_os_str() == "-" {
            io::stdin().as_fd().try_clone_to_owned().map(File::from)
        } else {
            File::open(path)
        };
        let Ok(file) = opened else {
            // It fails again, and says why.
            return Reader::open(path);
        };
        listed.opened();
        let source = UntilCancelled {
            file,
            cancel: cancel.clone(),
            never: CancelToken::new().ok(),
            last: None,
        };
        Reader::new(source, name)
    }

    /// Reads until a quit.
    struct UntilCancelled {
        file: File,
        cancel: CancelToken,
        /// A token that is not set, to wait by after the quit.
        never: Option<CancelToken>,
        /// Since the quit: until when the end of the pipe is waited for.
        last: Option<Instant>,
    }

    impl UntilCancelled {
        /// Waits until there is something to read; `false`: the time after a quit is over.
        fn wait(&mut self) -> io::Result<bool> {
            if self.last.is_none() {
                match poll::wait(&self.file, Interest::Readable, &self.cancel, None)? {
                    WaitOutcome::Ready => return Ok(true),
                    WaitOutcome::Stopped | WaitOutcome::TimedOut => self.last = Instant::now().checked_add(LAST_BYTES),
                }
            }
            let (Some(last), Some(never)) = (self.last, &self.never) else {
                return Ok(false);
            };
            let left = last.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            Ok(poll::wait(&self.file, Interest::Readable, never, Some(left))? == WaitOutcome::Ready)
        }
    }

    impl Read for UntilCancelled {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            if self.wait()? {
                self.file.read(room)
            } else {
                Err(io::Error::other("told to quit"))
            }
        }
    }
}
