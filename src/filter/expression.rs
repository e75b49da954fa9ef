//! What a filter asks of a packet, as data; written back as tcpdump's text.

mod text;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A filter expression. Operators of one kind are kept in one list: `a or b or c` is one [`Expression::Or`] of three.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expression {
    /// All of these.
    And(Vec<Self>),
    /// At least one of these.
    Or(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
    /// One question.
    Primitive(Primitive),
}

/// One question, what pcap-filter(7) calls a primitive.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `tcp`, `ip6`, `arp`, …: the packet has this protocol.
    Protocol(Proto),
    /// `host` and `net`: an IP address, or those in ARP.
    Host {
        /// Only in packets of this protocol: IPv4, IPv6, ARP or RARP.
        protocol: Option<Proto>,
        /// Whose address.
        side: DirQualifier,
        /// Which addresses.
        network: AddressPrefix,
    },
    /// `ether host`: a MAC address.
    EtherHost {
        /// Whose address.
        side: DirQualifier,
        /// The address, in the order of the wire.
        address: [u8; 6],
    },
    /// `port` and `portrange`.
    Port {
        /// Only of this transport: TCP, UDP or SCTP; of all three without one.
        transport: Option<Proto>,
        /// Whose port.
        side: DirQualifier,
        /// The lowest port.
        first: u16,
        /// The highest port.
        last: u16,
    },
    /// `ip proto 6`, `ip6 proto 6`, `proto 6`: the number in IPv4's protocol field or IPv6's next header field.
    IpProtocol {
        /// Only in [`Proto::Ip`] or [`Proto::Ip6`].
        version: Option<Proto>,
        /// The protocol's number.
        number: u8,
    },
    /// `ether proto 0x800`: the frame's `EtherType`.
    EtherType(u16),
    /// `vlan`, `vlan 5`: an IEEE 802.1Q or 802.1ad tag. What is to its right looks behind the tag.
    Vlan(Option<u16>),
    /// `less 100`, `len <= 100`, …: the length on the wire, in bytes from the link-layer header on.
    Length(Relation, u32),
    /// `broadcast`, `ip multicast`, …: the destination.
    Destination(GroupDestination),
    /// `tcp[13] & 2 != 0`: bytes of a header.
    Bytes(ByteAccess),
}

/// A protocol that has a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proto {
    /// Ethernet, in front of `host`, `proto` and `[`.
    Ether,
    /// IPv4.
    Ip,
    /// IPv6.
    Ip6,
    /// ARP.
    Arp,
    /// Reverse ARP.
    Rarp,
    /// TCP over IPv4 or IPv6.
    Tcp,
    /// UDP over IPv4 or IPv6.
    Udp,
    /// SCTP over IPv4 or IPv6.
    Sctp,
    /// ICMP over IPv4.
    Icmp,
    /// `ICMPv6` over IPv6.
    Icmp6,
    /// IGMP over IPv4.
    Igmp,
    /// The `IPsec` authentication header over IPv4 or IPv6.
    Ah,
    /// The `IPsec` encapsulating security payload over IPv4 or IPv6.
    Esp,
}

impl Proto {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Ether,
        Self::Ip,
        Self::Ip6,
        Self::Arp,
        Self::Rarp,
        Self::Tcp,
        Self::Udp,
        Self::Sctp,
        Self::Icmp,
        Self::Icmp6,
        Self::Igmp,
        Self::Ah,
        Self::Esp,
    ];

    /// The word for it in an expression.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ether => "ether",
            Self::Ip => "ip",
            Self::Ip6 => "ip6",
            Self::Arp => "arp",
            Self::Rarp => "rarp",
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
            Self::Icmp => "icmp",
            Self::Icmp6 => "icmp6",
            Self::Igmp => "igmp",
            Self::Ah => "ah",
            Self::Esp => "esp",
        }
    }

    /// Its `EtherType` (IANA, "IEEE 802 Numbers"), if it is carried by Ethernet.
    #[must_use]
    pub const fn ether_type(self) -> Option<u16> {
        Some(match self {
            Self::Ip => 0x0800,
            Self::Arp => 0x0806,
            Self::Rarp => 0x8035,
            Self::Ip6 => 0x86dd,
            _ => return None,
        })
    }

    /// Its number in the IPv4 protocol field and the IPv6 next header field (IANA, "Protocol Numbers"), if it is
    /// carried by IP.
    #[must_use]
    pub const fn ip_number(self) -> Option<u8> {
        Some(match self {
            Self::Ether | Self::Ip | Self::Ip6 | Self::Arp | Self::Rarp => return None,
            Self::Icmp => 1,
            Self::Igmp => 2,
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Esp => 50,
            Self::Ah => 51,
            Self::Icmp6 => 58,
            Self::Sctp => 132,
        })
    }
}

/// Whose address or port is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DirQualifier {
    /// `src`: the source's.
    Source,
    /// `dst`: the destination's.
    Destination,
    /// `src or dst`, and without a word.
    #[default]
    Either,
    /// `src and dst`.
    Both,
}

/// Addresses that have their first bits in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AddressPrefix {
    /// IPv4 addresses: those that equal `address` where `mask` has ones. `address` has no ones outside of the mask.
    V4 {
        /// The common bits.
        address: Ipv4Addr,
        /// Which bits are common.
        mask: Ipv4Addr,
    },
    /// IPv6 addresses: those that equal `address` in the first `length` bits. `address` has no ones after them.
    V6 {
        /// The common bits.
        address: Ipv6Addr,
        /// How many bits are common, from 0 to 128.
        length: u8,
    },
}

impl From<IpAddr> for AddressPrefix {
    /// This address alone.
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4 {
                address,
                mask: Ipv4Addr::BROADCAST,
            },
            IpAddr::V6(address) => Self::V6 { address, length: 128 },
        }
    }
}

/// How a number is compared with the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::NotEqual,
        Self::Less,
        Self::LessOrEqual,
        Self::Greater,
        Self::GreaterOrEqual,
    ];

    /// The sign for it in an expression.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// A packet for many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupDestination {
    /// `ether broadcast`: the destination MAC address is all ones.
    EtherBroadcast,
    /// `ether multicast`: the destination MAC address has its group bit set; broadcast has it too.
    EtherMulticast,
    /// `ip multicast`: the IPv4 destination is 224.0.0.0 or higher.
    IpMulticast,
    /// `ip6 multicast`: the IPv6 destination starts with ff.
    Ip6Multicast,
}

impl GroupDestination {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::EtherBroadcast,
        Self::EtherMulticast,
        Self::IpMulticast,
        Self::Ip6Multicast,
    ];

    const fn words(self) -> &'static str {
        match self {
            Self::EtherBroadcast => "ether broadcast",
            Self::EtherMulticast => "ether multicast",
            Self::IpMulticast => "ip multicast",
            Self::Ip6Multicast => "ip6 multicast",
        }
    }
}

/// One to four bytes of a header as a number in network byte order, masked, compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ByteAccess {
    /// Whose header. A packet without that header does not match.
    pub protocol: Proto,
    /// Where the bytes start, counted from the first one of that header.
    pub offset: u32,
    /// How many: 1, 2 or 4.
    pub size: u8,
    /// The bits that count; all of them: `u32::MAX`.
    pub mask: u32,
    /// The comparison with `value`.
    pub relation: Relation,
    /// The number to compare with.
    pub value: u32,
}

impl Expression {
    /// This and that.
    #[must_use]
    pub fn and(self, right: Self) -> Self {
        Self::And(joined(self, right, |expression| match expression {
            Self::And(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    /// This or that.
    #[must_use]
    pub fn or(self, right: Self) -> Self {
        Self::Or(joined(self, right, |expression| match expression {
            Self::Or(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    /// Not this.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl From<Primitive> for Expression {
    fn from(primitive: Primitive) -> Self {
        Self::Primitive(primitive)
    }
}

/// The parts of both, where `parts` takes lists of the same operator apart.
fn joined(
    left: Expression,
    right: Expression,
    parts: impl Fn(Expression) -> Result<Vec<Expression>, Expression>,
) -> Vec<Expression> {
    let mut all = parts(left).unwrap_or_else(|one| vec![one]);
    match parts(right) {
        Ok(more) => all.extend(more),
        Err(one) => all.push(one),
    }
    all
}
