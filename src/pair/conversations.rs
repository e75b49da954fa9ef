//! Which packets belong to one conversation, in both captures by the same number.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use super::both::{Both, Side};
use super::seen::{Ends, Kind};

/// Protocol and both ends, the smaller address and port first; a port is 0 where the protocol has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    kind: u8,
    low: SocketAddr,
    high: SocketAddr,
}

/// Two hosts; of one host, the ports of a conversation as well.
pub(super) type Group = (IpAddr, IpAddr, u16, u16);

/// A conversation, as far as both captures show it.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its protocol.
    pub kind: Kind,
    /// The end whose address and port are smaller.
    pub low: SocketAddr,
    /// The other end.
    pub high: SocketAddr,
    /// Is the low end the client? Deduced from a SYN, else from the ports, else from the first packet.
    pub low_is_client: bool,
    /// Its packets in each capture.
    pub packets: Both<u64>,
    /// How many of them are in both.
    pub matched: u64,
    /// With `--nat`: the conversation with other addresses that is the same one at the other end.
    pub same_as: Option<u32>,
    /// Which capture the low end's packets were sent at, and how that is known.
    pub low_at: Option<(Side, Evidence)>,
}

/// How it is known which capture was made nearer to which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// A capture file says of its packets whether they were sent or received.
    Flags,
    /// The TTL became smaller on the way.
    Ttl,
    /// Each answer comes after its request, in both captures.
    Times,
    /// Nothing shows it: it is assumed that the first capture is the client's.
    Assumed,
}

impl Conversation {
    /// The client's address.
    #[must_use]
    pub const fn client(&self) -> SocketAddr {
        if self.low_is_client { self.low } else { self.high }
    }

    /// The server's address.
    #[must_use]
    pub const fn server(&self) -> SocketAddr {
        if self.low_is_client { self.high } else { self.low }
    }

    /// The capture at which the packets of this direction were sent.
    #[must_use]
    pub fn sent_at(&self, from_low: bool) -> Side {
        let low_at = self.low_at.map_or(Side::A, |(side, _)| side);
        if from_low { low_at } else { low_at.other() }
    }

    /// The capture at the client's end.
    #[must_use]
    pub fn client_at(&self) -> Side {
        self.sent_at(self.low_is_client)
    }

    /// What is known of both hosts is known of all conversations between them; on one host, of one conversation.
    pub(super) fn group(&self) -> Group {
        if self.low.ip() == self.high.ip() {
            (self.low.ip(), self.high.ip(), self.low.port(), self.high.port())
        } else {
            (self.low.ip(), self.high.ip(), 0, 0)
        }
    }
}

/// What is known so far of who is the client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    First,
    Ports,
    Syn,
}

/// All conversations of both captures.
#[derive(Default)]
pub(super) struct Table {
    by_key: HashMap<Key, u32>,
    conversations: Vec<(Conversation, Known)>,
    /// The one that was found last: mostly the next packet belongs to it too.
    last: Option<(Key, u32)>,
}

impl Table {
    /// The number of the packet's conversation, and whether the low end sent it.
    pub(super) fn place(&mut self, side: Side, ends: &Ends) -> (u32, bool) {
        let from_low = ends.source <= ends.destination;
        let (low, high) = if from_low {
            (ends.source, ends.destination)
        } else {
            (ends.destination, ends.source)
        };
        let kind = ends.kind.number();
        let key = Key { kind, low, high };
        let number = match self.last {
            Some((last, number)) if last == key => number,
            _ => self.find(key, ends.kind, from_low),
        };
        self.last = Some((key, number));
        if let Some((conversation, known)) = self.conversations.get_mut(number as usize) {
            *conversation.packets.of_mut(side) += 1;
            if let (Some(is_client), true) = (ends.sender_is_client, *known < Known::Syn) {
                conversation.low_is_client = is_client == from_low;
                *known = Known::Syn;
            }
        }
        (number, from_low)
    }

    fn find(&mut self, key: Key, kind: Kind, from_low: bool) -> u32 {
        let next = u32::try_from(self.conversations.len()).unwrap_or(u32::MAX);
        let number = *self.by_key.entry(key).or_insert(next);
        if number == next {
            let (client, known) =
                by_ports(key.low.port(), key.high.port()).map_or((from_low, Known::First), |low| (low, Known::Ports));
            let conversation = Conversation {
                kind,
                low: key.low,
                high: key.high,
                low_is_client: client,
                packets: Both::default(),
                matched: 0,
                same_as: None,
                low_at: None,
            };
            self.conversations.push((conversation, known));
        }
        number
    }

    /// All of them, by number.
    pub(super) fn into_all(self) -> Vec<Conversation> {
        self.conversations
            .into_iter()
            .map(|(conversation, _)| conversation)
            .collect()
    }
}

/// Is the low end the client, by the ports? A service has a fixed port, and a client one that the system picked (ip(7):
/// `ip_local_port_range` begins at 32768).
const fn by_ports(low: u16, high: u16) -> Option<bool> {
    const PICKED: u16 = 32_768;
    match (low >= PICKED || low == 0, high >= PICKED || high == 0) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => match (low < 1024, high < 1024) {
            (false, true) => Some(true),
            (true, false) => Some(false),
            _ => None,
        },
    }
}
