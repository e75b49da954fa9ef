//! IPv6's extension headers, and the authentication header, which can follow IPv4 too. RFC 8200 section 4, RFC 4302

mod fragment;
pub mod options;

use std::net::Ipv6Addr;

pub use fragment::FragmentHeader;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::fields::Fields;
use super::header::HeaderDef;
use super::layer::Layer;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::ip_protocol;
use super::options::{OptionItem, OptionIter, OptionLayout, check};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    HOPOPTS_NXT = "ipv6.hopopts.nxt";
    HOPOPTS_LEN = "ipv6.hopopts.len";
    DSTOPTS_NXT = "ipv6.dstopts.nxt";
    DSTOPTS_LEN = "ipv6.dstopts.len";
    ROUTING_NXT = "ipv6.routing.nxt";
    ROUTING_LEN = "ipv6.routing.len";
    ROUTING_TYPE = "ipv6.routing.type";
    ROUTING_SEGLEFT = "ipv6.routing.segleft";
    ROUTING_SRC_RESERVED = "ipv6.routing.src.reserved";
    ROUTING_SRC_ADDR = "ipv6.routing.src.addr";
    ROUTING_MIPV6_RESERVED = "ipv6.routing.mipv6.reserved";
    ROUTING_MIPV6_HOME_ADDRESS = "ipv6.routing.mipv6.home_address";
    ROUTING_SRH_LAST_ENTRY = "ipv6.routing.srh.last_entry";
    ROUTING_SRH_FLAGS = "ipv6.routing.srh.flags";
    ROUTING_SRH_TAG = "ipv6.routing.srh.tag";
    ROUTING_SRH_ADDR = "ipv6.routing.srh.addr";
    ROUTING_UNKNOWN_DATA = "ipv6.routing.unknown_data";
    FRAGHDR_NXT = "ipv6.fraghdr.nxt";
    FRAGHDR_RESERVED_OCTET = "ipv6.fraghdr.reserved_octet";
    FRAGHDR_OFFSET = "ipv6.fraghdr.offset";
    FRAGHDR_RESERVED_BITS = "ipv6.fraghdr.reserved_bits";
    FRAGHDR_MORE = "ipv6.fraghdr.more";
    FRAGHDR_IDENT = "ipv6.fraghdr.ident";
    AH_NEXT_HEADER = "ah.next_header";
    AH_LENGTH = "ah.length";
    AH_RESERVED = "ah.reserved";
    AH_SPI = "ah.spi";
    AH_SEQUENCE = "ah.sequence";
    AH_ICV = "ah.icv";
    EXTENSION_UNREAD = "ipv6.extension.unread";
}

/// The least that each has.
const FIXED: usize = 8;
/// Jumbo payload option. RFC 2675 section 2
const JUMBO: u8 = 0xc2;

const EIGHTS: Format = Format::Length { unit: 8, uncounted: 1 };

static HOP_BY_HOP: [FieldDef; 2] = [
    bytes(id::HOPOPTS_NXT, "next header", 0, 1, Format::Named(ip_protocol)),
    bytes(id::HOPOPTS_LEN, "header extension length", 1, 1, EIGHTS),
];

static DESTINATION: [FieldDef; 2] = [
    bytes(id::DSTOPTS_NXT, "next header", 0, 1, Format::Named(ip_protocol)),
    bytes(id::DSTOPTS_LEN, "header extension length", 1, 1, EIGHTS),
];

static ROUTING: [FieldDef; 4] = [
    bytes(id::ROUTING_NXT, "next header", 0, 1, Format::Named(ip_protocol)),
    bytes(id::ROUTING_LEN, "header extension length", 1, 1, EIGHTS),
    bytes(id::ROUTING_TYPE, "routing type", 2, 1, Format::Named(routing_type)),
    bytes(id::ROUTING_SEGLEFT, "segments left", 3, 1, Format::Decimal),
];

/// Type 0, forbidden since RFC 5095.
static SOURCE_ROUTE: [FieldDef; 1] = [bytes(id::ROUTING_SRC_RESERVED, "reserved", 0, 4, Format::Hex)];
static SOURCE_ROUTE_ADDRESS: FieldDef = bytes(id::ROUTING_SRC_ADDR, "address", 0, 16, Format::Ipv6);
/// Type 2. RFC 6275 section 6.4
static MOBILE: [FieldDef; 2] = [
    bytes(id::ROUTING_MIPV6_RESERVED, "reserved", 0, 4, Format::Hex),
    bytes(id::ROUTING_MIPV6_HOME_ADDRESS, "home address", 4, 16, Format::Ipv6),
];
/// Type 4. RFC 8754 section 2
static SEGMENTS: [FieldDef; 3] = [
    bytes(id::ROUTING_SRH_LAST_ENTRY, "last entry", 0, 1, Format::Decimal),
    bytes(id::ROUTING_SRH_FLAGS, "flags", 1, 1, Format::Hex),
    bytes(id::ROUTING_SRH_TAG, "tag", 2, 2, Format::Hex),
];
static SEGMENT: FieldDef = bytes(id::ROUTING_SRH_ADDR, "segment", 0, 16, Format::Ipv6);
static TYPE_DATA: FieldDef = rest(id::ROUTING_UNKNOWN_DATA, "type-specific data", 0, Format::Bytes);

static FRAGMENT: [FieldDef; 6] = [
    bytes(id::FRAGHDR_NXT, "next header", 0, 1, Format::Named(ip_protocol)),
    bytes(id::FRAGHDR_RESERVED_OCTET, "reserved", 1, 1, Format::Hex),
    bits(id::FRAGHDR_OFFSET, "fragment offset", 16, 13, Format::units(8)),
    bits(id::FRAGHDR_RESERVED_BITS, "reserved", 29, 2, Format::Decimal),
    bits(id::FRAGHDR_MORE, "M", 31, 1, Format::Flag),
    bytes(id::FRAGHDR_IDENT, "identification", 4, 4, Format::Hex),
];

static AUTHENTICATION: [FieldDef; 6] = [
    bytes(id::AH_NEXT_HEADER, "next header", 0, 1, Format::Named(ip_protocol)),
    bytes(
        id::AH_LENGTH,
        "payload length",
        1,
        1,
        Format::Length { unit: 4, uncounted: 2 },
    ),
    bytes(id::AH_RESERVED, "reserved", 2, 2, Format::Hex),
    bytes(id::AH_SPI, "security parameters index", 4, 4, Format::Hex),
    bytes(id::AH_SEQUENCE, "sequence number", 8, 4, Format::Decimal),
    rest(id::AH_ICV, "integrity check value", 12, Format::Bytes),
];

static UNREAD: FieldDef = rest(id::EXTENSION_UNREAD, "unread bytes", 0, Format::Bytes);

fn routing_type(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "source route (forbidden)",
        2 => "mobile IPv6",
        3 => "RPL source route",
        4 => "segment routing",
        _ => return None,
    })
}

/// The fields of a header that carries options.
fn fields_and_options<'a>(table: &'static [FieldDef], header: Span<'a>) -> Vec<Field<'a>> {
    let mut fields = header.first(2).fields(table, &UNREAD);
    options::push_fields(header.from(2), &mut fields);
    fields
}

/// Where a routing header sends the packet in the end, if it is not there yet. RFC 8200 section 8.1: the checksums of upper
/// layers count this address.
pub(super) fn final_destination(header: Span<'_>) -> Option<Ipv6Addr> {
    if header.u8(3)? == 0 {
        return None;
    }
    let address = |from: usize| -> Option<Ipv6Addr> {
        let octets: [u8; 16] = *header.bytes.get(from..)?.first_chunk()?;
        Some(octets.into())
    };
    match header.u8(2)? {
        0 | 2 => address(header.bytes.len().checked_sub(16)?),
        4 => address(8),
        _ => None,
    }
}

/// The home address that destination options give, if they give one: that of a mobile node that is elsewhere. RFC 6275 section 6.3
pub(super) fn home_address(header: Span<'_>) -> Option<Ipv6Addr> {
    const PAD1: u8 = 0;
    const HOME_ADDRESS: u8 = 0xc9;
    let mut rest = header.bytes.get(2..)?;
    while let Some((&kind, after)) = rest.split_first() {
        if kind == PAD1 {
            rest = after;
            continue;
        }
        let (&length, data) = after.split_first()?;
        let (value, next) = data.split_at_checked(length.into())?;
        if kind == HOME_ADDRESS {
            return <[u8; 16]>::try_from(value).ok().map(Ipv6Addr::from);
        }
        rest = next;
    }
    None
}

/// Reads a header of variable length; `field` is the filter name of its length.
fn decode<'a>(protocol: Protocol, field: &'static str, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
    let fixed = packet.fixed(protocol, cursor, FIXED)?;
    let declared = usize::from(fixed.u8(1)?);
    let is_authentication = protocol == Protocol::Authentication;
    let length = if is_authentication {
        (declared + 2) * 4
    } else {
        (declared + 1) * 8
    };
    if is_authentication && length < 12 {
        packet.push(protocol, cursor, FIXED);
        packet.malformed(protocol, fixed.at + 1, Expected::AtLeast { field, least: 1 }, declared);
        packet.end(cursor.after(FIXED), Content::Unread);
        return None;
    }
    let header = packet.declared(protocol, cursor, field, length)?;
    let mut whole = cursor;
    if matches!(protocol, Protocol::HopByHop | Protocol::DestinationOptions) {
        check(
            packet,
            protocol,
            OptionLayout::Ipv6,
            header.from(2),
            options::id::OPT_LENGTH,
        );
    }
    if protocol == Protocol::HopByHop {
        whole = cut_to_jumbo_length(header, cursor, packet);
    }
    packet.push(protocol, whole, length);
    let next = fixed.u8(0)?;
    let after = whole.after(length);
    let is_ipv4 = packet.layers.iter().rev().find_map(|layer| match layer.protocol {
        Protocol::Ipv4 => Some(true),
        Protocol::Ipv6 => Some(false),
        _ => None,
    });
    Some(if is_ipv4 == Some(true) {
        (NextProtocol::AfterIpv4(next), after)
    } else {
        (NextProtocol::AfterIpv6(next), after)
    })
}

/// The length of a jumbogram is in an option, because the IPv6 header's field is too small.
fn cut_to_jumbo_length<'a>(header: Span<'a>, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> Cursor<'a> {
    let before = packet.layers.last().and_then(Layer::ipv6);
    if before.is_none_or(|ipv6| ipv6.payload_length() != 0) {
        return cursor;
    }
    let declared = OptionIter::new(OptionLayout::Ipv6, header.from(2)).find_map(|item| match item {
        OptionItem::Option { kind: JUMBO, span } => span.u32(2),
        _ => None,
    });
    let Some(declared) = declared.and_then(|declared| usize::try_from(declared).ok()) else {
        return cursor;
    };
    if declared > cursor.length {
        if cursor.completeness == Completeness::Whole {
            let expected = Expected::Declared {
                field: options::id::OPT_JUMBO,
                bytes: declared,
            };
            packet.malformed(Protocol::HopByHop, header.at, expected, cursor.length);
        }
        return cursor;
    }
    if declared < header.bytes.len() {
        let least = Expected::AtLeast {
            field: options::id::OPT_JUMBO,
            least: header.bytes.len() as u64,
        };
        packet.malformed(Protocol::HopByHop, header.at, least, declared);
        return cursor;
    }
    packet.set_trailer(cursor, declared);
    cursor.limited(declared)
}

/// The descriptor of hop-by-hop options.
pub(super) struct HopByHop;

impl HeaderDef for HopByHop {
    const NAME: &'static str = "IPv6 hop-by-hop options";
    const SOURCE: &'static str = "RFC 8200";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv6(0)];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        fields_and_options(&HOP_BY_HOP, header)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::HopByHop, id::HOPOPTS_LEN, cursor, packet)
    }
}

/// The descriptor of the routing header.
pub(super) struct Routing;

impl HeaderDef for Routing {
    const NAME: &'static str = "IPv6 routing header";
    const SOURCE: &'static str = "RFC 8200";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv6(43)];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(4).fields(&ROUTING, &UNREAD);
        let data = header.from(4);
        let (table, address, count): (&'static [FieldDef], _, usize) = match header.u8(2) {
            Some(0) => (&SOURCE_ROUTE, &SOURCE_ROUTE_ADDRESS, usize::MAX),
            Some(2) => (&MOBILE, &SOURCE_ROUTE_ADDRESS, 0),
            Some(4) => (
                &SEGMENTS,
                &SEGMENT,
                header.u8(4).map_or(0, |last| usize::from(last) + 1),
            ),
            _ => (&[], &SEGMENT, 0),
        };
        fields.extend(table.iter().map_while(|def| Field::read(def, data)));
        let mut left = data.from(4);
        for _ in 0..count {
            let Some(field) = Field::read(address, left) else {
                break;
            };
            fields.push(field);
            left = left.from(16);
        }
        header.push_remainder(&mut fields, &TYPE_DATA);
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::Routing, id::ROUTING_LEN, cursor, packet)
    }
}

/// The descriptor of the fragment header.
pub(super) struct Fragment;

impl HeaderDef for Fragment {
    const NAME: &'static str = "IPv6 fragment header";
    const SOURCE: &'static str = "RFC 8200";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv6(44)];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(&FRAGMENT, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let fixed = packet.fixed(Protocol::Fragment, cursor, FIXED)?;
        packet.push(Protocol::Fragment, cursor, FIXED);
        let header = FragmentHeader::new(fixed)?;
        let mut data = cursor.after(FIXED);
        if header.offset > 0 {
            packet.end(data, Content::Fragment(header.next_header));
            return None;
        }
        if header.more && data.completeness == Completeness::Whole {
            data.completeness = Completeness::FirstFragment;
        }
        Some((NextProtocol::AfterIpv6(header.next_header), data))
    }
}

/// The descriptor of the authentication header.
pub(super) struct Authentication;

impl HeaderDef for Authentication {
    const NAME: &'static str = "authentication header";
    const SOURCE: &'static str = "RFC 4302";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv4(51), NextProtocol::AfterIpv6(51)];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(&AUTHENTICATION, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::Authentication, id::AH_LENGTH, cursor, packet)
    }
}

/// The descriptor of destination options.
pub(super) struct DestinationOptions;

impl HeaderDef for DestinationOptions {
    const NAME: &'static str = "IPv6 destination options";
    const SOURCE: &'static str = "RFC 8200";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv6(60)];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        fields_and_options(&DESTINATION, header)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::DestinationOptions, id::DSTOPTS_LEN, cursor, packet)
    }
}
