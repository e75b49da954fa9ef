//! How a capture file is packed: which of three formats, and one piece after the other when it is written.

use std::fmt;
use std::io::{self, Read, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use flate2::Compression;
use flate2::write::GzEncoder;
use lz4_flex::frame::FrameEncoder;
use ruzstd::encoding::{CompressionLevel, compress};

use super::gzip;
use super::packed_frames::FrameSequence;
use super::{lz4, zstd};

/// How a capture file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// By gzip(1). RFC 1952
    Gzip,
    /// By zstd(1). RFC 8878
    Zstd,
    /// By lz4(1), as frames.
    Lz4,
}

impl Packing {
    /// The packing that the name asks for: by `.gz`, `.zst` or `.lz4` at its end, however written.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        let ending = path.extension()?;
        [(Self::Gzip, "gz"), (Self::Zstd, "zst"), (Self::Lz4, "lz4")]
            .into_iter()
            .find_map(|(packing, known)| ending.eq_ignore_ascii_case(known).then_some(packing))
    }

    /// The packing of a file that begins so.
    pub(super) fn of_start(start: &[u8]) -> Option<Self> {
        if start.starts_with(&gzip::MAGIC) {
            Some(Self::Gzip)
        } else if start == zstd::MAGIC {
            Some(Self::Zstd)
        } else if start == lz4::MAGIC {
            Some(Self::Lz4)
        } else {
            None
        }
    }

    /// Unpacks what comes from this source. `has_rest` is set when something lies behind what is packed.
    pub(super) fn unpacked(
        self,
        source: Box<dyn Read + Send>,
        has_rest: &Arc<AtomicBool>,
    ) -> io::Result<Box<dyn Read + Send>> {
        let has_rest = Arc::clone(has_rest);
        Ok(match self {
            Self::Gzip => Box::new(gzip::Unpacker::new(source, has_rest)),
            Self::Zstd => Box::new(FrameSequence::<zstd::Frame>::new(source, has_rest)?),
            Self::Lz4 => Box::new(FrameSequence::<lz4::Frame>::new(source, has_rest)?),
        })
    }

    /// Packs these bytes as a member or frame that is whole by itself. One after the other, they are a file of this format.
    ///
    /// # Errors
    /// The format does not take them; of memory, none is known.
    pub fn pack(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => {
                let mut packed = Vec::new();
                compress(bytes, &mut packed, CompressionLevel::Fastest);
                Ok(packed)
            }
            Self::Lz4 => {
                let mut encoder = FrameEncoder::new(Vec::new());
                encoder.write_all(bytes)?;
                encoder.finish().map_err(io::Error::other)
            }
        }
    }

    /// The program that says more about a file that cannot be unpacked.
    pub(super) const fn program(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
        }
    }
}

impl fmt::Display for Packing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.program())
    }
}
