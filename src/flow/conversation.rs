//! A conversation as a whole: what can be said when its last packet was seen, or now.

use std::net::SocketAddr;

use super::number::Sequence;
use super::packet_in_flow::Roles;
use super::party::Party;
use super::round_trips::RoundTrips;
use super::state::ObservedState;
use crate::frame::Time;

/// A conversation as a whole, so far.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// Its number, from 1.
    pub number: u64,
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's address and port.
    pub server: SocketAddr,
    /// How it is known which one is the client.
    pub roles: Roles,
    /// Time of its first packet, if it has one.
    pub first: Option<Time>,
    /// Time of its last packet.
    pub last: Option<Time>,
    /// What the client sent.
    pub from_client: Count,
    /// What the server sent.
    pub from_server: Count,
    /// ICMP errors about it.
    pub notices: u64,
    /// Copies among all these: captured a second time, or repeated on the way.
    pub copies: u64,
    /// By protocol.
    pub transport: Transport,
}

impl Conversation {
    /// What this party sent.
    #[must_use]
    pub const fn count(&self, party: Party) -> Count {
        match party {
            Party::Client => self.from_client,
            Party::Server => self.from_server,
        }
    }
}

/// What one party sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Packets.
    pub packets: u64,
    /// Bytes of these frames before the capture cut them, all headers included. On the loopback that counts an Ethernet header that goes
    /// over no wire.
    pub frame_bytes: u64,
    /// Data bytes in them, repetitions counted again.
    pub data_bytes: u64,
}

/// By protocol.
#[derive(Debug, Clone)]
pub enum Transport {
    /// A TCP connection.
    Tcp(Connection),
    /// UDP datagrams between two sockets.
    Udp(Exchange),
}

/// Datagrams between two sockets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Datagrams from the client, copies not counted.
    pub requests: u64,
    /// Datagrams from the client for which no reply was captured, those included that an ICMP error refused. Whether such a request or
    /// its reply was lost, or none was sent, one capture does not show.
    pub unanswered: u64,
    /// Those of them that an ICMP error is about.
    pub refused: u64,
    /// Requests that have a reply, second replies not counted.
    pub answered: u64,
    /// The latest of the requests without a reply: the numbers of their packets, at most 64.
    pub waiting: Vec<u64>,
    /// Requests of which the reply came from another address or port, so in another conversation: their packets, at most 64.
    pub elsewhere: Vec<u64>,
    /// From the requests to their replies, where it is known which reply is whose.
    pub round_trips: Option<RoundTrips>,
    /// Copies of datagrams of the client, and of the server.
    pub copies: [u64; 2],
}

impl Exchange {
    /// How many requests in a thousand have no captured reply, rounded down as ping(8) does; `None` without requests.
    #[must_use]
    pub fn unanswered_permille(&self) -> Option<u64> {
        self.unanswered.saturating_mul(1000).checked_div(self.requests)
    }
}

/// A TCP connection.
#[derive(Debug, Clone)]
pub struct Connection {
    /// How its opening went.
    pub opening: Opening,
    /// How its end went.
    pub ending: Ending,
    /// The client's end.
    pub client: End,
    /// The server's end.
    pub server: End,
    /// From the SYN to the segment that completed the handshake, in nanoseconds.
    pub handshake_time: Option<i64>,
    /// From the SYN to the SYN-ACK, in nanoseconds: the round trip as seen where it was captured.
    pub handshake_round_trip: Option<i64>,
    /// Segments that repeat what was sent before.
    pub retransmissions: u64,
    /// Was its first SYN answered with a challenge ACK of the connection before? RFC 9293 section 3.5.1
    pub is_challenged: bool,
    /// Is it a later connection between the same addresses and ports as one before?
    pub reuses_ports: bool,
}

/// One end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct End {
    /// Its state now.
    pub observed_state: ObservedState,
    /// Its initial sequence number, if its SYN was captured.
    pub start: Option<Sequence>,
    /// Largest segment that it takes, in bytes, if its SYN said so.
    pub mss: Option<u16>,
    /// Shift of its window, if its SYN had the option.
    pub shift: Option<u8>,
    /// Does it take selective acknowledgments?
    pub sack_permitted: bool,
    /// Bytes of data from this end that the other one acknowledged.
    pub acknowledged: u64,
    /// The smallest window that it advertised after its SYN, in bytes, where the scale is known.
    pub smallest_window: Option<u64>,
}

/// How the opening of a connection went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Opening {
    /// SYN, SYN-ACK, ACK.
    Complete,
    /// Both ends sent a SYN at once, and both were acknowledged.
    Simultaneous,
    /// The SYN was answered by a RST, or by an ICMP error.
    Refused,
    /// No answer to the SYN was captured.
    Unanswered,
    /// The SYN-ACK was captured, and nothing that shows that the server got the ACK.
    NotCompleted,
    /// The server answered the SYN with a SYN of its own, and no SYN-ACK of it was captured: four steps.
    Split,
    /// The SYN-ACK was answered by a RST: a scan (`nmap -sS`), a client that gave up, or one to which the SYN was old.
    BrokenOff,
    /// It began before the capture.
    BeforeCapture,
}

/// How the end of a connection went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It goes on, or its end was not captured.
    Open,
    /// This party has closed its direction, the other one has not.
    HalfClosed(Party),
    /// Both directions were closed; this party asked first.
    Closed(Party),
    /// Both were closed, and both asked at once.
    ClosedTogether,
    /// This party sent a RST.
    Reset(Party),
}
