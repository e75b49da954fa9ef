//! A frame of lz4, unpacked. <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>

use std::io::{self, Chain, Cursor, ErrorKind, Read};

use lz4_flex::frame::{Error, FrameDecoder};

use super::packed_frames::{PackedSource, UnpackFrame};

/// 0x184D2204, the lowest byte first.
pub(super) const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// Unpacks one frame. The format bounds the blocks to 4 MiB; nothing further back is kept than 64 KiB.
pub(super) struct Frame(FrameDecoder<Chain<Cursor<[u8; 4]>, PackedSource>>);

impl UnpackFrame for Frame {
    fn knows(magic: [u8; 4]) -> bool {
        magic == MAGIC
    }

    fn begin(magic: [u8; 4], source: PackedSource) -> Self {
        Self(FrameDecoder::new(Cursor::new(magic).chain(source)))
    }

    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(room).map_err(in_words)?;
        // The decoder calls a frame ended that is cut between two blocks; after the end mark it asks for no more bytes.
        if count == 0 && self.0.get_ref().get_ref().1.has_ended() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(count)
    }

    fn into_source(self) -> PackedSource {
        self.0.into_inner().into_inner().1
    }
}

/// The decoder's errors are names; this is what they mean.
fn in_words(error: io::Error) -> io::Error {
    let Some(known) = error.get_ref().and_then(|inner| inner.downcast_ref()) else {
        return error;
    };
    let why = match known {
        Error::DictionaryNotSupported => {
            let why = "it was packed with a dictionary; unpack it with 'lz4 -d -D DICTIONARY'";
            return io::Error::new(ErrorKind::Unsupported, why);
        }
        Error::HeaderChecksumError => "the checksum of its header is another one",
        Error::BlockChecksumError | Error::ContentChecksumError => "the checksum of the data is another one",
        Error::ContentLengthError { .. } => "the data have another length than its header says",
        Error::BlockTooBig => "a block is longer than its header allows",
        Error::DecompressionError(_) => "a block cannot be unpacked",
        _ => "its header is not one of this format",
    };
    io::Error::new(ErrorKind::InvalidData, why)
}
