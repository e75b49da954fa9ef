//! ARP. RFC 826; probes and announcements: RFC 5227

use std::net::Ipv4Addr;

use pnet::packet::arp::ArpPacket;

use super::chapter::{Origin, Tables};
use super::field::{Field, Form, Spec, bytes, rest};
use super::header::HeaderDef;
use super::layer::Layer;
use super::next::{Next, Step};
use super::numbers::{ether_type, hardware};
use super::packet::{Content, Packet};
use super::problem::Expected;
use super::protocol::Protocol;
use super::rest::Rest;
use super::span::Span;

/// Bytes before the addresses.
const FIXED: usize = 8;
/// Bytes of the whole message for IPv4 over Ethernet.
const ETHERNET_IPV4: usize = 28;

/// The message for IPv4 over Ethernet.
pub static TABLE: [Spec; 9] = [
    bytes("arp.hw.type", "hardware type", 0, 2, Form::Named(hardware)),
    bytes("arp.proto.type", "protocol type", 2, 2, Form::HexNamed(ether_type)),
    bytes("arp.hw.size", "hardware address length", 4, 1, Form::Count("bytes")),
    bytes("arp.proto.size", "protocol address length", 5, 1, Form::Count("bytes")),
    bytes("arp.opcode", "operation", 6, 2, Form::Named(operation)),
    bytes("arp.src.hw_mac", "sender MAC", 8, 6, Form::Mac),
    bytes("arp.src.proto_ipv4", "sender IPv4", 14, 4, Form::Ipv4),
    bytes("arp.dst.hw_mac", "target MAC", 18, 6, Form::Mac),
    bytes("arp.dst.proto_ipv4", "target IPv4", 24, 4, Form::Ipv4),
];

/// The addresses of any other pair: hardware or not, the field as a MAC or IPv4 address, the field as bytes.
static ADDRESSES: [(bool, Spec, Spec); 4] = [
    (
        true,
        rest("arp.src.hw_mac", "sender MAC", 0, Form::Mac),
        rest("arp.src.hw", "sender hardware address", 0, Form::Bytes),
    ),
    (
        false,
        rest("arp.src.proto_ipv4", "sender IPv4", 0, Form::Ipv4),
        rest("arp.src.proto", "sender protocol address", 0, Form::Bytes),
    ),
    (
        true,
        rest("arp.dst.hw_mac", "target MAC", 0, Form::Mac),
        rest("arp.dst.hw", "target hardware address", 0, Form::Bytes),
    ),
    (
        false,
        rest("arp.dst.proto_ipv4", "target IPv4", 0, Form::Ipv4),
        rest("arp.dst.proto", "target protocol address", 0, Form::Bytes),
    ),
];
static UNREAD: Spec = rest("arp.unread", "unread bytes", 0, Form::Bytes);

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
        (self.protocol == Protocol::Arp)
            .then(|| Arp::new(self.header))
            .flatten()
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
    const ANNOUNCED_BY: &'static [Next] = &[Next::EtherType(0x0806)];
    const TABLES: Tables = &[
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
                fields.push(Field::walked(
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

    fn decode<'a>(rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
        let header = packet.fixed(Protocol::Arp, rest, FIXED)?;
        let length = FIXED + 2 * (usize::from(header.u8(4)?) + usize::from(header.u8(5)?));
        if rest.span.bytes.len() < length && length == ETHERNET_IPV4 {
            packet.fixed(Protocol::Arp, rest, length)?;
        }
        if rest.span.bytes.len() < length {
            packet.push(Protocol::Arp, rest, length);
            let said = Expected::Said {
                field: "arp.hw.size",
                bytes: length,
            };
            packet.too_short(Protocol::Arp, rest, said, length);
            packet.end(rest.after(length), Content::Unread);
            return None;
        }
        packet.trail(rest, length);
        let message = rest.limited(length);
        packet.push(Protocol::Arp, message, length);
        packet.end(message.after(length), Content::Data);
        None
    }
}
