//! The place of one packet in its conversation.

use std::net::SocketAddr;

use super::datagram::{Datagram, Notice};
use super::party::Party;
use super::segment::Segment;

/// How it is known who is the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Roles {
    /// It sent the SYN, or was answered with the SYN-ACK. Of UDP: it sent the first datagram of the capture, and the
    /// other port is one that an application chose, by its range, or answered.
    Seen,
    /// Taken from the port numbers: the server's is the one that an application chose, the client's is from the range from which systems pick.
    Ports,
    /// Unknown: the end that sent the first captured packet is called the client.
    First,
}

/// What a packet does in its conversation.
#[derive(Debug, Clone, Copy)]
pub struct PacketInFlow {
    /// Number of the conversation in this capture, from 1, in the order of their first packets.
    pub conversation: u64,
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's address and port.
    pub server: SocketAddr,
    /// How it is known which one is the client.
    pub roles: Roles,
    /// Who sent this packet. Of an ICMP error: who sent the packet that caused it is the other one.
    pub sender: Party,
    /// Place of the packet among those of the conversation, from 1.
    pub place: u64,
    /// Nanoseconds since the packet before in the same conversation, negative where the clock went back; absent for the first one, and
    /// where a time is missing.
    pub pause: Option<i64>,
    /// By protocol.
    pub kind: PacketKind,
}

/// What a packet does, by protocol.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::large_enum_variant,
    reason = "most packets are segments; a box would be allocated for each"
)]
pub enum PacketKind {
    /// A TCP segment.
    Segment(Segment),
    /// A UDP datagram.
    Datagram(Datagram),
    /// An ICMP error about a packet of this conversation.
    Notice(Notice),
}

impl PacketInFlow {
    /// Address and port of this party.
    #[must_use]
    pub const fn end(&self, party: Party) -> SocketAddr {
        match party {
            Party::Client => self.client,
            Party::Server => self.server,
        }
    }

    /// Have both ends the same address, or both one that does not leave its host? Then nothing lies between them.
    #[must_use]
    pub fn is_in_one_host(&self) -> bool {
        let (client, server) = (self.client.ip(), self.server.ip());
        client == server || (client.is_loopback() && server.is_loopback())
    }

    /// What it says of a TCP segment.
    #[must_use]
    pub const fn segment(&self) -> Option<&Segment> {
        match &self.kind {
            PacketKind::Segment(segment) => Some(segment),
            _ => None,
        }
    }

    /// What it says of a UDP datagram.
    #[must_use]
    pub const fn datagram(&self) -> Option<&Datagram> {
        match &self.kind {
            PacketKind::Datagram(datagram) => Some(datagram),
            _ => None,
        }
    }

    /// What it says of an ICMP error.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        match &self.kind {
            PacketKind::Notice(notice) => Some(notice),
            _ => None,
        }
    }
}
