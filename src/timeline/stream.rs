//! Which packet brought which bytes of a stream, and which bytes a call moved.

use std::collections::BTreeMap;

use super::{PacketRef, PartyCall};
use crate::calls::CallName;
use crate::flow::Party;

/// Bytes of a direction's stream, counted from 1, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteRange {
    pub(super) first: i64,
    pub(super) last: i64,
}

/// Which packet carried each byte of one direction for the first time.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// First byte to last byte and packet; the pieces do not overlap.
    pieces: BTreeMap<i64, (i64, usize)>,
}

impl Carried {
    /// What `sender` sent. `None` where the beginning of its stream was not captured, so that its bytes cannot be counted.
    pub(super) fn from(packets: &[PacketRef], sender: Party) -> Option<Self> {
        let mut carried = Self::default();
        let mut has_start = false;
        for (index, seen) in packets.iter().enumerate() {
            if seen.in_flow.sender != sender {
                continue;
            }
            let Some(segment) = seen.in_flow.segment() else {
                continue;
            };
            has_start |= segment.own_start.is_some();
            if let Some(bytes) = segment.data {
                carried.add(bytes.first, bytes.last, index);
            }
        }
        has_start.then_some(carried)
    }

    /// Adds what is new of the bytes from `first` to `last`.
    fn add(&mut self, first: i64, last: i64, packet: usize) {
        let mut next = first;
        let covers_start = self.pieces.range(..=first).next_back().map(|(_, &(end, _))| end);
        if let Some(end) = covers_start.filter(|&end| end >= first) {
            next = end + 1;
        }
        while next <= last {
            let known = self
                .pieces
                .range(next..=last)
                .next()
                .map(|(&start, &(end, _))| (start, end));
            let until = known.map_or(last, |(start, _)| start - 1);
            if next <= until {
                self.pieces.insert(next, (until, packet));
            }
            next = match known {
                Some((_, end)) => end + 1,
                None => last + 1,
            };
        }
    }

    /// The pieces that have any of these bytes: the packets that brought them.
    fn packets(&self, bytes: ByteRange) -> impl Iterator<Item = usize> {
        let before = self.pieces.range(..bytes.first).next_back();
        let before = before.filter(move |(_, (end, _))| *end >= bytes.first);
        let within = self.pieces.range(bytes.first..=bytes.last.max(bytes.first));
        before.into_iter().chain(within).map(|(_, &(_, packet))| packet)
    }

    /// The first packet with any of these bytes.
    pub(super) fn first(&self, bytes: ByteRange) -> Option<usize> {
        self.packets(bytes).min()
    }

    /// The packet with which all of these bytes have arrived, as far as the capture has them.
    pub(super) fn complete(&self, bytes: ByteRange) -> Option<usize> {
        self.packets(bytes).max()
    }
}

/// The bytes that each of these calls moved, where it moved any: `sent` says whether sending or receiving calls are asked for.
/// `calls` are indices, of the calls of one party, in their order.
pub(super) fn moved(party_call: &[PartyCall], calls: &[usize], sent: bool) -> Vec<(usize, ByteRange)> {
    let mut total: i64 = 0;
    let mut moved = Vec::new();
    for &index in calls {
        let Some(call) = party_call.get(index).map(|party_call| &party_call.call) else {
            continue;
        };
        let is_asked_for = match call.call {
            CallName::Send => sent,
            // A look without taking moves nothing.
            CallName::Recv => !sent && call.argument.as_deref() != Some("MSG_PEEK"),
            _ => false,
        };
        let count = call.bytes.and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(0);
        if is_asked_for && count > 0 {
            let last = total.saturating_add(count);
            moved.push((
                index,
                ByteRange {
                    first: total.saturating_add(1),
                    last,
                },
            ));
            total = last;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::{ByteRange, Carried};

    #[test]
    fn only_the_first_packet_with_a_byte_counts() {
        let mut carried = Carried::default();
        carried.add(1, 10, 0);
        carried.add(21, 30, 1);
        carried.add(5, 25, 2);
        carried.add(1, 30, 3);
        let first = |first, last| carried.first(ByteRange { first, last });
        let complete = |first, last| carried.complete(ByteRange { first, last });
        assert_eq!(first(1, 10), Some(0));
        assert_eq!(first(9, 12), Some(0));
        assert_eq!(first(11, 12), Some(2));
        assert_eq!(complete(1, 12), Some(2), "packet 2 filled the hole after packet 1");
        assert_eq!(complete(1, 30), Some(2));
        assert_eq!(complete(22, 30), Some(1));
        assert_eq!(first(31, 40), None);
    }
}
