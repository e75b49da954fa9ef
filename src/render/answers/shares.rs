//! Data of several connections at the same time: how many bytes of each were acknowledged, and by when.

use std::net::SocketAddr;

use crate::flow::{PacketInFlow, Party};
use crate::frame::Time;

/// This many streams of data are followed at once: of more, the one whose last ACK is the oldest is left.
const FOLLOWED: usize = 8;

/// The streams of data that were acknowledged last.
#[derive(Debug, Clone, Default)]
pub(super) struct Shares {
    streams: Vec<Stream>,
}

/// The acknowledged data of one direction of a connection.
#[derive(Debug, Clone)]
struct Stream {
    conversation: u64,
    sender: Party,
    client: SocketAddr,
    server: SocketAddr,
    bytes: u64,
    first: Moment,
    last: Moment,
}

/// An ACK of new bytes, and what was acknowledged of each stream, up to it.
#[derive(Debug, Clone, Copy)]
struct Moment {
    packet: u64,
    time: Option<Time>,
    bytes: [u64; FOLLOWED],
}

/// Two streams that were acknowledged at the same time.
#[derive(Debug, Clone)]
pub(super) struct Together {
    /// Packet and time after which both are counted.
    pub(super) from: (u64, Option<Time>),
    /// Packet and time with which that ends.
    pub(super) to: (u64, Option<Time>),
    pub(super) sender: Party,
    /// The two, in the order in which they were first seen.
    pub(super) parts: [Part; 2],
}

/// What one of them got.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) conversation: u64,
    pub(super) client: SocketAddr,
    pub(super) bytes: u64,
}

impl Shares {
    /// Takes the next packet of a TCP conversation.
    pub(super) fn take(&mut self, number: u64, time: Option<Time>, in_flow: &PacketInFlow) {
        let newly = in_flow.segment().and_then(|segment| segment.acknowledges.bytes);
        let Some(newly) = newly else { return };
        let sender = in_flow.sender.other();
        let known = self
            .streams
            .iter()
            .position(|stream| stream.conversation == in_flow.conversation && stream.sender == sender);
        let place = known.unwrap_or_else(|| self.place());
        let mut moment = Moment {
            packet: number,
            time,
            bytes: [0; FOLLOWED],
        };
        if known.is_none() {
            let stream = Stream {
                conversation: in_flow.conversation,
                sender,
                client: in_flow.client,
                server: in_flow.server,
                bytes: 0,
                first: moment,
                last: moment,
            };
            match self.streams.get_mut(place) {
                Some(old) => *old = stream,
                None => self.streams.push(stream),
            }
        }
        if let Some(stream) = self.streams.get_mut(place) {
            stream.bytes = stream.bytes.saturating_add(newly.count());
        }
        for (bytes, stream) in moment.bytes.iter_mut().zip(&self.streams) {
            *bytes = stream.bytes;
        }
        if let Some(stream) = self.streams.get_mut(place) {
            stream.last = moment;
            if known.is_none() {
                stream.first = moment;
            }
        }
    }

    /// Where a new stream goes: behind the others, or in the place of the one that is silent for longest.
    fn place(&self) -> usize {
        let count = self.streams.len();
        if count < FOLLOWED {
            return count;
        }
        let oldest = self.streams.iter().enumerate();
        oldest
            .min_by_key(|(_, stream)| stream.last.packet)
            .map_or(count, |(place, _)| place)
    }

    /// Of the pairs with the same server and direction the one in which the smaller part is largest; of this conversation, if one
    /// is given.
    pub(super) fn together(&self, only: Option<u64>) -> Option<Together> {
        let mut best: Option<Together> = None;
        for (place, one) in self.streams.iter().enumerate() {
            for (later, other) in self.streams.iter().enumerate().skip(place + 1) {
                let is_asked = only.is_none_or(|only| [one.conversation, other.conversation].contains(&only));
                if !is_asked {
                    continue;
                }
                let Some(pair) = overlap((place, one), (later, other)) else {
                    continue;
                };
                if best.as_ref().is_none_or(|best| pair.smaller() > best.smaller()) {
                    best = Some(pair);
                }
            }
        }
        best
    }
}

impl Together {
    fn smaller(&self) -> u64 {
        self.parts.iter().map(|part| part.bytes).min().unwrap_or(0)
    }
}

/// From the first ACK of the one that began later to the last ACK of the one that ended earlier.
fn overlap(one: (usize, &Stream), other: (usize, &Stream)) -> Option<Together> {
    let (first, second) = (one.1, other.1);
    let is_one_direction = first.sender == second.sender && first.server.ip() == second.server.ip();
    if !is_one_direction || first.conversation == second.conversation {
        return None;
    }
    let from = [&first.first, &second.first]
        .into_iter()
        .max_by_key(|moment| moment.packet)?;
    let to = [&first.last, &second.last]
        .into_iter()
        .min_by_key(|moment| moment.packet)?;
    let part = |(place, stream): (usize, &Stream)| {
        let bytes = to.bytes.get(place)?.checked_sub(*from.bytes.get(place)?)?;
        (bytes > 0).then_some(Part {
            conversation: stream.conversation,
            client: stream.client,
            bytes,
        })
    };
    let mut parts = [part(one)?, part(other)?];
    parts.sort_by_key(|part| part.conversation);
    (from.packet < to.packet).then_some(Together {
        from: (from.packet, from.time),
        to: (to.packet, to.time),
        sender: first.sender,
        parts,
    })
}
