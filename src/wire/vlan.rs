//! VLAN tags: IEEE 802.1Q, 802.1ad (`QinQ`) and their predecessors differ in the type before them only.

use super::decode::Step;
use super::ethernet::by_type_or_length;
use super::field::{Field, Form, Spec, bits, bytes, rest};
use super::numbers::ether_type;
use super::packet::Packet;
use super::protocol::Protocol;
use super::rest::Rest;
use super::span::Span;

/// Bytes of the tag after the type that announces it.
const FIXED: usize = 4;

/// The tag. IEEE 802.1Q section 9.6
static TABLE: [Spec; 4] = [
    bits("vlan.priority", "priority", 0, 3, Form::Decimal),
    bits("vlan.dei", "drop eligible", 3, 1, Form::Flag),
    bits("vlan.id", "VLAN identifier", 4, 12, Form::Decimal),
    bytes("vlan.etype", "type", 2, 2, Form::HexNamed(ether_type)),
];

/// The tag before an IEEE 802.3 frame.
static TABLE_802_3: [Spec; 4] = [
    bits("vlan.priority", "priority", 0, 3, Form::Decimal),
    bits("vlan.dei", "drop eligible", 3, 1, Form::Flag),
    bits("vlan.id", "VLAN identifier", 4, 12, Form::Decimal),
    bytes("vlan.len", "length", 2, 2, Form::Count("bytes")),
];

/// The tag of IEEE 802.1ad.
static TABLE_SERVICE: [Spec; 4] = [
    bits("ieee8021ad.priority", "priority", 0, 3, Form::Decimal),
    bits("ieee8021ad.dei", "drop eligible", 3, 1, Form::Flag),
    bits("ieee8021ad.id", "VLAN identifier", 4, 12, Form::Decimal),
    bytes("ieee8021ah.etype", "type", 2, 2, Form::HexNamed(ether_type)),
];

static UNREAD: Spec = rest("vlan.unread", "unread bytes", 0, Form::Bytes);

/// The fields of a tag.
pub(super) fn fields(protocol: Protocol, header: Span<'_>) -> Vec<Field<'_>> {
    let has_length = header.u16(2).is_some_and(|number| number <= 1500);
    let table = match protocol {
        _ if has_length => &TABLE_802_3,
        Protocol::ServiceVlan => &TABLE_SERVICE,
        _ => &TABLE,
    };
    header.fields(table, &UNREAD)
}

/// Reads a tag.
pub(super) fn decode<'a>(protocol: Protocol, rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
    let header = packet.fixed(protocol, rest, FIXED)?;
    packet.push(protocol, rest, FIXED);
    by_type_or_length(protocol, "vlan.len", header.u16(2)?, rest.after(FIXED), packet)
}
