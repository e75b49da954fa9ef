//! ARP. RFC 826; probes and announcements: RFC 5227

use std::net::Ipv4Addr;

use pnet::packet::arp::ArpPacket;

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::HeaderDef;
use super::layer::Layer;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::{ether_type, hardware};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    HW_TYPE = "arp.hw.type", "RFC 826", "Which kind of link address is asked for.", "";
    PROTO_TYPE = "arp.proto.type", "RFC 826",
        "For which protocol's address it is asked.", "The same numbers as Ethernet's type.";
    HW_SIZE = "arp.hw.size", "RFC 826", "Length of a link address.", "6 for Ethernet.";
    PROTO_SIZE = "arp.proto.size", "RFC 826", "Length of a protocol address.", "4 for IPv4.";
    OPCODE = "arp.opcode", "RFC 826", "Whether it asks or answers.", "";
    SRC_HW_MAC = "arp.src.hw_mac", "RFC 826",
        "Link address of the sender: in a reply, this is the answer to the question.", "";
    SRC_PROTO_IPV4 = "arp.src.proto_ipv4", "RFC 826, RFC 5227",
        "IPv4 address of the sender.", "0.0.0.0 in a probe: the sender asks whether the address is free before it takes it.";
    DST_HW_MAC = "arp.dst.hw_mac", "RFC 826",
        "Link address of the one who is asked.", "Unknown in a request, hence mostly zeros.";
    DST_PROTO_IPV4 = "arp.dst.proto_ipv4", "RFC 826", "IPv4 address whose link address is wanted.", "";
    SRC_HW = "arp.src.hw", "RFC 826", "Link address of the sender, of another kind than Ethernet's.", "";
    SRC_PROTO = "arp.src.proto", "RFC 826", "Protocol address of the sender, of another protocol than IPv4.", "";
    DST_HW = "arp.dst.hw", "RFC 826", "Link address of the one who is asked, of another kind than Ethernet's.", "";
    DST_PROTO = "arp.dst.proto", "RFC 826", "Protocol address that is asked for, of another protocol than IPv4.", "";
    UNREAD = "arp.unread";
}

/// Bytes before the addresses.
const FIXED: usize = 8;
/// Bytes of the whole message for IPv4 over Ethernet.
const ETHERNET_IPV4: usize = 28;

/// The message for IPv4 over Ethernet.
pub static TABLE: [FieldDef; 9] = [
    bytes(id::HW_TYPE, "hardware type", 0, 2, Format::Named(hardware)),
    bytes(id::PROTO_TYPE, "protocol type", 2, 2, Format::HexNamed(ether_type)),
    bytes(id::HW_SIZE, "hardware address length", 4, 1, Format::Count("bytes")),
    bytes(id::PROTO_SIZE, "protocol address length", 5, 1, Format::Count("bytes")),
    bytes(id::OPCODE, "operation", 6, 2, Format::Named(operation)),
    bytes(id::SRC_HW_MAC, "sender MAC", 8, 6, Format::Mac),
    bytes(id::SRC_PROTO_IPV4, "sender IPv4", 14, 4, Format::Ipv4),
    bytes(id::DST_HW_MAC, "target MAC", 18, 6, Format::Mac),
    bytes(id::DST_PROTO_IPV4, "target IPv4", 24, 4, Format::Ipv4),
];

/// The addresses of any other pair: hardware or not, the field as a MAC or IPv4 address, the field as bytes.
static ADDRESSES: [(bool, FieldDef, FieldDef); 4] = [
    (
        true,
        rest(id::SRC_HW_MAC, "sender MAC", 0, Format::Mac),
        rest(id::SRC_HW, "sender hardware address", 0, Format::Bytes),
    ),
    (
        false,
        rest(id::SRC_PROTO_IPV4, "sender IPv4", 0, Format::Ipv4),
        rest(id::SRC_PROTO, "sender protocol address", 0, Format::Bytes),
    ),
    (
        true,
        rest(id::DST_HW_MAC, "target MAC", 0, Format::Mac),
        rest(id::DST_HW, "target hardware address", 0, Format::Bytes),
    ),
    (
        false,
        rest(id::DST_PROTO_IPV4, "target IPv4", 0, Format::Ipv4),
        rest(id::DST_PROTO, "target protocol address", 0, Format::Bytes),
    ),
];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

fn operation(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "request",
        2 => "reply",
        3 => "RARP request",
        4 => "RARP reply",
        8 => "InARP request",
        9 => "InARP reply",
        _ => return None,
    })
}

/// Is the hardware one of MAC addresses? Ethernet, IEEE 802
fn has_mac(header: Span<'_>) -> bool {
    matches!(header.u16(0), Some(1 | 6)) && header.u8(4) == Some(6)
}

fn has_ipv4(header: Span<'_>) -> bool {
    header.u16(2) == Some(0x0800) && header.u8(5) == Some(4)
}

/// An ARP message for IPv4 over Ethernet.
#[derive(Debug)]
pub struct Arp<'a>(ArpPacket<'a>);

impl<'a> Arp<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        (has_mac(header) && has_ipv4(header))
            .then(|| ArpPacket::new(header.bytes).map(Self))
            .flatten()
    }

    /// 1: request, 2: reply.
    #[must_use]
    pub fn operation(&self) -> u16 {
        self.0.get_operation().0
    }

    /// The sender's MAC address.
    #[must_use]
    pub fn sender_mac(&self) -> [u8; 6] {
        self.0.get_sender_hw_addr().octets()
    }

    /// The sender's IPv4 address.
    #[must_use]
    pub fn sender(&self) -> Ipv4Addr {
        self.0.get_sender_proto_addr()
    }

    /// The target's MAC address; zeros in a request.
    #[must_use]
    pub fn target_mac(&self) -> [u8; 6] {
        self.0.get_target_hw_addr().octets()
    }

    /// The target's IPv4 address: in a request, the one that is looked for.
    #[must_use]
    pub fn target(&self) -> Ipv4Addr {
        self.0.get_target_proto_addr()
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an ARP one for IPv4 over Ethernet.
    #[must_use]
    pub fn arp(&self) -> Option<Arp<'a>> {
        self.header_of(Protocol::Arp).and_then(Arp::new)
    }
}

impl<'a> Packet<'a> {
    /// The typed ARP header.
    #[must_use]
    pub fn arp(&self) -> Option<Arp<'a>> {
        self.layer(Protocol::Arp)?.arp()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "ARP";
    const SOURCE: &'static str = "RFC 826";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::EtherType(0x0806)];
    const FIELDS: &'static [Fields] = &[FIELDS];
    const TABLES: FieldTables = &[
        ("IPv4 over Ethernet", Origin::Header, &TABLE),
        (
            "any other pair of addresses",
            Origin::Running,
            &[ADDRESSES[0].2, ADDRESSES[1].2, ADDRESSES[2].2, ADDRESSES[3].2],
        ),
    ];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let (Some(hardware), Some(protocol)) = (header.u8(4), header.u8(5)) else {
            return header.fields(&TABLE, &UNREAD);
        };
        if has_mac(header) && has_ipv4(header) {
            return header.fields(&TABLE, &UNREAD);
        }
        let mut fields = header.first(FIXED).fields(&TABLE, &UNREAD);
        let mut left = header.from(FIXED);
        for (is_hardware, typed, plain) in &ADDRESSES {
            let length = usize::from(if *is_hardware { hardware } else { protocol });
            if left.bytes.len() < length {
                break;
            }
            if length > 0 {
                let known = if *is_hardware {
                    has_mac(header)
                } else {
                    has_ipv4(header)
                };
                fields.push(Field::of_span(
                    if known { typed } else { plain },
                    left.first(length),
                    Vec::new(),
                ));
            }
            left = left.from(length);
        }
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::Arp, cursor, FIXED)?;
        let length = FIXED + 2 * (usize::from(header.u8(4)?) + usize::from(header.u8(5)?));
        if cursor.span.bytes.len() < length && length == ETHERNET_IPV4 {
            packet.fixed(Protocol::Arp, cursor, length)?;
        }
        if cursor.span.bytes.len() < length {
            packet.push(Protocol::Arp, cursor, length);
            let expected = Expected::Declared {
                field: id::HW_SIZE,
                bytes: length,
            };
            packet.too_short(Protocol::Arp, cursor, expected, length);
            packet.end(cursor.after(length), Content::Unread);
            return None;
        }
        packet.set_trailer(cursor, length);
        let message = cursor.limited(length);
        packet.push(Protocol::Arp, message, length);
        packet.end(message.after(length), Content::Data);
        None
    }
}
