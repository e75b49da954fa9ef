//! Logical link control, and SNAP on top of it. IEEE 802.2, RFC 1042

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::fields::Fields;
use super::header::HeaderDef;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::{ether_type, service_access_point};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    DSAP_SAP = "llc.dsap.sap";
    DSAP_IG = "llc.dsap.ig";
    SSAP_SAP = "llc.ssap.sap";
    SSAP_CR = "llc.ssap.cr";
    DSAP = "llc.dsap";
    SSAP = "llc.ssap";
    CONTROL = "llc.control";
    OUI = "llc.oui";
    TYPE = "llc.type";
    PID = "llc.pid";
    CISCO_PID = "llc.cisco_pid";
    UNREAD = "llc.unread";
}

/// Service access points and control field of an unnumbered frame.
const UNNUMBERED: usize = 3;
/// The same of a numbered one, whose control field has two bytes.
const NUMBERED: usize = 4;
/// With SNAP.
const SNAP: usize = 8;
/// Cisco's organization code.
const CISCO: u32 = 0x00_000c;

static DESTINATION: [FieldDef; 2] = [
    bits(id::DSAP_SAP, "SAP", 0, 7, Format::Hex),
    bits(id::DSAP_IG, "group address", 7, 1, Format::Flag),
];
static SOURCE: [FieldDef; 2] = [
    bits(id::SSAP_SAP, "SAP", 8, 7, Format::Hex),
    bits(id::SSAP_CR, "response", 15, 1, Format::Flag),
];
const ACCESS_POINTS: [FieldDef; 2] = [
    bytes(
        id::DSAP,
        "destination SAP",
        0,
        1,
        Format::HexNamed(service_access_point),
    )
    .of(&DESTINATION),
    bytes(id::SSAP, "source SAP", 1, 1, Format::HexNamed(service_access_point)).of(&SOURCE),
];
const CONTROL: FieldDef = bytes(id::CONTROL, "control", 2, 1, Format::Hex);
const ORGANIZATION: FieldDef = bytes(id::OUI, "organization code", 3, 3, Format::Hex);

/// The header of an unnumbered frame.
static TABLE: [FieldDef; 3] = [ACCESS_POINTS[0], ACCESS_POINTS[1], CONTROL];
/// The header of a numbered frame.
static TABLE_NUMBERED: [FieldDef; 3] = [
    ACCESS_POINTS[0],
    ACCESS_POINTS[1],
    bytes(id::CONTROL, "control", 2, 2, Format::Hex),
];
/// With SNAP, the protocol by its `EtherType`.
static TABLE_SNAP: [FieldDef; 5] = [
    ACCESS_POINTS[0],
    ACCESS_POINTS[1],
    CONTROL,
    ORGANIZATION,
    bytes(id::TYPE, "type", 6, 2, Format::HexNamed(ether_type)),
];
/// With SNAP, the protocol by a number of the organization's own.
static TABLE_SNAP_OWN: [FieldDef; 5] = [
    ACCESS_POINTS[0],
    ACCESS_POINTS[1],
    CONTROL,
    ORGANIZATION,
    bytes(id::PID, "protocol ID", 6, 2, Format::Hex),
];
/// With SNAP, the protocol by Cisco's numbers.
static TABLE_SNAP_CISCO: [FieldDef; 5] = [
    ACCESS_POINTS[0],
    ACCESS_POINTS[1],
    CONTROL,
    ORGANIZATION,
    bytes(id::CISCO_PID, "protocol ID", 6, 2, Format::Hex),
];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// The organization; only in SNAP.
fn organization(header: Span<'_>) -> Option<u32> {
    header.u32(2).map(|number| number & 0x00ff_ffff)
}

/// Is the protocol after SNAP an `EtherType`? RFC 1042; 00-00-f8: IEEE 802.1H
const fn is_ether_type(organization: u32) -> bool {
    matches!(organization, 0 | 0x00_00f8)
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "LLC";
    const SOURCE: &'static str = "IEEE 802.2";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::Llc];
    const FIELDS: &'static [Fields] = &[FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let table: &'static [FieldDef] = match header.bytes.len() {
            SNAP if organization(header).is_some_and(is_ether_type) => &TABLE_SNAP,
            SNAP if organization(header) == Some(CISCO) => &TABLE_SNAP_CISCO,
            5.. => &TABLE_SNAP_OWN,
            NUMBERED => &TABLE_NUMBERED,
            _ => &TABLE,
        };
        header.fields(table, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::Llc, cursor, UNNUMBERED)?;
        let (to, from, control) = (header.u8(0)?, header.u8(1)?, header.u8(2)?);
        if (to, from, control) == (0xaa, 0xaa, 0x03) {
            let header = packet.fixed(Protocol::Llc, cursor, SNAP)?;
            packet.push(Protocol::Llc, cursor, SNAP);
            let (organization, protocol) = (organization(header)?, header.u16(6)?);
            if is_ether_type(organization) {
                return Some((NextProtocol::EtherType(protocol), cursor.after(SNAP)));
            }
            packet.end(cursor.after(SNAP), Content::Snap { organization, protocol });
            return None;
        }
        let length = if control & 3 == 3 { UNNUMBERED } else { NUMBERED };
        packet.fixed(Protocol::Llc, cursor, length)?;
        packet.push(Protocol::Llc, cursor, length);
        if to == 0x06 {
            return Some((NextProtocol::Ip, cursor.after(length)));
        }
        packet.end(cursor.after(length), Content::Sap(to));
        None
    }
}
