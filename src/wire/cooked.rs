//! Linux "cooked" captures, as from the interface `any`: the kernel's own short header instead of the link layer's.
//! <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html>, <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bytes, rest};
use super::fields::Fields;
use super::header::HeaderDef;
use super::link::LinkType;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::{ether_type, hardware};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    PKTTYPE = "sll.pkttype";
    HATYPE = "sll.hatype";
    HALEN = "sll.halen";
    ETYPE = "sll.etype";
    RESERVED = "sll.reserved";
    IFINDEX = "sll.ifindex";
    LTYPE = "sll.ltype";
    GRETYPE = "sll.gretype";
    SRC_ETH = "sll.src.eth";
    SRC_IPV4 = "sll.src.ipv4";
    SRC_OTHER = "sll.src.other";
    UNUSED = "sll.unused";
    UNREAD = "sll.unread";
}

/// Bytes of version 1.
const FIXED_1: usize = 16;
/// Bytes of version 2.
const FIXED_2: usize = 20;
/// Protocol numbers from here on are Ethernet types; below, Linux's own.
const LEAST_TYPE: u16 = 1536;
/// GRE tunnels as hardware. `linux/if_arp.h`
const GRE: u16 = 778;
/// Linux: an IEEE 802.2 header follows.
const LINUX_LLC: u16 = 4;

/// The version 1 header without address and protocol, whose forms depend on the rest.
static TABLE_1: [FieldDef; 3] = [
    bytes(id::PKTTYPE, "packet type", 0, 2, Format::Named(direction)),
    bytes(id::HATYPE, "link-layer address type", 2, 2, Format::Named(hardware)),
    bytes(id::HALEN, "link-layer address length", 4, 2, Format::Count("bytes")),
];
/// The version 2 header without address.
static TABLE_2: [FieldDef; 6] = table_2(TYPE);
/// The same where the protocol is one of Linux's own.
static TABLE_2_LINUX: [FieldDef; 6] = table_2(LINUX_TYPE);
const fn table_2(protocol: FieldDef) -> [FieldDef; 6] {
    [
        protocol,
        bytes(id::RESERVED, "reserved", 2, 2, Format::Hex),
        bytes(id::IFINDEX, "interface index", 4, 4, Format::Decimal),
        bytes(id::HATYPE, "link-layer address type", 8, 2, Format::Named(hardware)),
        bytes(id::PKTTYPE, "packet type", 10, 1, Format::Named(direction)),
        bytes(id::HALEN, "link-layer address length", 11, 1, Format::Count("bytes")),
    ]
}

static TYPE: FieldDef = bytes(id::ETYPE, "protocol", 0, 2, Format::HexNamed(ether_type));
static LINUX_TYPE: FieldDef = bytes(id::LTYPE, "protocol", 0, 2, Format::HexNamed(linux_protocol));
static GRE_TYPE: FieldDef = bytes(id::GRETYPE, "protocol", 0, 2, Format::HexNamed(ether_type));
static MAC: FieldDef = bytes(id::SRC_ETH, "source", 0, 6, Format::Mac);
static IPV4: FieldDef = bytes(id::SRC_IPV4, "source", 0, 4, Format::Ipv4);
static OTHER: FieldDef = rest(id::SRC_OTHER, "source", 0, Format::Bytes);
static UNUSED: FieldDef = rest(id::UNUSED, "unused", 0, Format::Bytes);
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// Which way it went. packet(7): `sll_pkttype`
fn direction(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "to us",
        1 => "broadcast",
        2 => "multicast",
        3 => "to another host",
        4 => "sent by us",
        _ => return None,
    })
}

/// Linux's numbers that are not Ethernet types. `linux/if_ether.h`
fn linux_protocol(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "802.3 without LLC",
        4 => "802.2 LLC",
        12 => "CAN",
        _ => return None,
    })
}

/// The address has room for 8 bytes, of which `length` count; a longer address is cut.
fn push_address<'a>(slot: Span<'a>, length: usize, fields: &mut Vec<Field<'a>>) {
    let address = slot.first(length.min(8));
    match length {
        0 => {}
        6 => fields.extend(Field::read(&MAC, slot)),
        4 => fields.extend(Field::read(&IPV4, slot)),
        _ if address.bytes.is_empty() => {}
        _ => fields.push(Field::of_span(&OTHER, address, Vec::new())),
    }
    let unused = slot.from(length);
    if !unused.bytes.is_empty() {
        fields.push(Field::of_span(&UNUSED, unused, Vec::new()));
    }
}

/// The descriptor of version 1.
pub(super) struct Version1;

impl HeaderDef for Version1 {
    const NAME: &'static str = "Linux cooked v1";
    const SOURCE: &'static str = "made up by the capture";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::Link(LinkType::LINUX_SLL)];
    const FIELDS: &'static [Fields] = &[FIELDS];

    /// The fields of a version 1 header.
    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(6).fields(&TABLE_1, &UNREAD);
        let length = header.u16(4).map_or(0, usize::from);
        push_address(header.from(6).first(8), length, &mut fields);
        let last = header.from(14);
        let def = match (header.u16(2), last.u16(0)) {
            (Some(GRE), _) => &GRE_TYPE,
            (_, Some(..LEAST_TYPE)) => &LINUX_TYPE,
            _ => &TYPE,
        };
        fields.extend(Field::read(def, last));
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    /// Reads version 1.
    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::LinuxSll, cursor, FIXED_1)?;
        packet.push(Protocol::LinuxSll, cursor, FIXED_1);
        by_protocol(header.u16(2)?, header.u16(14)?, cursor.after(FIXED_1), packet)
    }
}

/// The descriptor of version 2.
pub(super) struct Version2;

impl HeaderDef for Version2 {
    const NAME: &'static str = "Linux cooked v2";
    const SOURCE: &'static str = "made up by the capture";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::Link(LinkType::LINUX_SLL2)];
    const FIELDS: &'static [Fields] = &[FIELDS];

    /// The fields of a version 2 header.
    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let linux = header.u16(0).is_some_and(|number| number < LEAST_TYPE);
        let mut fields = header
            .first(12)
            .fields(if linux { &TABLE_2_LINUX } else { &TABLE_2 }, &UNREAD);
        let length = header.u8(11).map_or(0, usize::from);
        push_address(header.from(12).first(8), length, &mut fields);
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    /// Reads version 2.
    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::LinuxSll2, cursor, FIXED_2)?;
        packet.push(Protocol::LinuxSll2, cursor, FIXED_2);
        by_protocol(header.u16(8)?, header.u16(0)?, cursor.after(FIXED_2), packet)
    }
}

fn by_protocol<'a>(hardware: u16, protocol: u16, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
    /// Netlink messages: the number is a netlink family.
    const NETLINK: u16 = 824;
    if hardware != NETLINK && protocol >= LEAST_TYPE {
        return Some((NextProtocol::EtherType(protocol), cursor));
    }
    if hardware != NETLINK && protocol == LINUX_LLC {
        return Some((NextProtocol::Llc, cursor));
    }
    packet.end(cursor, Content::EtherType(protocol));
    None
}
