//! Ethernet II and IEEE 802.3. IEEE 802.3 section 3; RFC 894, RFC 1042

use std::ops::RangeInclusive;

use pnet::packet::ethernet::EthernetPacket;

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::HeaderDef;
use super::layer::Layer;
use super::link::LinkType;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::ether_type;
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    DST = "eth.dst", "IEEE 802.3 section 3.2",
        "Address of the network card that the frame is for, on this link.",
        "ff:ff:ff:ff:ff:ff is everybody; the lowest bit of the first byte marks a group. On loopback all zeros.";
    SRC = "eth.src", "IEEE 802.3 section 3.2",
        "Address of the network card that sent the frame on this link; a router puts its own there.", "On loopback all zeros.";
    TYPE = "eth.type", "IEEE 802.3 section 3.2.6",
        "Which protocol follows.", "From 1536 on it is a type; up to 1500 the same two bytes are a length.";
    LEN = "eth.len", "IEEE 802.3 section 3.2.6",
        "Length of what follows, without padding. It is in the place where Ethernet II has the type.", "Up to 1500.";
    INVALID_LENTYPE = "eth.invalid_lentype", "IEEE 802.3 section 3.2.6",
        "A number between 1501 and 1535: too large for a length, too small for a type.", "";
    UNREAD = "eth.unread";
}

/// Bytes of the header.
pub const FIXED: usize = 14;

/// Values of the type field that are lengths. From 1536 on they are types; between, neither.
const LENGTHS: RangeInclusive<u16> = 0..=1500;
/// The least type.
const LEAST_TYPE: u16 = 1536;

const DESTINATION: FieldDef = bytes(id::DST, "destination MAC", 0, 6, Format::Mac);
const SOURCE: FieldDef = bytes(id::SRC, "source MAC", 6, 6, Format::Mac);

/// The header of Ethernet II.
pub static TABLE: [FieldDef; 3] = [
    DESTINATION,
    SOURCE,
    bytes(id::TYPE, "type", 12, 2, Format::HexNamed(ether_type)),
];

/// The header of IEEE 802.3.
pub static TABLE_802_3: [FieldDef; 3] = [
    DESTINATION,
    SOURCE,
    bytes(id::LEN, "length", 12, 2, Format::Count("bytes")),
];

/// With a third field that is neither type nor length.
static TABLE_INVALID: [FieldDef; 3] = [
    DESTINATION,
    SOURCE,
    bytes(id::INVALID_LENTYPE, "neither type nor length", 12, 2, Format::Hex),
];

static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// An Ethernet header.
#[derive(Debug)]
pub struct Ethernet<'a>(EthernetPacket<'a>);

impl<'a> Ethernet<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        EthernetPacket::new(header.bytes).map(Self)
    }

    /// Destination MAC address.
    #[must_use]
    pub fn destination(&self) -> [u8; 6] {
        self.0.get_destination().octets()
    }

    /// Source MAC address.
    #[must_use]
    pub fn source(&self) -> [u8; 6] {
        self.0.get_source().octets()
    }

    /// Type, or the length in bytes of what follows when it is 1500 or less (IEEE 802.3).
    #[must_use]
    pub fn type_or_length(&self) -> u16 {
        self.0.get_ethertype().0
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an Ethernet one and its 14 bytes are there.
    #[must_use]
    pub fn ethernet(&self) -> Option<Ethernet<'a>> {
        self.header_of(Protocol::Ethernet).and_then(Ethernet::new)
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "Ethernet";
    const SOURCE: &'static str = "IEEE 802.3";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::Link(LinkType::ETHERNET)];
    const FIELDS: &'static [Fields] = &[FIELDS];
    const TABLES: FieldTables = &[
        ("Ethernet II", Origin::Header, &TABLE),
        ("IEEE 802.3", Origin::Header, &TABLE_802_3),
        ("neither", Origin::Header, &TABLE_INVALID),
    ];

    fn length(_: Span<'_>) -> usize {
        FIXED
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let table = match header.u16(12) {
            Some(length) if LENGTHS.contains(&length) => &TABLE_802_3,
            Some(invalid) if invalid < LEAST_TYPE => &TABLE_INVALID,
            _ => &TABLE,
        };
        header.fields(table, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::Ethernet, cursor, FIXED)?;
        packet.push(Protocol::Ethernet, cursor, FIXED);
        by_type_or_length(
            Protocol::Ethernet,
            id::LEN,
            header.u16(12)?,
            cursor.after(FIXED),
            packet,
        )
    }
}

/// What follows a field that is a type or a length: the one of Ethernet, or that of a VLAN tag.
pub(super) fn by_type_or_length<'a>(
    protocol: Protocol,
    field: &'static str,
    number: u16,
    cursor: Cursor<'a>,
    packet: &mut Packet<'a>,
) -> NextHeader<'a> {
    if number >= LEAST_TYPE {
        return Some((NextProtocol::EtherType(number), cursor));
    }
    let length = usize::from(number);
    if !LENGTHS.contains(&number) {
        let least = Expected::AtLeast {
            field: id::TYPE,
            least: u64::from(LEAST_TYPE),
        };
        packet.malformed(protocol, cursor.span.at.saturating_sub(2), least, length);
        packet.end(cursor, Content::EtherType(number));
        return None;
    }
    if length > cursor.length {
        let expected = Expected::Declared { field, bytes: length };
        packet.malformed(protocol, cursor.span.at, expected, cursor.length);
    }
    packet.set_trailer(cursor, length);
    Some((NextProtocol::Llc, cursor.limited(length)))
}
