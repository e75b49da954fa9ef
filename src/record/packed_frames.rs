//! A file that zstd or lz4 packed: one frame after the other, frames that are to be skipped, and what may lie behind the last.
//!
//! RFC 8878 section 3; both formats have the same skippable frames.

use std::io::{self, BufReader, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What unpacks one frame.
pub(super) trait UnpackFrame {
    /// Does a frame begin with these bytes?
    fn knows(magic: [u8; 4]) -> bool;
    /// Begins with a frame whose first bytes were taken from the source.
    fn begin(magic: [u8; 4], source: PackedSource) -> Self;
    /// Unpacks some bytes; 0: the frame has ended.
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize>;
    /// Gives back the source, behind the frame.
    fn into_source(self) -> PackedSource;
}

/// Unpacks frame after frame.
pub(super) struct FrameSequence<F> {
    frame: Option<F>,
    has_rest: Arc<AtomicBool>,
}

impl<F: UnpackFrame> FrameSequence<F> {
    /// Unpacks what comes from this source, which begins with a frame. `has_rest` is set when something lies behind the last
    /// frame that is not packed.
    pub(super) fn new(source: Box<dyn Read + Send>, has_rest: Arc<AtomicBool>) -> io::Result<Self> {
        let mut sequence = Self { frame: None, has_rest };
        sequence.go_on(PackedSource {
            source: BufReader::new(source),
            has_ended: false,
        })?;
        Ok(sequence)
    }

    /// The frame under way.
    #[cfg(test)]
    pub(super) const fn frame(&self) -> Option<&F> {
        self.frame.as_ref()
    }

    /// Begins with the next frame, if another one follows.
    fn go_on(&mut self, mut source: PackedSource) -> io::Result<()> {
        loop {
            let mut magic = [0; 4];
            let there = source.read_up_to(&mut magic)?;
            if there == magic.len() && is_skippable(magic) {
                let mut length = [0; 4];
                source.read_exact(&mut length)?;
                source.skip(u32::from_le_bytes(length).into())?;
            } else if there == magic.len() && F::knows(magic) {
                self.frame = Some(F::begin(magic, source));
                return Ok(());
            } else {
                self.has_rest.store(there > 0, Ordering::Relaxed);
                return Ok(());
            }
        }
    }
}

impl<F: UnpackFrame> Read for FrameSequence<F> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        while let Some(frame) = &mut self.frame {
            let count = frame.read(room)?;
            if count > 0 {
                return Ok(count);
            }
            if let Some(frame) = self.frame.take() {
                self.go_on(frame.into_source())?;
            }
        }
        Ok(0)
    }
}

/// Does a frame begin so that holds nothing of what was packed? RFC 8878 section 3.1.2
pub(super) const fn is_skippable([first, rest @ ..]: [u8; 4]) -> bool {
    first & 0xf0 == 0x50 && matches!(rest, [0x2a, 0x4d, 0x18])
}

/// The packed bytes.
pub(super) struct PackedSource {
    source: BufReader<Box<dyn Read + Send>>,
    /// Was it asked for more than there is?
    has_ended: bool,
}

impl PackedSource {
    /// Was it asked for more than there is?
    pub(super) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// As many bytes as there are; fewer than wished only at the end.
    fn read_up_to(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        while let Some(rest @ [_, ..]) = room.get_mut(count..) {
            match self.source.read(rest) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(count)
    }

    fn skip(&mut self, length: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.by_ref().take(length), &mut io::sink())?;
        if skipped < length {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl Read for PackedSource {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(room)?;
        self.has_ended |= count == 0 && !room.is_empty();
        Ok(count)
    }
}
