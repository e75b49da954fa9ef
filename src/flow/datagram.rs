//! UDP: requests and replies. UDP itself knows neither; its header does not say which request a reply answers.
//!
//! What the data prove is told as a fact, what only order and time suggest as deduced. Where several requests are left, all of them
//! are named.

use std::net::SocketAddr;

/// What a datagram does in its conversation.
#[derive(Debug, Clone, Copy)]
pub struct Datagram {
    /// Data bytes.
    pub length: usize,
    /// Its part.
    pub part: DatagramPart,
}

/// The part of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatagramPart {
    /// A datagram from the client.
    Request {
        /// Which one, from 1.
        count: u64,
        /// Number of an earlier request with the same data that has no reply yet: sent again, duplicated on the way, or the
        /// program sends the same text more than once.
        repeats: Option<u64>,
    },
    /// The server's datagram that answers a request.
    Reply(Reply),
    /// The server's datagram that answers one of several requests; which one is unknown.
    ReplyToOneOf(Candidates),
    /// A datagram captured once more: same sender, identification and data within [`COPY`] of the first.
    Copy {
        /// Number of the packet that it repeats.
        of: u64,
    },
    /// The first datagram between two sockets, which answers a request that was sent to another address or port.
    ReplyFromElsewhere(FromElsewhere),
    /// Another datagram of the server: no request waits for one.
    Unasked,
}

/// A copy that the network made, or a second place of capture, follows within this many nanoseconds. A sender that repeats itself
/// waits longer, and its datagram has another identification (RFC 6864 section 4.3).
pub const COPY: i64 = 20_000_000;

impl DatagramPart {
    /// Number of the request that it answers, where that is known.
    #[must_use]
    pub const fn request(&self) -> Option<u64> {
        match self {
            Self::Reply(reply) => Some(reply.request),
            _ => None,
        }
    }
}

/// A reply to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// Number of the packet with the request.
    pub request: u64,
    /// Nanoseconds since the request, 0 or more; absent where a time is missing or the clock went back.
    pub after: Option<i64>,
    /// How it is known that it answers this one.
    pub evidence: Evidence,
    /// Had the request a reply before this one?
    pub is_another: bool,
}

/// A reply from another address or port than the request went to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromElsewhere {
    /// Number of the packet with the request, which belongs to another conversation.
    pub request: u64,
    /// Where the request went.
    pub asked: SocketAddr,
    /// Nanoseconds since the request, 0 or more; absent where a time is missing or the clock went back.
    pub after: Option<i64>,
    /// How it is known that it answers this one.
    pub evidence: Evidence,
}

/// How it is known which request a reply answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// It carries the data of this request, and of no other that is remembered.
    SameData,
    /// It carries the text of this request in uppercase, and of no other that is remembered.
    Uppercase,
    /// It has the identifier and the question of this DNS query. RFC 1035 section 4.1.1
    DnsQuestion,
    /// Deduced: no other request waits for a reply.
    OnlyWaiting,
    /// Deduced: it goes to the socket that sent the request, from the host or the port that was asked, or the request went to a group.
    ToAsker,
    /// Deduced: it is the latest request, sent after a pause that is long beside the time until the reply.
    AfterPause,
}

impl Evidence {
    /// Do the data prove it? It is deduced otherwise.
    #[must_use]
    pub const fn is_proof(self) -> bool {
        matches!(self, Self::SameData | Self::Uppercase | Self::DnsQuestion)
    }
}

/// Requests of which a reply answers one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidates {
    /// How many, at least 2.
    pub count: u32,
    /// The first ones, in order; of more than [`Self::NAMED`] the last place has the last one.
    packets: [u64; Self::NAMED],
}

impl Candidates {
    /// This many are named.
    pub const NAMED: usize = 4;

    /// Of these packets, in their order. `None` for fewer than two.
    #[must_use]
    pub fn of(packets: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut candidates = Self {
            count: 0,
            packets: [0; Self::NAMED],
        };
        for packet in packets {
            let place = (candidates.count as usize).min(Self::NAMED - 1);
            if let Some(free) = candidates.packets.get_mut(place) {
                *free = packet;
            }
            candidates.count += 1;
        }
        (candidates.count > 1).then_some(candidates)
    }

    /// Their numbers: all, or the first ones and the last.
    #[must_use]
    pub fn packets(&self) -> &[u64] {
        self.packets.get(..self.count as usize).unwrap_or(&self.packets)
    }

    /// Are all of them named?
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.count as usize <= Self::NAMED
    }
}

/// An ICMP error about a packet of the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// Number of the packet that it quotes, when that was captured and is remembered.
    pub about: Option<u64>,
    /// Nanoseconds since then, 0 or more.
    pub after: Option<i64>,
    /// What it says.
    pub says: IcmpErrorKind,
    /// Number of the packet that it repeats: captured a second time, or repeated on the way. It counts once.
    pub copies: Option<u64>,
}

/// What an ICMP error says about a packet, in the terms of both ICMP and `ICMPv6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IcmpErrorKind {
    /// It reached its host, and no socket is bound to the port. A UDP client that is connected learns it as ECONNREFUSED.
    PortUnreachable,
    /// It reached its host, which does not speak the protocol that it carries.
    ProtocolUnreachable,
    /// The host or its network cannot be reached.
    Unreachable,
    /// A firewall or router forbids it.
    Prohibited,
    /// It is too large for the next link of the path and must not be fragmented.
    TooBig,
    /// Its time to live, or hop limit, was used up on the way.
    TimeExceeded,
    /// It reached its host, but some of its fragments did not, or too late.
    ReassemblyTimeExceeded,
    /// Another one.
    Other,
}

impl IcmpErrorKind {
    /// Does it show that the packet, or a part of it, reached the host that it was sent to?
    #[must_use]
    pub const fn has_arrived(self) -> bool {
        matches!(
            self,
            Self::PortUnreachable | Self::ProtocolUnreachable | Self::ReassemblyTimeExceeded
        )
    }
}
