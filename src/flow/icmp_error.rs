//! ICMP errors: what they say, and the packet that they are about. RFC 792, RFC 4443

use std::net::SocketAddr;

use super::datagram::IcmpErrorKind;
use super::sent_datagram::DatagramId;
use crate::wire::{Layer, Packet, Protocol, udp};

/// An ICMP error that quotes a packet of TCP or UDP.
#[derive(Debug, Clone, Copy)]
pub(super) struct IcmpError<'a> {
    pub(super) says: IcmpErrorKind,
    pub(super) protocol: Protocol,
    /// Who sent the quoted packet, and to whom.
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    /// Of TCP: the quoted sequence number.
    pub(super) sequence: Option<u32>,
    /// Of UDP: what identifies the datagram.
    pub(super) id: DatagramId,
    /// Of UDP: the quoted data, where all of it is quoted.
    pub(super) data: Option<&'a [u8]>,
    /// The identification of its own IPv4 header; 0 over IPv6.
    pub(super) identification: u16,
    /// Its ICMP checksum and the identification that it quotes: of the same ones the contents are the same.
    pub(super) sums: (u16, u16),
}

/// Reads an ICMP error.
pub(super) fn of<'a>(packet: &Packet<'a>) -> Option<IcmpError<'a>> {
    let says = error_kind(packet)?;
    let (source, destination) = packet.quoted_endpoints()?;
    let is_transport = |protocol| matches!(protocol, Protocol::Tcp | Protocol::Udp);
    let transport = packet.quoted().rfind(|layer| is_transport(layer.protocol()))?;
    let header = transport.header().bytes;
    let ip = packet.quoted().rfind(|layer| layer.protocol() == Protocol::Ipv4);
    let identification = ip.and_then(Layer::ipv4).map_or(0, |ip| ip.identification());
    let length = header.get(4..6).and_then(|bytes| bytes.first_chunk().copied());
    let length = length.map_or(0, u16::from_be_bytes);
    let data = usize::from(length).checked_sub(udp::FIXED);
    let icmp = packet.layer(Protocol::Icmp).or_else(|| packet.layer(Protocol::Icmpv6));
    let checksum = icmp.and_then(|layer| layer.header().bytes.get(2..4)?.first_chunk().copied());
    let sequence = header.get(4..8).and_then(|bytes| bytes.first_chunk().copied());
    Some(IcmpError {
        says,
        protocol: transport.protocol(),
        source,
        destination,
        sequence: sequence.map(u32::from_be_bytes),
        id: DatagramId { identification, length },
        data: data.and_then(|data| transport.payload().bytes.get(..data)),
        identification: packet.ipv4().map_or(0, |ip| ip.identification()),
        sums: (checksum.map_or(0, u16::from_be_bytes), identification),
    })
}

/// What an ICMP error says; `None` for any other packet.
#[must_use]
pub fn error_kind(packet: &Packet<'_>) -> Option<IcmpErrorKind> {
    if let Some(icmp) = packet.icmp() {
        return icmp.is_error().then(|| of_icmp(icmp.message_type(), icmp.code()));
    }
    let icmp = packet.icmpv6()?;
    icmp.is_error().then(|| of_icmpv6(icmp.message_type(), icmp.code()))
}

/// RFC 792; codes 9, 10 and 13: RFC 1812 section 5.2.7.1
const fn of_icmp(message: u8, code: u8) -> IcmpErrorKind {
    match (message, code) {
        (3, 2) => IcmpErrorKind::ProtocolUnreachable,
        (3, 3) => IcmpErrorKind::PortUnreachable,
        (3, 4) => IcmpErrorKind::TooBig,
        (3, 9 | 10 | 13) => IcmpErrorKind::Prohibited,
        (3, 0 | 1 | 5 | 6 | 7 | 8 | 11 | 12) => IcmpErrorKind::Unreachable,
        (11, 0) => IcmpErrorKind::TimeExceeded,
        (11, 1) => IcmpErrorKind::ReassemblyTimeExceeded,
        _ => IcmpErrorKind::Other,
    }
}

/// RFC 4443
const fn of_icmpv6(message: u8, code: u8) -> IcmpErrorKind {
    match (message, code) {
        (1, 4) => IcmpErrorKind::PortUnreachable,
        (1, 1 | 5 | 6) => IcmpErrorKind::Prohibited,
        (1, 0 | 2 | 3 | 7) => IcmpErrorKind::Unreachable,
        (2, _) => IcmpErrorKind::TooBig,
        (3, 0) => IcmpErrorKind::TimeExceeded,
        (3, 1) => IcmpErrorKind::ReassemblyTimeExceeded,
        // A next header that the host does not recognize: RFC 4443 section 3.4
        (4, 1) => IcmpErrorKind::ProtocolUnreachable,
        _ => IcmpErrorKind::Other,
    }
}
