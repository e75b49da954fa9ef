//! Reading a capture file, whatever its format.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::file_info::{FileInfo, Format};
use super::input::Input;
use super::packing::Packing;
use super::pcap::reader::PcapReader;
use super::pcapng::reader::PcapNgReader;
use super::read_error::{ReadError, ReadProblem};
use super::unpacking;
use crate::frame::Frame;

enum FormatReader {
    Pcap(PcapReader),
    PcapNg(PcapNgReader),
}

/// Reads a capture file or pipe frame by frame, in bounded memory.
///
/// It reads pcap of both byte orders, in microseconds and nanoseconds, with the packet headers of old Linux patches, and
/// pcapng; either may be packed by gzip, zstd or lz4. Which of these it is, the first bytes tell.
pub struct Reader {
    name: String,
    input: Input,
    by_format: FormatReader,
    file_info: FileInfo,
    packets: u64,
    ended: bool,
    taken_in: Arc<AtomicU64>,
    /// Does something that is not packed lie behind what is?
    has_rest: Arc<AtomicBool>,
}

/// Counts the bytes that pass.
struct CountingReader<R> {
    source: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for CountingReader<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(room)?;
        self.count.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

impl Reader {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// It cannot be opened or read, or is not a capture file: see [`ReadProblem`].
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
        let taken_in = Arc::new(AtomicU64::new(0));
        let source = CountingReader {
            source,
            count: Arc::clone(&taken_in),
        };
        let has_rest = Arc::new(AtomicBool::new(false));
        recognise(Box::new(source), &has_rest)
            .map(|(input, by_format, file_info)| Self {
                name: name.to_owned(),
                input,
                by_format,
                file_info,
                packets: 0,
                ended: false,
                taken_in,
                has_rest,
            })
            .map_err(|problem| ReadError {
                name: name.to_owned(),
                packets: 0,
                problem,
            })
    }

    /// What the file says about itself, as far as it has been read.
    #[must_use]
    pub const fn file_info(&self) -> &FileInfo {
        &self.file_info
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

    /// How many bytes of the file have been taken in, as they lie on the disk: of a packed one, packed. It runs ahead of
    /// the frames by what the buffers hold.
    #[must_use]
    pub fn taken_in(&self) -> u64 {
        self.taken_in.load(Ordering::Relaxed)
    }

    /// What to say of the file at its end, if anything.
    #[must_use]
    pub fn remark(&self) -> Option<String> {
        self.has_rest.load(Ordering::Relaxed).then(|| {
            format!(
                "{} has bytes behind its packed data that are not packed; they are left out",
                self.name
            )
        })
    }

    #[cold]
    fn error(&self, problem: ReadProblem) -> ReadError {
        ReadError {
            name: self.name.clone(),
            packets: self.packets,
            problem,
        }
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
        Ok(self.next_with_file_info()?.map(|(frame, _)| frame))
    }

    /// The same, with what the file says about itself up to this frame.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub fn next_with_file_info(&mut self) -> Result<Option<(Frame<'_>, &FileInfo)>, ReadError> {
        if self.ended {
            return Ok(None);
        }
        let found = match &mut self.by_format {
            FormatReader::Pcap(reader) => reader.find(&mut self.input),
            FormatReader::PcapNg(reader) => reader.find(&mut self.input, &mut self.file_info),
        };
        match found {
            Ok(Some(found)) => {
                self.packets += 1;
                let frame = Frame {
                    time: found.time,
                    link: found.link,
                    interface: found.interface,
                    direction: found.direction,
                    original_length: found.original_length,
                    bytes: Cow::Borrowed(self.input.taken(found.before_end, found.length)),
                    comments: found.comments,
                };
                Ok(Some((frame, &self.file_info)))
            }
            Ok(None) => {
                self.ended = true;
                match self.file_info.packing.filter(|_| self.input.is_cut()) {
                    Some(packing) => Err(self.error(ReadProblem::PackedCut(packing))),
                    None => Ok(None),
                }
            }
            Err(problem) => {
                self.ended = true;
                Err(self.error(unpacking::of(problem, self.file_info.packing)))
            }
        }
    }
}

/// Finds the format by the first bytes and reads the file's header.
fn recognise(
    source: Box<dyn Read + Send>,
    has_rest: &Arc<AtomicBool>,
) -> Result<(Input, FormatReader, FileInfo), ReadProblem> {
    let (mut input, packing) = unpacking::open(source, has_rest)?;
    let by_format = recognise_format(&mut input, packing);
    by_format
        .map(|(by_format, file_info)| (input, by_format, file_info))
        .map_err(|problem| unpacking::of(problem, packing))
}

/// Finds the format of what is unpacked.
fn recognise_format(input: &mut Input, packing: Option<Packing>) -> Result<(FormatReader, FileInfo), ReadProblem> {
    let start = input.peek(4).map_err(ReadProblem::Read)?;
    let Some(&magic) = start.first_chunk() else {
        return Err(match start {
            [] => match packing.filter(|_| input.is_cut()) {
                Some(packing) => ReadProblem::PackedCut(packing),
                None => ReadProblem::Empty,
            },
            other => ReadProblem::NotACapture(other.to_vec()),
        });
    };
    let mut file_info = FileInfo {
        format: Format::Pcap,
        packing,
        sections: Vec::new(),
        interfaces: Vec::new(),
    };
    let by_format = if PcapNgReader::recognises(magic) {
        file_info.format = Format::PcapNg;
        FormatReader::PcapNg(PcapNgReader::new(input, &mut file_info)?)
    } else if let Some(magic) = PcapReader::recognise(magic) {
        FormatReader::Pcap(PcapReader::new(magic, input, &mut file_info)?)
    } else {
        return Err(ReadProblem::NotACapture(magic.to_vec()));
    };
    Ok((by_format, file_info))
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Write};
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::Reader;
    use crate::frame::{Direction, Frame, Time};
    use crate::record::{Destination, Format, InterfaceDescription, InterfaceStatistics, Recorder, Section};
    use crate::wire::LinkType;

    /// Memory that a recording goes to.
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// A recording, and where each of its packets ends.
    fn record(format: Format, frames: &[Frame<'_>]) -> (Vec<u8>, Vec<usize>) {
        let memory = Shared::default();
        let to = Destination::stream(memory.clone(), "memory");
        let interface = InterfaceDescription::new(LinkType::ETHERNET);
        let section = Section::of_this_machine("test");
        let mut recorder = Recorder::new(to, format, &section, &[interface]).unwrap();
        let mut ends = Vec::new();
        for frame in frames {
            recorder.write(frame).unwrap();
            recorder.flush().unwrap();
            ends.push(memory.0.lock().unwrap().len());
        }
        let counted = InterfaceStatistics {
            received: Some(frames.len() as u64),
            ..InterfaceStatistics::default()
        };
        recorder.finish(&[counted]).unwrap();
        let bytes = memory.0.lock().unwrap().clone();
        (bytes, ends)
    }

    /// Reads all; the packets, and how often it failed.
    fn read(bytes: Vec<u8>) -> (Vec<Frame<'static>>, usize) {
        let Ok(mut reader) = Reader::new(Cursor::new(bytes), "it") else {
            return (Vec::new(), 1);
        };
        let (mut frames, mut failures) = (Vec::new(), 0);
        loop {
            match reader.next() {
                Ok(Some(frame)) => frames.push(frame.into_owned()),
                Ok(None) => return (frames, failures),
                Err(error) => {
                    assert!(!error.to_string().contains('\n'));
                    failures += 1;
                }
            }
        }
    }

    fn formats() -> impl Strategy<Value = Format> {
        prop_oneof![Just(Format::Pcap), Just(Format::PcapNg)]
    }

    prop_compose! {
        /// A frame that both formats can keep.
        fn frame()(
            seconds in 0..=i64::from(u32::MAX), nanoseconds in 0_i64..1_000_000_000, cut in 0_u32..3,
            bytes in proptest::collection::vec(any::<u8>(), 0..80)
        ) -> Frame<'static> {
            Frame {
                original_length: u32::try_from(bytes.len()).unwrap() + cut,
                ..Frame::new(Some(Time(seconds * 1_000_000_000 + nanoseconds)), LinkType::ETHERNET, bytes)
            }
        }
    }

    /// The first bytes of each kind of file.
    fn starts() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            Just(vec![]),
            Just(vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]),
            Just(vec![0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4]),
            Just(b"\n\r\r\n\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0".to_vec()),
            Just(vec![0x1f, 0x8b, 8, 0]),
            Just(vec![0x28, 0xb5, 0x2f, 0xfd, 0]),
            Just(vec![0x04, 0x22, 0x4d, 0x18, 0x60]),
        ]
    }

    #[test]
    fn what_was_taken_in_is_counted_as_it_lies_on_the_disk() {
        let (bytes, _) = record(Format::Pcap, &[]);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&bytes).unwrap();
        let packed = gzip.finish().unwrap();
        for file in [bytes, packed] {
            let length = file.len() as u64;
            let mut reader = Reader::new(Cursor::new(file), "it").unwrap();
            assert!(reader.next().unwrap().is_none());
            assert_eq!(reader.taken_in(), length);
        }
    }

    proptest! {
        #[test]
        fn what_is_recorded_is_read(
            frames in proptest::collection::vec(frame(), 0..6),
            comments in proptest::collection::vec("[^\0]{0,20}", 0..3)
        ) {
            prop_assert_eq!(read(record(Format::Pcap, &frames).0), (frames.clone(), 0));
            let commented: Vec<_> = frames
                .into_iter()
                .map(|frame| Frame { comments: comments.clone(), direction: Some(Direction::Outbound), ..frame })
                .collect();
            prop_assert_eq!(read(record(Format::PcapNg, &commented).0), (commented, 0));
        }

        #[test]
        fn any_prefix_gives_its_whole_packets(
            format in formats(), frames in proptest::collection::vec(frame(), 0..6), cut in any::<prop::sample::Index>()
        ) {
            let (bytes, ends) = record(format, &frames);
            let length = cut.index(bytes.len());
            let whole = ends.iter().filter(|&&end| end <= length).count();
            let (read, failures) = read(bytes[..length].to_vec());
            prop_assert_eq!(&read[..], &frames[..whole]);
            prop_assert!(failures <= 1);
        }

        #[test]
        fn no_bytes_make_it_panic_or_hang(start in starts(), rest in proptest::collection::vec(any::<u8>(), 0..400)) {
            read([start, rest].concat());
        }

        #[test]
        fn no_broken_file_makes_it_panic_or_hang(
            format in formats(), frames in proptest::collection::vec(frame(), 1..6),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5)
        ) {
            let (mut bytes, _) = record(format, &frames);
            for (at, value) in changes {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            read(bytes);
        }
    }
}
