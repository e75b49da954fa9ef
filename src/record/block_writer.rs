//! The last step of a recording: a buffer that knows where packets end.
//!
//! `std::io::BufWriter` would write as well, but after a failure it would be unknown which packets are in the file, and half of
//! one would stand at its end.

use std::io::{self, ErrorKind, Write};

use super::destination::{Destination, Output};
use super::packing::Packing;
use super::read_error::words;
use super::write_error::WriteError;

/// From this many bytes on, the buffer is written out.
const FULL: usize = 256 * 1024;

/// Collects blocks (or the packets of a pcap file) and writes them out, many at once.
///
/// A file whose name asks for that is packed: each time as a piece that is whole by itself, so that the file is whole, too.
pub(super) struct BlockWriter {
    destination: Destination,
    packing: Option<Packing>,
    buffer: Vec<u8>,
    /// Where the blocks in the buffer end.
    ends: Vec<BlockEnd>,
    /// The bytes of all buffers that are out, …
    out: u64,
    /// … and how many they are in the file.
    in_file: u64,
    /// Packets wholly out, and packets that cannot get out.
    kept: u64,
    lost: u64,
    failure: Option<(ErrorKind, String)>,
}

#[derive(Clone, Copy)]
struct BlockEnd {
    at: usize,
    of_packet: bool,
}

impl Write for BlockWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    /// Does nothing: only [`BlockWriter::write_out`] ends at the end of a block.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl BlockWriter {
    pub(super) fn new(destination: Destination) -> Self {
        Self {
            packing: Packing::of_path(destination.path()),
            destination,
            buffer: Vec::with_capacity(FULL + FULL / 4),
            ends: Vec::new(),
            out: 0,
            in_file: 0,
            kept: 0,
            lost: 0,
            failure: None,
        }
    }

    pub(super) fn name(&self) -> String {
        self.destination.name.clone()
    }

    /// As [`Destination::is_gone`].
    pub(super) fn is_gone(&self) -> bool {
        self.destination.is_gone()
    }

    /// Packets handed over so far, and not refused.
    pub(super) fn packets(&self) -> u64 {
        self.kept + self.ends.iter().filter(|end| end.of_packet).count() as u64
    }

    /// Bytes handed over so far, before they are packed.
    pub(super) fn bytes(&self) -> u64 {
        self.out + self.buffer.len() as u64
    }

    /// The length of the file so far, in bytes.
    pub(super) const fn in_file(&self) -> u64 {
        self.in_file
    }

    /// Forgets a block that was not finished.
    pub(super) fn drop_unfinished(&mut self) {
        let end = self.ends.last().map_or(0, |end| end.at);
        self.buffer.truncate(end);
    }

    /// The block is complete. Writes the buffer out when there is enough in it.
    #[inline]
    pub(super) fn end_block(&mut self, of_packet: bool) -> Result<(), WriteError> {
        let at = self.buffer.len();
        self.ends.push(BlockEnd { at, of_packet });
        if at >= FULL || self.failure.is_some() {
            return self.write_out();
        }
        Ok(())
    }

    /// Writes out all that is complete.
    pub(super) fn write_out(&mut self) -> Result<(), WriteError> {
        self.drop_unfinished();
        if let (None, Some(packing)) = (&self.failure, self.packing) {
            self.write_packed(packing)?;
        } else if self.failure.is_none() {
            let mut done = 0;
            let (mut ends, mut through) = (self.ends.iter(), self.kept);
            while let Some(rest @ [_, ..]) = self.buffer.get(done..) {
                match self.destination.write_piece(rest) {
                    Ok(0) => return Err(self.fail(done, &ErrorKind::WriteZero.into())),
                    Ok(count) => done += count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                    Err(error) => return Err(self.fail(done, &error)),
                }
                while let Some(end) = ends.as_slice().first().filter(|end| end.at <= done) {
                    through += u64::from(end.of_packet);
                    ends.next();
                }
                self.destination.count(through);
            }
            if let Err(error) = self.destination.output.as_writer().flush() {
                return Err(self.fail(0, &error));
            }
            self.kept = through;
            self.out += done as u64;
            self.in_file = self.out;
        } else {
            self.lost += self.ends.iter().filter(|end| end.of_packet).count() as u64;
        }
        self.buffer.clear();
        self.ends.clear();
        self.failure.as_ref().map_or(Ok(()), |failure| Err(self.error(failure)))
    }

    /// Writes out all that is complete as one packed piece. A piece that is not whole is of no use.
    fn write_packed(&mut self, packing: Packing) -> Result<(), WriteError> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let packed = packing.pack(&self.buffer).map_err(|error| self.fail(0, &error))?;
        let mut rest = packed.as_slice();
        while !rest.is_empty() {
            match self.destination.write_piece(rest) {
                Ok(0) => return Err(self.fail(0, &ErrorKind::WriteZero.into())),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(self.fail(0, &error)),
            }
        }
        if let Err(error) = self.destination.output.as_writer().flush() {
            return Err(self.fail(0, &error));
        }
        self.kept += self.ends.iter().filter(|end| end.of_packet).count() as u64;
        self.destination.count(self.kept);
        self.out += self.buffer.len() as u64;
        self.in_file += packed.len() as u64;
        Ok(())
    }

    /// Of the buffer, only `done` bytes went out. Counts, and cuts the file back to its last whole block.
    fn fail(&mut self, done: usize, error: &io::Error) -> WriteError {
        let whole = self.ends.iter().rfind(|end| end.at <= done).map_or(0, |end| end.at);
        for end in self.ends.drain(..).filter(|end| end.of_packet) {
            if end.at <= whole {
                self.kept += 1;
            } else {
                self.lost += 1;
            }
        }
        self.out += whole as u64;
        self.in_file += whole as u64;
        self.buffer.clear();
        if let Output::File(file) = &self.destination.output {
            // When even that fails, a reader still finds all whole packets before the half one.
            let _ = file.set_len(self.in_file);
        }
        let failure = (error.kind(), words(error));
        let error = self.error(&failure);
        self.failure = Some(failure);
        error
    }

    fn error(&self, (kind, why): &(ErrorKind, String)) -> WriteError {
        WriteError::Failed {
            name: self.name(),
            kind: *kind,
            why: why.clone(),
            kept: self.kept,
            lost: self.lost,
        }
    }
}

impl Drop for BlockWriter {
    /// What a program that ends early has recorded is in its file; an error can no longer be reported.
    fn drop(&mut self) {
        let _ = self.write_out();
    }
}
