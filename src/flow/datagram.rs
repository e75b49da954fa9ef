//! UDP: requests and replies. UDP itself knows neither; they are paired by ports and order.

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
    /// The n-th datagram from the client, from 1.
    Request {
        /// n
        count: u64,
    },
    /// The server's datagram that comes after a request which had none yet.
    Reply {
        /// Number of the packet with the request.
        request: u64,
        /// Nanoseconds since the request, where both have a time.
        after: Option<i64>,
    },
    /// Another datagram of the server: no request waits for one.
    Unasked,
}

/// An ICMP error about a packet of the conversation.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// Number of the packet that it quotes, when that was captured and is remembered.
    pub about: Option<u64>,
    /// Nanoseconds since then.
    pub after: Option<i64>,
    /// What it says.
    pub says: IcmpErrorKind,
}

/// What an ICMP error says about a packet, in the terms of both ICMP and `ICMPv6`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IcmpErrorKind {
    /// No program listens on the port. A UDP client that is connected learns it as ECONNREFUSED.
    PortUnreachable,
    /// The host or its network cannot be reached.
    Unreachable,
    /// A firewall or router forbids it.
    Prohibited,
    /// It is too large for the way and must not be fragmented.
    TooBig,
    /// Its time to live, or hop limit, was used up on the way.
    TimeExceeded,
    /// Another one.
    Other,
}
