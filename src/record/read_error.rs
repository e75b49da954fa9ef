//! Why a capture file could not be read, or not to its end.

use std::fmt;
use std::io;

use super::packing::Packing;

/// Why a capture file could not be read, or not to its end, in one line.
#[derive(Debug)]
pub struct ReadError {
    /// The file's name.
    pub name: String,
    /// How many whole packets were read before; their numbers count from 1.
    pub packets: u64,
    /// What is the matter.
    pub problem: ReadProblem,
}

/// What is the matter with a capture file. Positions are byte offsets from the start of the file, of the unpacked one where
/// it is packed.
#[derive(Debug)]
pub enum ReadProblem {
    /// It cannot be opened.
    Open(io::Error),
    /// It cannot be read any further.
    Read(io::Error),
    /// It has no bytes at all.
    Empty,
    /// It begins with these bytes, as no capture file does.
    NotACapture(Vec<u8>),
    /// It is of a version that came after this program.
    Version {
        /// The major version.
        major: u16,
        /// The minor version.
        minor: u16,
    },
    /// It ends in the middle of something. All packets before that are whole and were read.
    Cut {
        /// Of what.
        part: &'static str,
        /// Where that begins.
        at: u64,
        /// How many bytes of it are there.
        there: u64,
        /// How many it says that it has.
        whole: u64,
    },
    /// What is packed so ends too early. All packets before that are whole and were read.
    PackedCut(Packing),
    /// What is packed so cannot be unpacked any further.
    Unpack(Packing, io::Error),
    /// It contradicts itself or the format.
    Corrupt {
        /// Of what.
        part: &'static str,
        /// Where that begins.
        at: u64,
        /// What is wrong with it.
        why: String,
    },
}

impl ReadError {
    /// Does the file merely end too early? Then all whole packets have been read, and a warning is enough.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        matches!(self.problem, ReadProblem::Cut { .. } | ReadProblem::PackedCut(_))
    }
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, packets, problem } = self;
        match problem {
            ReadProblem::Open(error) => {
                write!(
                    f,
                    "cannot open {name}: {}; {}",
                    words(error),
                    next_step(error, "check the name and the permissions")
                )
            }
            ReadProblem::Read(error) if error.kind() == io::ErrorKind::IsADirectory => {
                write!(f, "cannot read {name}: it is a folder; name a capture file in it")
            }
            ReadProblem::Read(error) => {
                write!(
                    f,
                    "reading {name} failed: {}; packets read before: {packets}",
                    words(error)
                )
            }
            ReadProblem::PackedCut(packing) => write!(
                f,
                "{name} is cut: its {packing} data ends too early; the packets before that are whole: {packets}"
            ),
            ReadProblem::Unpack(packing, error) => {
                write!(
                    f,
                    "unpacking {name} failed: {}; packets read before: {packets}",
                    words(error)
                )?;
                if error.kind() == io::ErrorKind::Unsupported {
                    return Ok(());
                }
                write!(f, "; '{packing} -t' says more about it")
            }
            ReadProblem::Empty => write!(f, "{name} is empty: nothing has been captured into it"),
            ReadProblem::NotACapture(start) => {
                write!(f, "{name} is neither pcap nor pcapng: it begins with the bytes")?;
                for byte in start {
                    write!(f, " {byte:02x}")?;
                }
                f.write_str("; if Wireshark opens it, 'editcap -F pcapng OLD NEW' converts it")
            }
            ReadProblem::Version { major, minor } => {
                write!(
                    f,
                    "{name} is of version {major}.{minor}, which this program does not know"
                )?;
                f.write_str("; 'editcap -F pcapng OLD NEW' may convert it")
            }
            ReadProblem::Cut { part, at, there, whole } => write!(
                f,
                "{name} is cut: its last {part}, at byte {at}, has {there} of {whole} bytes; \
                 the packets before that are whole: {packets}"
            ),
            ReadProblem::Corrupt { part, at, why } => write!(
                f,
                "{name} is corrupt: the {part} at byte {at}, after packet {packets}, {why}; \
                 what follows cannot be read, the packets before can"
            ),
        }
    }
}

/// What to do about a file that cannot be opened: more files, where the process may open no more.
#[must_use]
pub fn next_step(error: &io::Error, otherwise: &'static str) -> &'static str {
    #[cfg(unix)]
    if error.raw_os_error() == Some(nix::errno::Errno::EMFILE as i32) {
        return "allow more open files with 'ulimit -n'";
    }
    let _ = error;
    otherwise
}

/// What the operating system says, without its number.
pub(super) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" (os error")
        .map_or(text.as_str(), |(words, _)| words)
        .to_owned()
}
