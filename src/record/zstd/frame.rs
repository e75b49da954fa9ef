//! One frame: its header, its blocks, its checksum. RFC 8878 section 3.1.1

use std::hash::Hasher as _;
use std::io::{self, ErrorKind, Read};

use twox_hash::XxHash64;

use super::corrupt::{Corrupt, LARGEST_BLOCK};
use super::huffman::HuffmanTable;
use super::literals;
use super::sequences::Sequences;
use crate::record::packed_frames::{PackedSource, UnpackFrame};

/// RFC 8878, section 3.1.1: 0xFD2FB528, the lowest byte first.
pub(in crate::record) const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The largest window, in bytes, that is kept for a frame: the same as of zstd(1) without options.
const LARGEST_WINDOW: u64 = 128 * 1024 * 1024;

/// Unpacks one frame.
pub(in crate::record) struct Frame {
    source: PackedSource,
    header: Option<Header>,
    /// The last bytes of the frame, to which blocks refer. All from `given` on have not been read yet.
    window: Vec<u8>,
    given: usize,
    block: Vec<u8>,
    literals: Vec<u8>,
    huffman: Option<HuffmanTable>,
    sequences: Sequences,
    hash: XxHash64,
    ended: bool,
}

#[derive(Clone, Copy)]
struct Header {
    window: usize,
    has_checksum: bool,
}

impl UnpackFrame for Frame {
    fn knows(magic: [u8; 4]) -> bool {
        magic == MAGIC
    }

    fn begin(_: [u8; 4], source: PackedSource) -> Self {
        Self {
            source,
            header: None,
            window: Vec::new(),
            given: 0,
            block: Vec::new(),
            literals: Vec::new(),
            huffman: None,
            sequences: Sequences::new(),
            hash: XxHash64::with_seed(0),
            ended: false,
        }
    }

    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.given == self.window.len() && !self.ended {
            let header = match self.header {
                Some(header) => header,
                None => *self.header.insert(Header::read(&mut self.source)?),
            };
            self.unpack_block(header)?;
        }
        let fresh = self.window.get(self.given..).unwrap_or_default();
        let count = fresh.len().min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..count), fresh.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }

    fn into_source(self) -> PackedSource {
        self.source
    }
}

impl Frame {
    /// Unpacks the next block, and checks the checksum behind the last one.
    fn unpack_block(&mut self, header: Header) -> io::Result<()> {
        self.forget(header.window);
        let before = self.window.len();
        let block = u32::from_le_bytes(self.bytes::<3, 4>()?);
        let size = usize::try_from(block >> 3).unwrap_or(usize::MAX);
        if size > LARGEST_BLOCK {
            return Err(Corrupt("a block is longer than the format allows").into());
        }
        match block >> 1 & 3 {
            0 => {
                self.take(size)?;
                self.window.extend(&self.block);
            }
            1 => {
                let [byte] = self.bytes::<1, 1>()?;
                self.window.resize(before + size, byte);
            }
            2 => {
                self.take(size)?;
                let length = literals::unpack(&self.block, &mut self.huffman, &mut self.literals)?;
                let section = self.block.get(length..).unwrap_or_default();
                self.sequences.unpack(section, &self.literals, &mut self.window)?;
            }
            _ => return Err(Corrupt("a block is of a kind that is not defined").into()),
        }
        self.hash.write(self.window.get(before..).unwrap_or_default());
        if block & 1 == 1 {
            self.ended = true;
            if header.has_checksum {
                let sum = u32::from_le_bytes(self.bytes::<4, 4>()?);
                if u64::from(sum) != self.hash.finish() & u64::from(u32::MAX) {
                    return Err(Corrupt("the checksum of the data is another one").into());
                }
            }
        }
        Ok(())
    }

    /// Forgets what lies before the window, once that is as much as makes moving the window worthwhile.
    fn forget(&mut self, window: usize) {
        let spare = (window / 4).max(2 * LARGEST_BLOCK);
        let past = self.window.len().saturating_sub(window);
        if past >= spare {
            self.window.drain(..past);
            self.given = self.given.saturating_sub(past);
        }
    }

    /// Takes the next bytes of the source as the block.
    fn take(&mut self, size: usize) -> io::Result<()> {
        self.block.resize(size, 0);
        self.source.read_exact(&mut self.block)
    }

    fn bytes<const COUNT: usize, const ROOM: usize>(&mut self) -> io::Result<[u8; ROOM]> {
        little_endian::<COUNT, ROOM>(&mut self.source)
    }
}

/// The next `COUNT` bytes, with zeros behind them.
fn little_endian<const COUNT: usize, const ROOM: usize>(source: &mut PackedSource) -> io::Result<[u8; ROOM]> {
    let mut bytes = [0; ROOM];
    source.read_exact(bytes.get_mut(..COUNT).unwrap_or_default())?;
    Ok(bytes)
}

impl Header {
    /// Reads what follows the magic number. Section 3.1.1.1
    fn read(source: &mut PackedSource) -> io::Result<Self> {
        let [descriptor] = little_endian::<1, 1>(source)?;
        if descriptor & 8 != 0 {
            return Err(Corrupt("its header sets a bit that is reserved").into());
        }
        let is_single = descriptor & 0x20 != 0;
        let mut window = 0;
        if !is_single {
            let [byte] = little_endian::<1, 1>(source)?;
            let base = 1_u64 << (10 + (byte >> 3));
            window = base + base / 8 * u64::from(byte & 7);
        }
        let dictionary = match descriptor & 3 {
            0 => [0; 4],
            1 => little_endian::<1, 4>(source)?,
            2 => little_endian::<2, 4>(source)?,
            _ => little_endian::<4, 4>(source)?,
        };
        if dictionary != [0; 4] {
            return Err(io::Error::new(
                ErrorKind::Unsupported,
                "it was packed with a dictionary; unpack it with 'zstd -d -D DICTIONARY'",
            ));
        }
        let content = match descriptor >> 6 {
            0 if !is_single => [0; 8],
            0 => little_endian::<1, 8>(source)?,
            1 => little_endian::<2, 8>(source)?,
            2 => little_endian::<4, 8>(source)?,
            _ => little_endian::<8, 8>(source)?,
        };
        if is_single {
            // With two bytes, the field counts from 256.
            window = u64::from_le_bytes(content).saturating_add(if descriptor >> 6 == 1 { 256 } else { 0 });
        }
        match usize::try_from(window) {
            Ok(size) if window <= LARGEST_WINDOW => Ok(Self {
                window: size,
                has_checksum: descriptor & 4 != 0,
            }),
            _ => Err(io::Error::new(
                ErrorKind::Unsupported,
                "its window is over 128 MiB; unpack it with 'zstd -d --long=31'",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, ErrorKind, Read as _};
    use std::sync::Arc;

    use super::{Frame, LARGEST_BLOCK, MAGIC};
    use crate::record::packed_frames::FrameSequence;

    /// A frame of these blocks: kind, size and bytes of each; the window has 1 MiB.
    fn frame(blocks: &[(u32, usize, &[u8])]) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[0, 10 << 3]].concat();
        for (place, (kind, size, content)) in (1..).zip(blocks) {
            let header = u32::try_from(*size).unwrap() << 3 | kind << 1 | u32::from(place == blocks.len());
            bytes.extend(&header.to_le_bytes()[..3]);
            bytes.extend(*content);
        }
        bytes
    }

    fn unpacked(bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        let mut all = Vec::new();
        let mut sequence = FrameSequence::<Frame>::new(Box::new(Cursor::new(bytes)), Arc::default())?;
        sequence.read_to_end(&mut all).map(|_| all)
    }

    /// A hundred repetitions of up to 64 KiB each are 300 bytes: what they come to is not allocated.
    #[test]
    fn a_block_that_unpacks_to_more_than_a_block_is_refused() {
        let many = [&[0x00, 100, 0x54, 0, 0, 51][..], &[0xff; 188], &[1]].concat();
        let few = [0x00, 1, 0x54, 0, 0, 51, 0xff, 0xff];
        let bomb = frame(&[(0, 4, b"abcd"), (2, many.len(), &many)]);
        let error = unpacked(bomb).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "a block unpacks to more than a block may hold");
        let fits = unpacked(frame(&[(0, 4, b"abcd"), (2, few.len(), &few)])).unwrap();
        assert_eq!(fits.len(), 4 + 65_538);
        assert!(fits.ends_with(b"abcdabcdab"));
    }

    #[test]
    fn of_a_long_frame_only_the_window_is_kept() {
        let blocks = vec![(1, LARGEST_BLOCK, &b"x"[..]); 800];
        let mut sequence = FrameSequence::<Frame>::new(Box::new(Cursor::new(frame(&blocks))), Arc::default()).unwrap();
        let (mut room, mut all, mut most) = (vec![0; 50_000], 0, 0);
        loop {
            match sequence.read(&mut room).unwrap() {
                0 => break,
                count => all += count,
            }
            most = most.max(sequence.frame().map_or(0, |frame| frame.window.capacity()));
        }
        assert_eq!(all, 800 * LARGEST_BLOCK);
        assert!(most < 4 << 20, "{most} bytes for a window of 1 MiB");
    }

    #[test]
    fn a_repetition_before_the_data_is_refused() {
        let block = [0x00, 1, 0x54, 0, 5, 0, 0x20];
        let error = unpacked(frame(&[(0, 4, b"abcd"), (2, block.len(), &block)])).unwrap_err();
        assert_eq!(error.to_string(), "a repetition begins before the data");
    }
}
