//! What is open and not whole: outputs that are being written, the input that is being read.
//!
//! A program that has to end at once, because a call does not return, says of each of them how far it has come, and removes the
//! temporary ones. So there is one list for the whole process. Who opens something puts it there ([`OpenOutput::new`]), counts on it,
//! and takes it out by dropping it: when it is whole, or when its failure has been said.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

static LIST: Mutex<Vec<Arc<OutputEntry>>> = Mutex::new(Vec::new());

/// What is written or read, and so what can be said of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// A capture that is being written, counted in packets.
    Capture,
    /// A file that gets its name when it is whole.
    Whole,
    /// An output that will be opened later.
    Planned,
    /// Text to a pipe, a device, standard output: counted in bytes.
    Stream,
    /// The same, but each piece is whole: it is missing only while it is written.
    Lines,
    /// A capture that is being read, counted in packets.
    Input,
    /// Something else that is being read: it is not counted.
    Log,
}

#[derive(Debug)]
struct OutputEntry {
    name: String,
    kind: OutputKind,
    state: Mutex<State>,
    count: AtomicU64,
    /// A call that writes has not returned.
    in_write: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    opening: Option<OpenWait>,
    temporary: Option<PathBuf>,
    replaces: bool,
}

/// What open(2) waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OpenWait {
    /// Not known.
    Any,
    /// The other end of a named pipe. fifo(7)
    Pipe,
}

/// One entry of the list, for as long as it is not whole.
#[derive(Debug)]
pub struct OpenOutput(Arc<OutputEntry>);

impl OpenOutput {
    /// Puts it on the list, under the name by which people know it.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: OutputKind) -> Self {
        let entry = Arc::new(OutputEntry {
            name: name.into(),
            kind,
            state: Mutex::default(),
            count: AtomicU64::new(0),
            in_write: AtomicBool::new(false),
        });
        list().push(Arc::clone(&entry));
        Self(entry)
    }

    /// It is about to be opened; `is_pipe`: it is a named pipe, so that the other end is waited for.
    pub fn opening(&self, is_pipe: bool) {
        self.0.state().opening = Some(if is_pipe { OpenWait::Pipe } else { OpenWait::Any });
    }

    /// It is open.
    pub fn opened(&self) {
        self.0.state().opening = None;
    }

    /// This many packets, or bytes, are through, by [`OutputKind`].
    #[inline]
    pub fn count(&self, count: u64) {
        self.0.count.store(count, Ordering::Relaxed);
    }

    /// A call that writes begins, or has returned.
    pub fn in_write(&self, begins: bool) {
        self.0.in_write.store(begins, Ordering::Relaxed);
    }

    /// What is missing of it, in a line; `None`: nothing.
    #[must_use]
    pub fn missing(&self) -> Option<String> {
        self.0.missing()
    }

    /// Until it is whole it is this file, which is removed should the program have to end; `None`: a file without a name. `replaces`: there
    /// is an older file of its name.
    pub fn temporary(&self, path: Option<&Path>, replaces: bool) {
        let mut state = self.0.state();
        state.temporary = path.map(Path::to_owned);
        state.replaces = replaces;
    }
}

impl Drop for OpenOutput {
    fn drop(&mut self) {
        list().retain(|entry| !Arc::ptr_eq(entry, &self.0));
    }
}

impl OutputEntry {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is missing; `None`: nothing.
    fn missing(&self) -> Option<String> {
        let state = self.state();
        let in_write = self.in_write.load(Ordering::Relaxed);
        if self.kind == OutputKind::Lines && state.opening.is_none() && !in_write {
            return None;
        }
        let (verb, other_end) = match self.kind {
            OutputKind::Input | OutputKind::Log => ("read", "writing"),
            _ => ("written", "reading"),
        };
        let name = &self.name;
        let count = self.count.load(Ordering::Relaxed);
        let at_least = if in_write { "at least " } else { "" };
        Some(match (self.kind, count) {
            _ if state.opening == Some(OpenWait::Pipe) => {
                format!("{name}: not {verb}, no program has opened this pipe for {other_end}")
            }
            _ if state.opening == Some(OpenWait::Any) => format!("{name}: not {verb}, it could not be opened in time"),
            (OutputKind::Whole, _) if state.replaces => {
                format!("{name}: not written, the file of this name is the old one")
            }
            (OutputKind::Whole | OutputKind::Planned, _) => format!("{name}: not written"),
            (OutputKind::Log, _) => format!("{name}: not read to its end"),
            (OutputKind::Input, _) => format!("{name}: {} read, the rest is not", packets(count)),
            (OutputKind::Capture, 0) if at_least.is_empty() => format!("{name}: no packet was written"),
            (OutputKind::Capture, 0) => format!("{name}: no packet is known to be written"),
            (OutputKind::Capture, _) => format!("{name}: {at_least}{} written, the rest is missing", packets(count)),
            (OutputKind::Stream | OutputKind::Lines, 0) if at_least.is_empty() => {
                format!("{name}: nothing was written")
            }
            (OutputKind::Stream | OutputKind::Lines, 0) => format!("{name}: nothing is known to be written"),
            (OutputKind::Stream | OutputKind::Lines, 1) => {
                format!("{name}: {at_least}1 byte written, the rest is missing")
            }
            (OutputKind::Stream | OutputKind::Lines, _) => {
                format!("{name}: {at_least}{count} bytes written, the rest is missing")
            }
        })
    }
}

/// What is missing of each, a line each: `out.pcap: 1234 packets written, the rest is missing`. The names may have bytes that
/// are none for a terminal.
#[must_use]
pub fn missing() -> Vec<String> {
    let entries = list().clone();
    // What is listed before it is opened, and again when it is, is one.
    let is_last = |(place, entry): &(usize, &Arc<OutputEntry>)| {
        let mut later = entries.iter().skip(place + 1);
        !later.any(|other| other.name == entry.name && entry.kind == OutputKind::Planned)
    };
    let last = entries.iter().enumerate().filter(is_last);
    last.filter_map(|(_, entry)| entry.missing()).collect()
}

/// How far the reading has come, if something is read: `big.pcap: 1234 packets read so far`.
#[must_use]
pub fn read_so_far() -> Option<String> {
    let entries = list().clone();
    let input = entries.iter().find(|entry| entry.kind == OutputKind::Input)?;
    let count = input.count.load(Ordering::Relaxed);
    Some(format!("{}: {} read so far", input.name, packets(count)))
}

/// Removes the temporary files. Waits for the file systems on which they are.
pub fn discard() {
    let entries = list().clone();
    let temporary = entries.iter().filter_map(|entry| entry.state().temporary.take());
    for path in temporary {
        // One that is gone already needs no removing.
        let _ = std::fs::remove_file(path);
    }
}

fn list() -> MutexGuard<'static, Vec<Arc<OutputEntry>>> {
    LIST.lock().unwrap_or_else(PoisonError::into_inner)
}

fn packets(count: u64) -> String {
    format!("{count} {}", if count == 1 { "packet" } else { "packets" })
}

#[cfg(test)]
mod tests {
    use super::{OpenOutput, OutputKind, discard, missing};

    /// What is said of the entry of this name; other tests use the list at the same time.
    fn said(name: &str) -> Vec<String> {
        let lines = missing().into_iter();
        lines.filter(|line| line.starts_with(&format!("{name}: "))).collect()
    }

    #[test]
    fn what_is_said_is_what_is_known() {
        let capture = OpenOutput::new("a.pcap", OutputKind::Capture);
        capture.opening(true);
        assert_eq!(
            said("a.pcap"),
            ["a.pcap: not written, no program has opened this pipe for reading"]
        );
        capture.opened();
        assert_eq!(said("a.pcap"), ["a.pcap: no packet was written"]);
        capture.count(1);
        assert_eq!(said("a.pcap"), ["a.pcap: 1 packet written, the rest is missing"]);
        capture.in_write(true);
        capture.count(1234);
        assert_eq!(
            said("a.pcap"),
            ["a.pcap: at least 1234 packets written, the rest is missing"]
        );
        drop(capture);
        assert!(said("a.pcap").is_empty(), "it is whole");
        let stream = OpenOutput::new("standard output", OutputKind::Stream);
        assert_eq!(said("standard output"), ["standard output: nothing was written"]);
        stream.count(65_536);
        assert_eq!(
            said("standard output"),
            ["standard output: 65536 bytes written, the rest is missing"]
        );
        let input = OpenOutput::new("b.pcap", OutputKind::Input);
        input.opening(true);
        assert_eq!(
            said("b.pcap"),
            ["b.pcap: not read, no program has opened this pipe for writing"]
        );
        input.opened();
        input.count(2);
        assert_eq!(said("b.pcap"), ["b.pcap: 2 packets read, the rest is not"]);
    }

    #[test]
    fn a_temporary_file_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("half");
        std::fs::write(&path, "half").unwrap();
        let file = OpenOutput::new("whole.html", OutputKind::Whole);
        file.temporary(Some(&path), false);
        assert_eq!(said("whole.html"), ["whole.html: not written"]);
        file.temporary(Some(&path), true);
        assert_eq!(
            said("whole.html"),
            ["whole.html: not written, the file of this name is the old one"]
        );
        discard();
        assert!(!path.exists());
    }
}
