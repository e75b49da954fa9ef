//! IPv6. RFC 8200; its extension headers are in [`super::ipv6_extension`].

use std::net::Ipv6Addr;

use pnet::packet::ipv6::Ipv6Packet;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::HeaderDef;
use super::layer::Layer;
use super::link::LinkType;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::{code_point, congestion, ip_protocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    VERSION = "ipv6.version", "RFC 8200 section 3", "Distinguishes IPv6 from IPv4.", "6.";
    TCLASS = "ipv6.tclass", "RFC 8200 section 7",
        "How routers should treat the packet, and a mark against congestion.", "";
    FLOW = "ipv6.flow", "RFC 6437",
        "The same in all packets of a flow, so that routers can keep them on one way without looking further.", "0: not used.";
    PLEN = "ipv6.plen", "RFC 8200 section 3",
        "Length of what follows this header of 40 bytes, extension headers included.",
        "0 to 65535; unlike IPv4's total length it does not count its own header. 0 also in a jumbogram.";
    NXT = "ipv6.nxt", "RFC 8200 section 3", "What follows: an extension header, or the protocol of the payload.", "";
    HLIM = "ipv6.hlim", "RFC 8200 section 3",
        "Each router takes one off; at 0 the packet is dropped, so that none goes round forever. IPv4 calls it time to live.",
        "Linux starts with 64. Neighbor discovery has 255, which proves that no router was passed.";
    SRC = "ipv6.src", "RFC 8200 section 3, RFC 4291", "Address of the sender.", "";
    DST = "ipv6.dst", "RFC 8200 section 3, RFC 4291", "Address of the receiver: by it routers find the way.", "";
    TCLASS_DSCP = "ipv6.tclass.dscp", "RFC 2474",
        "Differentiated services code point: which treatment the packet should get in queues.", "0: the usual one.";
    TCLASS_ECN = "ipv6.tclass.ecn", "RFC 3168 section 5",
        "Explicit congestion notification: a router marks the packet instead of dropping it.", "";
    UNREAD = "ipv6.unread";
}

/// Bytes of the header.
pub const FIXED: usize = 40;
/// Nothing follows. RFC 8200 section 4.7
pub(super) const NO_NEXT_HEADER: u8 = 59;

/// The header. RFC 8200 section 3
pub static TABLE: [FieldDef; 8] = [
    bits(id::VERSION, "version", 0, 4, Format::Decimal),
    bits(id::TCLASS, "traffic class", 4, 8, Format::Hex).of(&TRAFFIC_CLASS),
    bits(id::FLOW, "flow label", 12, 20, Format::Hex),
    bytes(id::PLEN, "payload length", 4, 2, Format::Count("bytes")),
    bytes(id::NXT, "next header", 6, 1, Format::Named(ip_protocol)),
    bytes(id::HLIM, "hop limit", 7, 1, Format::Decimal),
    bytes(id::SRC, "source address", 8, 16, Format::Ipv6),
    bytes(id::DST, "destination address", 24, 16, Format::Ipv6),
];

static TRAFFIC_CLASS: [FieldDef; 2] = [
    bits(id::TCLASS_DSCP, "DSCP", 4, 6, Format::Named(code_point)),
    bits(id::TCLASS_ECN, "ECN", 10, 2, Format::Named(congestion)),
];

static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// An IPv6 header.
#[derive(Debug)]
pub struct Ipv6<'a>(Ipv6Packet<'a>);

impl<'a> Ipv6<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        Ipv6Packet::new(header.bytes).map(Self)
    }

    /// Source address.
    #[must_use]
    pub fn source(&self) -> Ipv6Addr {
        self.0.get_source()
    }

    /// Destination address.
    #[must_use]
    pub fn destination(&self) -> Ipv6Addr {
        self.0.get_destination()
    }

    /// Bytes after this header as it gives them, extension headers included; 0 for a jumbogram, or where the network card
    /// was to fill it in.
    #[must_use]
    pub fn payload_length(&self) -> u16 {
        self.0.get_payload_length()
    }

    /// Number of the header that follows.
    #[must_use]
    pub fn next_header(&self) -> u8 {
        self.0.get_next_header().0
    }

    /// Hop limit.
    #[must_use]
    pub fn hop_limit(&self) -> u8 {
        self.0.get_hop_limit()
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an IPv6 one and its 40 bytes are there.
    #[must_use]
    pub fn ipv6(&self) -> Option<Ipv6<'a>> {
        self.header_of(Protocol::Ipv6).and_then(Ipv6::new)
    }
}

impl<'a> Packet<'a> {
    /// The typed IPv6 header.
    #[must_use]
    pub fn ipv6(&self) -> Option<Ipv6<'a>> {
        self.layer(Protocol::Ipv6)?.ipv6()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "IPv6";
    const SOURCE: &'static str = "RFC 8200";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[
        NextProtocol::EtherType(0x86dd),
        NextProtocol::AfterIpv4(41),
        NextProtocol::AfterIpv6(41),
        NextProtocol::Link(LinkType::IPV6),
    ];
    const FIELDS: &'static [Fields] = &[FIELDS];
    const TABLES: FieldTables = &[("", Origin::Header, &TABLE)];

    fn length(_: Span<'_>) -> usize {
        FIXED
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(&TABLE, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let protocol = Protocol::Ipv6;
        let version = cursor.span.u8(0).map_or(6, |byte| byte >> 4);
        if version != 6 {
            // The other fields would be fiction.
            packet.push(protocol, cursor, 1);
            let exactly = Expected::Exactly {
                field: id::VERSION,
                value: 6,
            };
            packet.malformed(protocol, cursor.span.at, exactly, usize::from(version));
            packet.end(cursor.after(1), Content::Unread);
            return None;
        }
        let header = packet.fixed(protocol, cursor, FIXED)?;
        let (payload, next) = (usize::from(header.u16(4)?), header.u8(6)?);
        let declared = FIXED + payload;
        let mut whole = cursor;
        if payload == 0 && next != NO_NEXT_HEADER {
            // A jumbogram, whose length is in its hop-by-hop options (RFC 2675), or left to the network card.
        } else if declared <= cursor.length {
            packet.set_trailer(cursor, declared);
            whole = cursor.limited(declared);
        } else if cursor.completeness == Completeness::Quoted {
            whole.length = declared;
        } else if cursor.completeness == Completeness::Whole {
            packet.malformed(
                protocol,
                cursor.span.at,
                Expected::Declared {
                    field: id::PLEN,
                    bytes: declared,
                },
                cursor.length,
            );
        }
        packet.push(protocol, whole, FIXED);
        Some((NextProtocol::AfterIpv6(next), whole.after(FIXED)))
    }
}
