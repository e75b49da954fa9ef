//! Bytes in the order of their sequence numbers. RFC 9293 section 3.4

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{Follow, Turn, TurnPart};
use crate::flow::{PacketInFlow, PacketKind, Party};

/// This many bytes that came too early wait for those before them, in each direction.
const WAITING: usize = 1 << 20;

/// Puts what both ends say in order.
#[derive(Debug)]
pub struct StreamAssembler {
    client: StreamBuffer,
    server: StreamBuffer,
    turns: Vec<Turn>,
    /// Bytes that may be kept.
    given: usize,
    /// Bytes of them that are free.
    room: usize,
    left_out: u64,
    /// Number and ends of the conversation.
    whose: Option<(u64, SocketAddr, SocketAddr)>,
    is_udp: bool,
}

mod before;

use self::before::Before;

/// One direction of a TCP connection.
#[derive(Debug, Default)]
struct StreamBuffer {
    /// Number of the next byte to be read; `None` before the first one is known.
    next: Option<i64>,
    /// Bytes that came too early: first and last number, and the bytes. Some of them may not have been captured.
    early: BTreeMap<i64, (i64, Vec<u8>)>,
    waiting: usize,
    /// The other end has all bytes before this one.
    acknowledged: Option<i64>,
    /// Number of the byte after the last one, when the FIN was seen.
    end: Option<i64>,
    /// What is numbered before the first byte that was read.
    before: Before,
}

impl StreamAssembler {
    /// Keeps at most this many bytes.
    #[must_use]
    pub const fn new(room: usize) -> Self {
        Self {
            client: StreamBuffer::new(),
            server: StreamBuffer::new(),
            turns: Vec::new(),
            given: room,
            room,
            left_out: 0,
            whose: None,
            is_udp: false,
        }
    }

    /// How many bytes are kept now.
    #[must_use]
    pub const fn kept(&self) -> usize {
        self.client.waiting + self.server.waiting + self.given - self.room
    }

    /// Takes the next packet of the conversation with its data, as far as they were captured.
    pub fn add(&mut self, in_flow: &PacketInFlow, data: &[u8]) {
        self.whose = Some((in_flow.conversation, in_flow.client, in_flow.server));
        self.is_udp |= in_flow.datagram().is_some();
        let sender = in_flow.sender;
        match &in_flow.kind {
            PacketKind::Datagram(datagram) => {
                let length = datagram.length;
                let data = data.get(..length).unwrap_or(data);
                self.turn(sender);
                self.say(sender, data, (length - data.len()) as u64);
            }
            PacketKind::Segment(segment) => {
                if let Some(number) = segment.acknowledgment {
                    self.acknowledge(sender.other(), number.relative);
                }
                let stream = self.stream(sender);
                // With the SYN captured, the first byte is number 1, wherever the first captured data are.
                if stream.next.is_none() && (segment.own_start.is_some() || segment.data.is_some()) {
                    let first = segment.data.map_or(1, |bytes| bytes.first);
                    let has_start = segment.own_start.is_some();
                    let first = if has_start { 1 } else { first };
                    stream.next = Some(first);
                    stream.before = Before::new(first, has_start);
                }
                if is_fin(segment.part) {
                    let length = segment.data.map_or(0, |bytes| bytes.last - bytes.first + 1);
                    stream.end = Some(segment.sequence.relative.saturating_add(length));
                }
                if let Some(bytes) = segment.data {
                    self.take(sender, bytes.first, bytes.last, data);
                }
            }
            PacketKind::Notice(_) => {}
        }
    }

    /// Everything that was said; what still waits for missing bytes comes after a word on them.
    #[must_use]
    pub fn finish(mut self) -> Option<Follow> {
        let (conversation, client, server) = self.whose?;
        for party in [Party::Client, Party::Server] {
            self.release(party, i64::MAX);
            let stream = self.stream(party);
            let end = stream.end.or(stream.acknowledged);
            match (stream.next, end) {
                (Some(next), Some(end)) if end > next => self.say(party, &[], end.abs_diff(next)),
                _ => {}
            }
        }
        let mut outside = 0;
        for party in [Party::Client, Party::Server] {
            let before = std::mem::take(&mut self.stream(party).before);
            outside += before.outside();
            self.put_in_front(party, before.pieces());
        }
        Some(Follow {
            conversation,
            transport: if self.is_udp { "UDP" } else { "TCP" },
            client,
            server,
            turns: self.turns,
            left_out: self.left_out,
            outside,
        })
    }

    /// Lets one end say this before all else that it said.
    fn put_in_front(&mut self, from: Party, mut pieces: Vec<TurnPart>) {
        if pieces.is_empty() {
            return;
        }
        match self.turns.iter_mut().find(|turn| turn.from == from) {
            Some(turn) => {
                let mut behind = std::mem::take(&mut turn.pieces).into_iter().peekable();
                // What follows on without a gap stays on its line.
                if let Some(TurnPart::Bytes(last)) = pieces.last_mut() {
                    if let Some(TurnPart::Bytes(next)) = behind.next_if(|piece| matches!(piece, TurnPart::Bytes(_))) {
                        last.extend(next);
                    }
                }
                pieces.extend(behind);
                turn.pieces = pieces;
            }
            None => self.turns.insert(0, Turn { from, pieces }),
        }
    }

    const fn stream(&mut self, party: Party) -> &mut StreamBuffer {
        match party {
            Party::Client => &mut self.client,
            Party::Server => &mut self.server,
        }
    }

    fn take(&mut self, from: Party, first: i64, last: i64, data: &[u8]) {
        let stream = self.stream(from);
        let room = WAITING.saturating_sub(stream.waiting);
        let (kept, without_room) = stream.before.take(first, last, data, room);
        stream.waiting += kept;
        self.left_out += without_room;
        let stream = self.stream(from);
        let next = stream.next.unwrap_or(first);
        if last < next {
            return;
        }
        if first > next {
            let known = stream.early.get(&first).is_some_and(|&(end, _)| end >= last);
            if stream.waiting.saturating_add(data.len()) <= WAITING && !known {
                stream.waiting += data.len();
                if let Some((_, old)) = stream.early.insert(first, (last, data.to_vec())) {
                    stream.waiting -= old.len();
                }
            } else if !known {
                self.left_out += data.len() as u64;
            }
            return;
        }
        self.deliver(from, first, last, data);
        self.release(from, 0);
    }

    /// Says what is new of the bytes from `first` to `last`, of which the beginning has been said.
    fn deliver(&mut self, from: Party, first: i64, last: i64, data: &[u8]) {
        let stream = self.stream(from);
        let next = stream.next.unwrap_or(first);
        let wanted = last.abs_diff(next) + 1;
        stream.next = Some(last.saturating_add(1));
        let said_before = usize::try_from(next.abs_diff(first)).unwrap_or(usize::MAX);
        let new = data.get(said_before..).unwrap_or_default();
        let new = usize::try_from(wanted)
            .ok()
            .and_then(|wanted| new.get(..wanted))
            .unwrap_or(new);
        self.say(from, new, wanted - new.len() as u64);
    }

    /// Adds the bytes that waited, if nothing is missing before them, or only bytes before `given_up`.
    fn release(&mut self, from: Party, given_up: i64) {
        loop {
            let stream = self.stream(from);
            let Some((&first, _)) = stream.early.first_key_value() else {
                return;
            };
            let next = stream.next.unwrap_or(first);
            if first > next && first > given_up {
                return;
            }
            let Some((first, (last, data))) = stream.early.pop_first() else {
                return;
            };
            stream.waiting -= data.len();
            if last < next {
                continue;
            }
            if first > next {
                stream.next = Some(first);
                self.say(from, &[], first.abs_diff(next));
            }
            self.deliver(from, first, last, &data);
        }
    }

    /// The other end has everything before this number: missing bytes there will not come any more.
    fn acknowledge(&mut self, of: Party, number: i64) {
        let stream = self.stream(of);
        stream.acknowledged = stream.acknowledged.max(Some(number));
        self.release(of, number.saturating_sub(1));
    }

    fn say(&mut self, from: Party, data: &[u8], missing: u64) {
        if self.turns.last().is_none_or(|turn| turn.from != from) {
            self.turn(from);
        }
        let kept = data.get(..self.room).unwrap_or(data);
        self.room -= kept.len();
        self.left_out += (data.len() - kept.len()) as u64;
        // Without room for another turn, the last one is still the other end's.
        let Some(turn) = self.turns.last_mut().filter(|turn| turn.from == from) else {
            return;
        };
        match turn.pieces.last_mut() {
            Some(TurnPart::Bytes(bytes)) => bytes.extend_from_slice(kept),
            _ if kept.is_empty() => {}
            _ => turn.pieces.push(TurnPart::Bytes(kept.to_vec())),
        }
        if missing > 0 && self.room > 0 {
            self.room = self.room.saturating_sub(size_of::<TurnPart>());
            turn.pieces.push(TurnPart::Missing(missing));
        }
    }
}

impl StreamAssembler {
    /// Another one speaks. That costs memory too, so it counts as some bytes.
    fn turn(&mut self, from: Party) {
        const COST: usize = 64;
        if self.room >= COST {
            self.room -= COST;
            self.turns.push(Turn {
                from,
                pieces: Vec::new(),
            });
        } else {
            self.room = 0;
        }
    }
}

impl StreamBuffer {
    const fn new() -> Self {
        Self {
            next: None,
            early: BTreeMap::new(),
            waiting: 0,
            acknowledged: None,
            end: None,
            before: Before::NONE,
        }
    }
}

const fn is_fin(part: crate::flow::segment::SegmentPart) -> bool {
    use crate::flow::segment::SegmentPart;
    matches!(part, SegmentPart::FirstFin | SegmentPart::SecondFin)
}
