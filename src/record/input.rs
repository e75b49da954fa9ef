//! The bytes of a file or pipe, in pieces of the wished length, through one buffer.

use std::io::{self, ErrorKind, Read};

use super::read_error::ReadProblem;

/// The buffer's first size, and so the usual length of a read(2), in bytes.
const BUFFER: usize = 256 * 1024;

/// A source of bytes that lets one look before taking. The buffer grows with what arrives, never with what a file claims.
pub(super) struct Input {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where in `buffer` the bytes that have not been taken start and end.
    start: usize,
    end: usize,
    /// How many bytes have been taken.
    offset: u64,
    ended: bool,
    /// Did it end because what is packed is cut?
    is_cut: bool,
}

impl Input {
    pub(super) fn new(source: Box<dyn Read + Send>) -> Self {
        Self {
            source,
            buffer: vec![0; BUFFER],
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            is_cut: false,
        }
    }

    /// How many bytes have been taken: the position in the file of what [`Self::peek`] shows.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// Has the input ended because what is packed is cut?
    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Shows the next bytes, as many as wished; fewer only at the end. Waits for them if need be, but for no more than these:
    /// a pipe may be live.
    #[inline]
    pub(super) fn peek(&mut self, wished: usize) -> io::Result<&[u8]> {
        if self.end - self.start < wished {
            self.fill(wished)?;
        }
        let end = self.end.min(self.start.saturating_add(wished));
        Ok(self.buffer.get(self.start..end).unwrap_or_default())
    }

    /// Takes this many of the bytes that [`Self::peek`] has shown. They stay where they are until the next `peek`, and can be
    /// had until then with [`Self::taken`].
    #[inline]
    pub(super) fn take(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Of the bytes that were taken last: `length` of them, from `before_end` bytes before their end.
    #[inline]
    pub(super) fn taken(&self, before_end: usize, length: usize) -> &[u8] {
        let start = self.start.saturating_sub(before_end);
        self.buffer.get(start..start.saturating_add(length)).unwrap_or_default()
    }

    /// Takes this many bytes unseen, without room for them all at once. Says how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut left = count;
        while left > 0 {
            let step = usize::try_from(left).unwrap_or(BUFFER).min(BUFFER);
            let there = self.peek(step)?.len();
            if there == 0 {
                break;
            }
            self.take(there);
            left -= there as u64;
        }
        Ok(count - left)
    }

    /// The finding that the input ends within the part that starts here.
    #[cold]
    pub(super) const fn cut(&self, part: &'static str, there: usize, whole: usize) -> ReadProblem {
        ReadProblem::Cut {
            part,
            at: self.offset,
            there: there as u64,
            whole: whole as u64,
        }
    }

    /// Gives back what is left as a reader of its own, from the byte at which this one is.
    pub(super) fn into_rest(self) -> Box<dyn Read + Send> {
        let shown = self.buffer.get(self.start..self.end).unwrap_or_default().to_vec();
        Box::new(io::Cursor::new(shown).chain(self.source))
    }

    #[cold]
    fn fill(&mut self, wished: usize) -> io::Result<()> {
        if self.start.saturating_add(wished) > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        while self.end - self.start < wished && !self.ended {
            if self.end == self.buffer.len() {
                self.buffer.resize(self.buffer.len().saturating_mul(2), 0);
            }
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            match self.source.read(room) {
                Ok(0) => self.ended = true,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // So says the unpacker of a packed file that was cut.
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                    self.ended = true;
                    self.is_cut = true;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use proptest::prelude::*;

    use super::{BUFFER, Input};

    /// Gives its bytes in pieces of this length.
    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(room.len());
            room[..count].copy_from_slice(&self.0[..count]);
            self.0.drain(..count);
            Ok(count)
        }
    }

    #[test]
    fn a_wish_does_not_read_ahead_of_a_pipe() {
        let mut input = Input::new(Box::new(Drip(vec![7; 100], 10)));
        assert_eq!(input.peek(5).unwrap().len(), 5);
        assert_eq!(input.end, 10);
    }

    #[test]
    fn a_huge_wish_takes_no_more_room_than_there_are_bytes() {
        let mut input = Input::new(Box::new(io::repeat(1).take(1_000_000)));
        assert_eq!(input.peek(usize::MAX).unwrap().len(), 1_000_000);
        assert!(input.buffer.len() <= 2 * 1_000_000 + BUFFER);
    }

    #[test]
    fn more_than_the_buffer_can_be_skipped() {
        let mut input = Input::new(Box::new(io::repeat(1).take(3_000_000)));
        assert_eq!(input.skip(2_999_999).unwrap(), 2_999_999);
        assert_eq!(input.offset(), 2_999_999);
        assert_eq!(input.skip(5).unwrap(), 1);
        assert_eq!(input.buffer.len(), BUFFER);
    }

    proptest! {
        #[test]
        fn the_bytes_come_whole_and_in_order(
            length in 0_usize..700_000, drip in 1_usize..300_000, wishes in proptest::collection::vec(0_usize..200_000, 0..12)
        ) {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            let mut input = Input::new(Box::new(Drip(bytes.clone(), drip)));
            let mut at = 0;
            for wish in wishes {
                let expected = &bytes[at..length.min(at + wish)];
                prop_assert!(input.peek(wish).unwrap() == expected);
                input.take(wish);
                prop_assert!(input.taken(expected.len(), expected.len()) == expected);
                at += expected.len();
                prop_assert_eq!(input.offset(), at as u64);
            }
            let mut rest = Vec::new();
            input.into_rest().read_to_end(&mut rest).unwrap();
            prop_assert!(rest == bytes[at..]);
        }
    }
}
