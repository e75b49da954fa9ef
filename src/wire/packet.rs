//! A decoded frame: its headers from the outside in.

use smallvec::SmallVec;

use super::cursor::Cursor;
use super::layer::Layer;
use super::link::LinkType;
use super::malformation::{Expected, Malformation};
use super::numbers;
use super::protocol::Protocol;
use super::span::Span;

/// What the bytes after the innermost header are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Content {
    /// The application's data, or what an ICMP message carries.
    Data,
    /// A protocol without a table of fields here, by its `EtherType`.
    EtherType(u16),
    /// A protocol without a table of fields here, by its IP protocol number.
    IpProtocol(u8),
    /// A later fragment of a datagram of this IP protocol.
    Fragment(u8),
    /// A protocol without a table of fields here, by its LLC service access point.
    Sap(u8),
    /// A SNAP protocol of an organization.
    Snap {
        /// The organization (OUI), 24 bits.
        organization: u32,
        /// Its protocol.
        protocol: u16,
    },
    /// A link type that is not read here.
    Link(LinkType),
    /// Bytes that could not be read, because of a [`Malformation`].
    Unread,
}

impl Content {
    /// The protocol's name, where it has one.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Data => Some("data"),
            Self::EtherType(number) => numbers::ether_type(u64::from(number)),
            Self::IpProtocol(number) | Self::Fragment(number) => numbers::ip_protocol(u64::from(number)),
            Self::Sap(number) => numbers::service_access_point(u64::from(number)),
            Self::Snap { organization, protocol } => numbers::snap(organization, protocol),
            Self::Link(_) | Self::Unread => None,
        }
    }
}

/// A decoded frame. It borrows the frame's bytes.
#[derive(Debug, Clone)]
pub struct Packet<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) original_length: usize,
    /// Ethernet, IP and TCP are three; a VLAN tag and an extension header still fit without allocation.
    pub(super) layers: SmallVec<[Layer<'a>; 5]>,
    pub(super) malformations: Vec<Malformation>,
    pub(super) payload: Span<'a>,
    pub(super) content: Content,
    pub(super) trailer: Span<'a>,
}

impl<'a> Packet<'a> {
    /// The headers, from the outside in. Those of a datagram that an ICMP error quotes come last and are marked.
    #[must_use]
    pub fn layers(&self) -> &[Layer<'a>] {
        &self.layers
    }

    /// What is wrong with it, in the order in which it was met. Empty for a packet without fault.
    #[must_use]
    pub fn malformations(&self) -> &[Malformation] {
        &self.malformations
    }

    /// What follows the innermost header: its data.
    #[must_use]
    pub const fn payload(&self) -> Span<'a> {
        self.payload
    }

    /// What [`Self::payload`] is.
    #[must_use]
    pub const fn content(&self) -> Content {
        self.content
    }

    /// Bytes after the end that the length fields declare: Ethernet padding, a frame check sequence, the extensions after an
    /// ICMP quotation (RFC 4884). Where several headers declare an end, what follows the innermost one.
    #[must_use]
    pub const fn trailer(&self) -> Span<'a> {
        self.trailer
    }

    /// All captured bytes.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Length on the wire, in bytes.
    #[must_use]
    pub const fn original_length(&self) -> usize {
        self.original_length
    }

    /// The innermost header of the protocol that is not quoted.
    #[must_use]
    pub fn layer(&self, protocol: Protocol) -> Option<&Layer<'a>> {
        self.own().rev().find(|layer| layer.protocol == protocol)
    }

    /// The innermost IP header that is not quoted.
    #[must_use]
    pub fn ip(&self) -> Option<&Layer<'a>> {
        self.own()
            .rev()
            .find(|layer| matches!(layer.protocol, Protocol::Ipv4 | Protocol::Ipv6))
    }

    /// The headers of the datagram that an ICMP error quotes.
    #[must_use]
    pub fn quoted(&self) -> impl DoubleEndedIterator<Item = &Layer<'a>> {
        self.layers.iter().filter(|layer| layer.quoted)
    }

    pub(super) fn own(&self) -> impl DoubleEndedIterator<Item = &Layer<'a>> {
        self.layers.iter().filter(|layer| !layer.quoted)
    }
}

/// For the protocols' decoders.
impl<'a> Packet<'a> {
    /// Adds a header of `length` bytes at the start of `cursor`.
    pub(super) fn push(&mut self, protocol: Protocol, cursor: Cursor<'a>, length: usize) {
        self.layers.push(Layer {
            protocol,
            header: cursor.span.first(length),
            payload: cursor.span.from(length),
            length: cursor.length,
            completeness: cursor.completeness,
            quoted: cursor.quoted,
        });
    }

    /// The `length` bytes of the header that are always there. If they are not: keeps those that are, says so, and gives
    /// `None`.
    pub(super) fn fixed(&mut self, protocol: Protocol, cursor: Cursor<'a>, length: usize) -> Option<Span<'a>> {
        if cursor.span.bytes.len() >= length {
            return Some(cursor.span.first(length));
        }
        self.push(protocol, cursor, length);
        self.too_short(protocol, cursor, Expected::Header(length), length);
        self.end(cursor.after(length), Content::Unread);
        None
    }

    /// The `length` bytes that `field` declares. If they are not there: keeps those that are, says so, and gives `None`.
    pub(super) fn declared(
        &mut self,
        protocol: Protocol,
        cursor: Cursor<'a>,
        field: &'static str,
        length: usize,
    ) -> Option<Span<'a>> {
        if cursor.span.bytes.len() >= length {
            return Some(cursor.span.first(length));
        }
        self.push(protocol, cursor, length);
        self.too_short(protocol, cursor, Expected::Declared { field, bytes: length }, length);
        self.end(cursor.after(length), Content::Unread);
        None
    }

    /// Says that fewer than `needed` bytes are there, unless a quotation just ends before.
    pub(super) fn too_short(&mut self, protocol: Protocol, cursor: Cursor<'a>, expected: Expected, needed: usize) {
        let cut = cursor.length >= needed;
        if cursor.quoted && cut {
            return;
        }
        let found = if cut { cursor.span.bytes.len() } else { cursor.length };
        self.malformations.push(Malformation {
            protocol,
            byte: cursor.span.at,
            expected,
            found: found as u64,
            cut,
        });
    }

    /// Says that the packet contradicts the standard or itself.
    pub(super) fn malformed(&mut self, protocol: Protocol, byte: usize, expected: Expected, found: usize) {
        self.malformations.push(Malformation {
            protocol,
            byte,
            expected,
            found: found as u64,
            cut: false,
        });
    }

    /// Keeps the bytes after the declared length: the innermost length field decides where the data ends.
    pub(super) fn set_trailer(&mut self, cursor: Cursor<'a>, length: usize) {
        let trailer = cursor.span.from(length);
        if !cursor.quoted && !trailer.bytes.is_empty() {
            self.trailer = trailer;
        }
    }

    /// Ends the decoding: what is left is of this kind.
    pub(super) fn end(&mut self, cursor: Cursor<'a>, content: Content) {
        self.payload = cursor.span;
        self.content = content;
    }
}
