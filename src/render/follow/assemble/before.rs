//! Bytes whose numbers come before the first one that was read.
//!
//! A capture that begins in the middle of a connection may have them: what was sent first came late, or was lost before the
//! capture began and sent again in it. With the SYN captured there is nothing before the first byte, so they are not part of
//! the stream then: an old segment of an earlier connection, or a forged one.

use std::collections::BTreeMap;

use crate::render::follow::TurnPart;

/// What came of one direction with such numbers.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// Number of the first byte that was read; `None` before that.
    first: Option<i64>,
    /// Is that the first one of the connection?
    has_start: bool,
    /// First byte to last byte and bytes, of which fewer may have been captured.
    parts: BTreeMap<i64, (i64, Vec<u8>)>,
    outside: u64,
}

impl Before {
    /// Nothing is known yet.
    pub(super) const NONE: Self = Self {
        first: None,
        has_start: false,
        parts: BTreeMap::new(),
        outside: 0,
    };

    /// For a stream of which the byte of this number is read first.
    pub(super) fn new(first: i64, has_start: bool) -> Self {
        Self {
            first: Some(first),
            has_start,
            ..Self::NONE
        }
    }

    /// Takes what lies before the stream of the bytes from `first` to `last`. Keeps `room` bytes at most; says how many it has
    /// kept, and how many it has not, because there was no room.
    pub(super) fn take(&mut self, first: i64, last: i64, data: &[u8], room: usize) -> (usize, u64) {
        let Some(start) = self.first.filter(|&start| first < start) else {
            return (0, 0);
        };
        let last = last.min(start - 1);
        let length = last.abs_diff(first).saturating_add(1);
        let data = usize::try_from(length)
            .ok()
            .and_then(|length| data.get(..length))
            .unwrap_or(data);
        if self.has_start {
            // A byte with the SYN's number only asks whether the other end is there. RFC 9293 section 3.8.4
            if length > 1 || first < start - 1 {
                self.outside += length;
            }
            return (0, 0);
        }
        let old = self.parts.get(&first).map(|(end, old)| (*end, old.len()));
        if old.is_some_and(|(end, length)| end >= last && length >= data.len()) {
            return (0, 0);
        }
        if data.len() > room {
            return (0, data.len() as u64);
        }
        self.parts.insert(first, (last, data.to_vec()));
        (data.len().saturating_sub(old.map_or(0, |(_, length)| length)), 0)
    }

    /// How many bytes are not part of the stream.
    pub(super) const fn outside(&self) -> u64 {
        self.outside
    }

    /// All of it in order, up to the first byte that was read, with a word on what is missing.
    pub(super) fn pieces(self) -> Vec<TurnPart> {
        let (Some(start), Some((&from, _))) = (self.first, self.parts.first_key_value()) else {
            return Vec::new();
        };
        let mut pieces = Vec::new();
        let mut next = from;
        for (first, (last, data)) in self.parts {
            if last < next {
                continue;
            }
            push_missing(&mut pieces, first, next);
            let said_before = usize::try_from(next.saturating_sub(first).max(0)).unwrap_or(usize::MAX);
            let new = data.get(said_before..).unwrap_or_default();
            match pieces.last_mut() {
                _ if new.is_empty() => {}
                Some(TurnPart::Bytes(bytes)) => bytes.extend_from_slice(new),
                _ => pieces.push(TurnPart::Bytes(new.to_vec())),
            }
            next = next.max(first).saturating_add_unsigned(new.len() as u64);
            push_missing(&mut pieces, last + 1, next);
            next = last + 1;
        }
        push_missing(&mut pieces, start, next);
        pieces
    }
}

/// Says what is missing from byte `next` to the one before `first`.
fn push_missing(pieces: &mut Vec<TurnPart>, first: i64, next: i64) {
    if first > next {
        pieces.push(TurnPart::Missing(first.abs_diff(next)));
    }
}
