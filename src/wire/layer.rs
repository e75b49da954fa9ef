//! One header of a packet, with what belongs to it.

use super::cursor::Completeness;
use super::protocol::Protocol;
use super::span::Span;

/// One header of a packet, with what belongs to it. Small and without allocation; the fields are made when asked for.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    pub(super) protocol: Protocol,
    pub(super) header: Span<'a>,
    pub(super) payload: Span<'a>,
    pub(super) length: usize,
    pub(super) completeness: Completeness,
    pub(super) quoted: bool,
}

impl<'a> Layer<'a> {
    /// Its protocol.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The header's bytes with their place in the frame, options included. Fewer than the protocol's fixed header when the
    /// packet ends before.
    #[must_use]
    pub const fn header(&self) -> Span<'a> {
        self.header
    }

    /// The same when it is a header of this protocol.
    pub(super) fn header_of(&self, protocol: Protocol) -> Option<Span<'a>> {
        (self.protocol == protocol).then_some(self.header)
    }

    /// The captured bytes that it carries, cut by the length fields, so without Ethernet padding.
    #[must_use]
    pub const fn payload(&self) -> Span<'a> {
        self.payload
    }

    /// Header and payload on the wire, in bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Is it part of a datagram that an ICMP error quotes?
    #[must_use]
    pub const fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// Is all of its datagram here, or only a first fragment or a quotation?
    #[must_use]
    pub const fn completeness(&self) -> Completeness {
        self.completeness
    }

    /// Source and destination port of TCP or UDP; also of a quotation or fragment that has only the first bytes.
    #[must_use]
    pub fn ports(&self) -> Option<(u16, u16)> {
        matches!(self.protocol, Protocol::Tcp | Protocol::Udp)
            .then(|| Some((self.header.u16(0)?, self.header.u16(2)?)))
            .flatten()
    }
}
