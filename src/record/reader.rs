//! Reading a capture file, whatever its format.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::facts::{Facts, Format};
use super::input::Input;
use super::pcap::reader::PcapReader;
use super::pcapng::reader::PcapNgReader;
use super::read_error::{ReadError, ReadProblem};
use crate::frame::{Direction, Frame, Time};
use crate::wire::LinkType;

/// RFC 1952, section 2.3.1: ID1, ID2.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The longest frame that is taken as meant, in bytes: libpcap's limits (`max_snaplen_for_dlt`). What claims more is corrupt.
pub(super) const fn longest_frame(link: LinkType) -> u32 {
    match link.0 {
        // D-Bus messages and USB transfers.
        231 | 249 => 128 * 1024 * 1024,
        // Exablaze's, with its own trailer of events.
        279 => 8 * 1024 * 1024,
        _ => super::LONGEST_SNAPLEN,
    }
}

/// A frame that has been found: all of it but the bytes, which are still in the input's buffer.
pub(super) struct Found {
    pub(super) time: Option<Time>,
    pub(super) link: LinkType,
    pub(super) interface: u32,
    pub(super) direction: Option<Direction>,
    pub(super) original_length: u32,
    pub(super) comments: Vec<String>,
    /// The captured bytes: so many before the end of what was taken last, …
    pub(super) before_end: usize,
    /// … and so many.
    pub(super) length: usize,
}

enum Form {
    Pcap(PcapReader),
    PcapNg(PcapNgReader),
}

/// Reads a capture file or pipe frame by frame, in bounded memory.
///
/// It reads pcap of both byte orders, in microseconds and nanoseconds, with the packet headers of old Linux patches, and
/// pcapng; either may be packed by gzip. Which of these it is, the first bytes tell.
pub struct Reader {
    name: String,
    input: Input,
    form: Form,
    facts: Facts,
    packets: u64,
    ended: bool,
}

impl Reader {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be opened or read, or is no capture file: see [`ReadProblem`].
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        if path.as_os_str() == "-" {
            return Self::new(io::stdin(), "standard input");
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::new(file, &name),
            Err(error) => Err(ReadError {
                name,
                packets: 0,
                problem: ReadProblem::Open(error),
            }),
        }
    }

    /// Reads from `source` and calls it `name` in errors. Reads no more than the file's header yet.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn new(source: impl Read + Send + 'static, name: &str) -> Result<Self, ReadError> {
        recognise(Box::new(source))
            .map(|(input, form, facts)| Self {
                name: name.to_owned(),
                input,
                form,
                facts,
                packets: 0,
                ended: false,
            })
            .map_err(|problem| ReadError {
                name: name.to_owned(),
                packets: 0,
                problem,
            })
    }

    /// What the file says about itself, as far as it has been read.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How many frames have been read.
    #[must_use]
    pub const fn packets(&self) -> u64 {
        self.packets
    }

    /// The byte after the last frame, counted from the start of the (unpacked) file.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.input.offset()
    }

    /// The next frame; `None` at the end, and ever after. The frame borrows the reader's buffer.
    ///
    /// # Errors
    /// The file cannot be read further, is cut, or is corrupt. An error comes once; after it there is no frame any more.
    #[expect(
        clippy::should_implement_trait,
        reason = "std's Iterator cannot lend: its items may not borrow the iterator's buffer"
    )]
    pub fn next(&mut self) -> Result<Option<Frame<'_>>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        let found = match &mut self.form {
            Form::Pcap(reader) => reader.find(&mut self.input),
            Form::PcapNg(reader) => reader.find(&mut self.input, &mut self.facts),
        };
        match found {
            Ok(Some(found)) => {
                self.packets += 1;
                Ok(Some(Frame {
                    time: found.time,
                    link: found.link,
                    interface: found.interface,
                    direction: found.direction,
                    original_length: found.original_length,
                    bytes: Cow::Borrowed(self.input.taken(found.before_end, found.length)),
                    comments: found.comments,
                }))
            }
            Ok(None) => {
                self.ended = true;
                Ok(None)
            }
            Err(problem) => {
                self.ended = true;
                Err(ReadError {
                    name: self.name.clone(),
                    packets: self.packets,
                    problem,
                })
            }
        }
    }
}

/// Tells the format by the first bytes and reads the file's header.
fn recognise(source: Box<dyn Read + Send>) -> Result<(Input, Form, Facts), ReadProblem> {
    let mut input = Input::new(source);
    let gzip = input.peek(GZIP.len()).map_err(ReadProblem::Read)? == GZIP;
    if gzip {
        input = Input::new(Box::new(MultiGzDecoder::new(input.into_rest())));
    }
    let start = input.peek(4).map_err(ReadProblem::Read)?;
    let Some(&magic) = start.first_chunk() else {
        return Err(match start {
            [] if gzip => ReadProblem::Cut {
                part: "gzip header",
                at: 0,
                there: 0,
                whole: 4,
            },
            [] => ReadProblem::Empty,
            other => ReadProblem::NotACapture(other.to_vec()),
        });
    };
    let mut facts = Facts {
        format: Format::Pcap,
        gzip,
        sections: Vec::new(),
        interfaces: Vec::new(),
    };
    let form = if PcapNgReader::recognises(magic) {
        facts.format = Format::PcapNg;
        Form::PcapNg(PcapNgReader::new(&mut input, &mut facts)?)
    } else if let Some(kind) = PcapReader::recognise(magic) {
        Form::Pcap(PcapReader::new(kind, &mut input, &mut facts)?)
    } else {
        return Err(ReadProblem::NotACapture(magic.to_vec()));
    };
    Ok((input, form, facts))
}
