//! What both ends said, as data.

use std::net::SocketAddr;

use crate::flow::Party;

/// What both ends said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follow {
    /// Number of the conversation.
    pub conversation: u64,
    /// TCP or UDP.
    pub transport: &'static str,
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's address and port.
    pub server: SocketAddr,
    /// Who said what, in the order in which the other end could read it.
    pub turns: Vec<Turn>,
    /// Bytes that were not kept, to bound the memory.
    pub left_out: u64,
    /// Bytes with numbers before the first one of their stream: they are not part of it.
    pub outside: u64,
}

/// What one end said until the other one spoke; over UDP a datagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who speaks.
    pub from: Party,
    /// What, in order.
    pub pieces: Vec<TurnPart>,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnPart {
    /// Bytes.
    Bytes(Vec<u8>),
    /// This many bytes that the capture does not have.
    Missing(u64),
}
