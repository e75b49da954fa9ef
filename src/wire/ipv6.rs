//! IPv6. RFC 8200; its extension headers are in [`super::ipv6_extension`].

use std::net::Ipv6Addr;

use pnet::packet::ipv6::Ipv6Packet;

use super::chapter::{Origin, Tables};
use super::field::{Field, Form, Spec, bits, bytes, rest};
use super::header::HeaderDef;
use super::layer::Layer;
use super::link::LinkType;
use super::next::{Next, Step};
use super::numbers::{code_point, congestion, ip_protocol};
use super::packet::{Content, Packet};
use super::problem::Expected;
use super::protocol::Protocol;
use super::rest::{Extent, Rest};
use super::span::Span;

/// Bytes of the header.
pub const FIXED: usize = 40;
/// Nothing follows. RFC 8200 section 4.7
pub(super) const NO_NEXT_HEADER: u8 = 59;

/// The header. RFC 8200 section 3
pub static TABLE: [Spec; 8] = [
    bits("ipv6.version", "version", 0, 4, Form::Decimal),
    bits("ipv6.tclass", "traffic class", 4, 8, Form::Hex).of(&TRAFFIC_CLASS),
    bits("ipv6.flow", "flow label", 12, 20, Form::Hex),
    bytes("ipv6.plen", "payload length", 4, 2, Form::Count("bytes")),
    bytes("ipv6.nxt", "next header", 6, 1, Form::Named(ip_protocol)),
    bytes("ipv6.hlim", "hop limit", 7, 1, Form::Decimal),
    bytes("ipv6.src", "source address", 8, 16, Form::Ipv6),
    bytes("ipv6.dst", "destination address", 24, 16, Form::Ipv6),
];

static TRAFFIC_CLASS: [Spec; 2] = [
    bits("ipv6.tclass.dscp", "DSCP", 4, 6, Form::Named(code_point)),
    bits("ipv6.tclass.ecn", "ECN", 10, 2, Form::Named(congestion)),
];

static UNREAD: Spec = rest("ipv6.unread", "unread bytes", 0, Form::Bytes);

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

    /// Bytes after this header as it tells it, extension headers included; 0 for a jumbogram, or where the network card
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
        (self.protocol == Protocol::Ipv6)
            .then(|| Ipv6::new(self.header))
            .flatten()
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
    const ANNOUNCED_BY: &'static [Next] = &[
        Next::EtherType(0x86dd),
        Next::AfterIpv4(41),
        Next::AfterIpv6(41),
        Next::Link(LinkType::IPV6),
    ];
    const TABLES: Tables = &[("", Origin::Header, &TABLE)];

    fn length(_: Span<'_>) -> usize {
        FIXED
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(&TABLE, &UNREAD)
    }

    fn decode<'a>(rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
        let protocol = Protocol::Ipv6;
        let version = rest.span.u8(0).map_or(6, |byte| byte >> 4);
        if version != 6 {
            // The other fields would be fiction.
            packet.push(protocol, rest, 1);
            let exactly = Expected::Exactly {
                field: "ipv6.version",
                value: 6,
            };
            packet.lie(protocol, rest.span.at, exactly, usize::from(version));
            packet.end(rest.after(1), Content::Unread);
            return None;
        }
        let header = packet.fixed(protocol, rest, FIXED)?;
        let (payload, next) = (usize::from(header.u16(4)?), header.u8(6)?);
        let told = FIXED + payload;
        let mut whole = rest;
        if payload == 0 && next != NO_NEXT_HEADER {
            // A jumbogram, whose length stands in its hop-by-hop options (RFC 2675), or left to the network card.
        } else if told <= rest.length {
            packet.trail(rest, told);
            whole = rest.limited(told);
        } else if rest.extent == Extent::Quoted {
            whole.length = told;
        } else if rest.extent == Extent::Whole {
            packet.lie(
                protocol,
                rest.span.at,
                Expected::Said {
                    field: "ipv6.plen",
                    bytes: told,
                },
                rest.length,
            );
        }
        packet.push(protocol, whole, FIXED);
        Some((Next::AfterIpv6(next), whole.after(FIXED)))
    }
}
