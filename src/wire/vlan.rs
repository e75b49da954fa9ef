//! VLAN tags: IEEE 802.1Q, 802.1ad (`QinQ`) and their predecessors differ in the type before them only.

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::ethernet::by_type_or_length;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::fields::Fields;
use super::header::HeaderDef;
use super::layer::Layer;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::ether_type;
use super::packet::Packet;
use super::protocol::Protocol;
use super::span::Span;

fields! {
    PRIORITY = "vlan.priority";
    DEI = "vlan.dei";
    ID = "vlan.id";
    ETYPE = "vlan.etype";
    LEN = "vlan.len";
    IEEE8021AD_PRIORITY = "ieee8021ad.priority";
    IEEE8021AD_DEI = "ieee8021ad.dei";
    IEEE8021AD_ID = "ieee8021ad.id";
    IEEE8021AH_ETYPE = "ieee8021ah.etype";
    UNREAD = "vlan.unread";
}

/// Bytes of the tag after the type that announces it.
const FIXED: usize = 4;

/// The tag. IEEE 802.1Q section 9.6
static TABLE: [FieldDef; 4] = [
    bits(id::PRIORITY, "priority", 0, 3, Format::Decimal),
    bits(id::DEI, "drop eligible", 3, 1, Format::Flag),
    bits(id::ID, "VLAN identifier", 4, 12, Format::Decimal),
    bytes(id::ETYPE, "type", 2, 2, Format::HexNamed(ether_type)),
];

/// The tag before an IEEE 802.3 frame.
static TABLE_802_3: [FieldDef; 4] = [
    bits(id::PRIORITY, "priority", 0, 3, Format::Decimal),
    bits(id::DEI, "drop eligible", 3, 1, Format::Flag),
    bits(id::ID, "VLAN identifier", 4, 12, Format::Decimal),
    bytes(id::LEN, "length", 2, 2, Format::Count("bytes")),
];

/// The tag of IEEE 802.1ad.
static TABLE_SERVICE: [FieldDef; 4] = [
    bits(id::IEEE8021AD_PRIORITY, "priority", 0, 3, Format::Decimal),
    bits(id::IEEE8021AD_DEI, "drop eligible", 3, 1, Format::Flag),
    bits(id::IEEE8021AD_ID, "VLAN identifier", 4, 12, Format::Decimal),
    bytes(id::IEEE8021AH_ETYPE, "type", 2, 2, Format::HexNamed(ether_type)),
];

static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// The fields of a tag: those of the table unless its last two bytes are a length.
fn fields_of<'a>(table: &'static [FieldDef], header: Span<'a>) -> Vec<Field<'a>> {
    let has_length = header.u16(2).is_some_and(|number| number <= 1500);
    header.fields(if has_length { &TABLE_802_3 } else { table }, &UNREAD)
}

/// Reads a tag.
fn decode<'a>(protocol: Protocol, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
    let header = packet.fixed(protocol, cursor, FIXED)?;
    packet.push(protocol, cursor, FIXED);
    by_type_or_length(protocol, id::LEN, header.u16(2)?, cursor.after(FIXED), packet)
}

impl Layer<'_> {
    /// The VLAN identifier, 0 to 4095, when it is a VLAN tag.
    #[must_use]
    pub fn vlan_identifier(&self) -> Option<u16> {
        matches!(self.protocol, Protocol::Vlan | Protocol::ServiceVlan)
            .then(|| Some(self.header.u16(0)? & 0x0fff))
            .flatten()
    }
}

/// The descriptor of the tag.
pub(super) struct Tag;

impl HeaderDef for Tag {
    const NAME: &'static str = "VLAN tag";
    const SOURCE: &'static str = "IEEE 802.1Q";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[
        NextProtocol::EtherType(0x8100),
        NextProtocol::EtherType(0x9100),
        NextProtocol::EtherType(0x9200),
    ];
    const FIELDS: &'static [Fields] = &[FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        fields_of(&TABLE, header)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::Vlan, cursor, packet)
    }
}

/// The descriptor of a service provider's tag.
pub(super) struct ServiceTag;

impl HeaderDef for ServiceTag {
    const NAME: &'static str = "service VLAN tag";
    const SOURCE: &'static str = "IEEE 802.1Q";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::EtherType(0x88a8)];
    const FIELDS: &'static [Fields] = &[FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        fields_of(&TABLE_SERVICE, header)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        decode(Protocol::ServiceVlan, cursor, packet)
    }
}
