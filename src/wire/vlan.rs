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

static UNREAD: Spec = rest("vlan.unread", "unread bytes", 0, Form::Bytes);

/// The fields of a tag.
pub(super) fn fields(header: Span<'_>) -> Vec<Field<'_>> {
    let has_length = header.u16(2).is_some_and(|number| number <= 1500);
    header.fields(if has_length { &TABLE_802_3 } else { &TABLE }, &UNREAD)
}

/// Reads a tag.
pub(super) fn decode<'a>(rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
    let header = packet.fixed(Protocol::Vlan, rest, FIXED)?;
    packet.push(Protocol::Vlan, rest, FIXED);
    by_type_or_length(Protocol::Vlan, "vlan.len", header.u16(2)?, rest.after(FIXED), packet)
}
