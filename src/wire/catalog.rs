//! All tables of fields of the protocols that a course looks at, to look a field up without a packet.

use super::field::Spec;
use super::options::Shape;
use super::protocol::Protocol;
use super::{arp, ethernet, icmp, icmp_extension, icmpv6, ipv4, ipv6, tcp, udp};

/// From where the fields of a table are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the start of the header.
    Header,
    /// From the first byte of the option, which stands wherever the options before it end.
    Option,
    /// From the first byte of what stands behind the header and has this name: extension, object.
    Behind(&'static str),
    /// In the header, each where the one before it ends; its own table tells no place.
    Running,
    /// The same in an option.
    RunningInOption,
}

impl Origin {
    /// Has a field no place of its own in the table?
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Running | Self::RunningInOption)
    }
}

/// A table: a header, a kind of message, or an option.
#[derive(Debug, Clone, Copy)]
pub struct Chapter {
    /// The protocol.
    pub protocol: Protocol,
    /// What of it: `echo`, `option maximum segment size`; empty for the header itself.
    pub part: &'static str,
    /// From where its fields are placed.
    pub origin: Origin,
    /// Its fields in order.
    pub table: &'static [Spec],
}

/// What a protocol's file tells of its tables: part, origin, fields.
pub(super) type Tables = &'static [(&'static str, Origin, &'static [Spec])];

/// Every table of Ethernet, ARP, IPv4, IPv6, ICMP, `ICMPv6` (without neighbor and listener discovery), UDP and TCP.
pub fn catalog() -> impl Iterator<Item = Chapter> {
    let headers: [(Protocol, Tables); 12] = [
        (Protocol::Tcp, tcp::TABLES),
        (Protocol::Udp, udp::TABLES),
        (Protocol::Ipv4, ipv4::TABLES),
        (Protocol::Ipv6, ipv6::TABLES),
        (Protocol::Ethernet, ethernet::TABLES),
        (Protocol::Arp, arp::TABLES),
        (Protocol::Icmp, icmp::TABLES),
        (Protocol::Icmpv6, icmpv6::TABLES),
        (Protocol::Icmp, icmp_extension::TABLES),
        (Protocol::Tcp, tcp::options::TABLES),
        (Protocol::Tcp, tcp::multipath::TABLES),
        (Protocol::Ipv4, ipv4::options::TABLES),
    ];
    let headers = headers.into_iter().flat_map(|(protocol, tables)| {
        tables.iter().map(move |&(part, origin, table)| Chapter {
            protocol,
            part,
            origin,
            table,
        })
    });
    let options = [
        (Protocol::Tcp, tcp::options::SHAPES),
        (Protocol::Ipv4, ipv4::options::SHAPES),
    ];
    let options = options
        .into_iter()
        .flat_map(|(protocol, shapes)| shapes.iter().flat_map(move |shape| of_option(protocol, shape)));
    headers.chain(options)
}

/// The option as a whole, what is in it, and what is there again and again.
fn of_option(protocol: Protocol, shape: &'static Shape) -> [Chapter; 3] {
    let chapter = |origin, table| Chapter {
        protocol,
        part: shape.whole.name,
        origin,
        table,
    };
    [
        chapter(Origin::Option, std::slice::from_ref(shape.whole)),
        chapter(Origin::Option, shape.parts),
        chapter(Origin::RunningInOption, shape.repeated),
    ]
}
