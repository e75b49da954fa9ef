//! Why frames could not be recorded.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::read_error::{next_step, words};
use crate::frame::Time;
use crate::wire::LinkType;

/// Why a capture file could not be made, or a frame not be recorded, in one line.
#[derive(Debug)]
pub enum WriteError {
    /// A file of this name is there already, and it was not said that it may go.
    Exists(PathBuf),
    /// The name is that of something which must not be written over.
    Refused {
        /// The name.
        path: PathBuf,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// The file cannot be made or opened.
    Open {
        /// Its name.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// The recording had files, and the next one cannot be made or opened.
    NextFile {
        /// Why not.
        error: Box<WriteError>,
        /// How many frames are in the files before.
        kept: u64,
        /// How many were handed over and are not.
        lost: u64,
    },
    /// Standard output is a terminal.
    Terminal,
    /// A pcap file has one link type, and this frame or interface is of another.
    LinkType {
        /// The file's name.
        name: String,
        /// What the file holds.
        holds: LinkType,
        /// What cannot join it.
        other: LinkType,
    },
    /// The recording has no interface of this number and link type.
    NoInterface {
        /// The file's name.
        name: String,
        /// The number.
        interface: u32,
        /// The link type.
        link: LinkType,
    },
    /// The format cannot express this frame's time.
    Time {
        /// The file's name.
        name: String,
        /// The time.
        time: Time,
    },
    /// The format cannot express this frame, or what is said about it, for another reason.
    Unfit {
        /// The file's name.
        name: String,
        /// The reason.
        why: String,
    },
    /// The file was removed, or another one put in its place, while it was written.
    Gone {
        /// The file's name.
        name: String,
        /// The packets that were in it.
        packets: u64,
    },
    /// The system did not take the bytes: disk full, pipe closed.
    Failed {
        /// The file's name.
        name: String,
        /// What kind of error it was.
        kind: io::ErrorKind,
        /// The system's words.
        why: String,
        /// How many frames are wholly in the file.
        kept: u64,
        /// How many were handed over and are not.
        lost: u64,
    },
}

impl WriteError {
    /// Has the other end of the pipe gone? Then the rest has no reader.
    #[must_use]
    pub const fn is_closed_pipe(&self) -> bool {
        matches!(
            self,
            Self::Failed {
                kind: io::ErrorKind::BrokenPipe,
                ..
            }
        )
    }

    /// The same failure, with the number of further frames that it has cost: those that were wanted and never handed over.
    #[must_use]
    pub fn with_more_lost(mut self, more: u64) -> Self {
        if let Self::Failed { lost, .. } | Self::NextFile { lost, .. } = &mut self {
            *lost += more;
        }
        self
    }

    /// Was it this frame alone that could not be recorded? Then the next one may.
    #[must_use]
    pub const fn is_about_one_frame(&self) -> bool {
        matches!(
            self,
            Self::LinkType { .. } | Self::NoInterface { .. } | Self::Time { .. } | Self::Unfit { .. }
        )
    }
}

impl std::error::Error for WriteError {}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists(path) => write!(
                f,
                "{} exists already; choose another name, or say --force to replace it",
                path.display()
            ),
            Self::Refused { path, why } => write!(f, "will not write {}: {why}", path.display()),
            Self::Open { path, error } => write!(
                f,
                "cannot make {}: {}; {}",
                path.display(),
                words(error),
                next_step(error, "choose a folder that you may write to")
            ),
            Self::NextFile { error, kept, lost } => {
                write!(f, "{error}; packets lost: {lost}, packets whole in the files before: {kept}")
            }
            Self::Terminal => f.write_str(
                "will not write a capture to a terminal; give it a pipe, as in '-w - | wireshark -k -i -', or a file name",
            ),
            Self::LinkType { name, holds, other } => write!(
                f,
                "{name} holds {holds} frames, and pcap knows one link type per file: this one is {other}; \
                 give the file a name in .pcapng"
            ),
            Self::NoInterface { name, interface, link } => write!(
                f,
                "{name} has no interface {interface} of link type {link}; describe it before its frames"
            ),
            Self::Time { name, time } => write!(
                f,
                "{name} cannot keep the time {}: pcap knows 1970 to 2106, pcapng 1970 to 2262",
                time.to_utc().format("%Y-%m-%d %H:%M:%S")
            ),
            Self::Unfit { name, why } => write!(f, "{name} cannot keep this: {why}; nothing of it was written"),
            Self::Gone { name, packets } => write!(
                f,
                "{name} was removed or replaced while it was written, so what was recorded is lost with it: {packets} {}; \
                 record again, and leave the file where it is",
                if *packets == 1 { "packet" } else { "packets" }
            ),
            Self::Failed {
                name,
                kind,
                why,
                kept,
                lost,
            } => {
                write!(f, "writing {name} failed: {why}; ")?;
                match (kept, lost) {
                    (0, 0) => f.write_str("nothing was recorded")?,
                    _ => write!(f, "packets lost: {lost}, packets whole in it: {kept}")?,
                }
                f.write_str(match kind {
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "; make room and capture again",
                    io::ErrorKind::FileTooLarge => "; choose another disk, or lift the limit with 'ulimit -f unlimited'",
                    io::ErrorKind::BrokenPipe => "; the program that read the pipe has ended",
                    _ => "",
                })
            }
        }
    }
}
