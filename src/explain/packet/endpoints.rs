//! From whom to whom.

use std::net::{IpAddr, SocketAddr};

use super::super::context::is_to_many;
use crate::flow::{PacketInFlow, PacketKind, Party, Roles};
use crate::wire::Packet;

/// Who sends to whom, as far as the packet shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketEndpoints {
    /// With ports.
    Sockets(SocketAddr, SocketAddr),
    /// Without.
    Hosts(IpAddr, IpAddr),
}

/// The two ends; `None` for a packet without IP addresses.
#[must_use]
pub fn ends(packet: &Packet<'_>) -> Option<PacketEndpoints> {
    let sockets = packet.endpoints().map(|(from, to)| PacketEndpoints::Sockets(from, to));
    sockets.or_else(|| packet.addresses().map(|(from, to)| PacketEndpoints::Hosts(from, to)))
}

/// Who is the sender and who the receiver, where the conversation shows it. Of an ICMP error no sender is named: it may come from
/// a router; nor of a datagram to a group, which has many receivers.
#[must_use]
pub fn roles(in_flow: Option<&PacketInFlow>) -> Option<(Party, Party)> {
    let in_flow = in_flow.filter(|in_flow| in_flow.roles != Roles::First && !is_to_many(in_flow))?;
    match in_flow.kind {
        PacketKind::Notice(_) => None,
        PacketKind::Segment(_) | PacketKind::Datagram(_) => Some((in_flow.sender, in_flow.sender.other())),
    }
}
