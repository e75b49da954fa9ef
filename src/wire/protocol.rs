//! The protocols that have a table of fields here.

use std::fmt;

/// A protocol whose header is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// Ethernet II or IEEE 802.3.
    Ethernet,
    /// IEEE 802.2 logical link control, SNAP included.
    Llc,
    /// A VLAN tag: IEEE 802.1Q, and the predecessors of 802.1ad.
    Vlan,
    /// A service provider's VLAN tag: IEEE 802.1ad.
    ServiceVlan,
    /// Linux "cooked" capture, version 1.
    LinuxSll,
    /// Linux "cooked" capture, version 2.
    LinuxSll2,
    /// BSD loopback.
    Null,
    /// ARP, RFC 826.
    Arp,
    /// IPv4, RFC 791.
    Ipv4,
    /// IPv6, RFC 8200.
    Ipv6,
    /// IPv6 hop-by-hop options, RFC 8200 section 4.3.
    HopByHop,
    /// IPv6 routing header, RFC 8200 section 4.4.
    Routing,
    /// IPv6 fragment header, RFC 8200 section 4.5.
    Fragment,
    /// IPv6 destination options, RFC 8200 section 4.6.
    DestinationOptions,
    /// IP authentication header, RFC 4302.
    Authentication,
    /// ICMP, RFC 792.
    Icmp,
    /// `ICMPv6`, RFC 4443.
    Icmpv6,
    /// UDP, RFC 768.
    Udp,
    /// TCP, RFC 9293.
    Tcp,
}

impl Protocol {
    /// The name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ethernet => "Ethernet",
            Self::Llc => "LLC",
            Self::Vlan => "VLAN tag",
            Self::ServiceVlan => "service VLAN tag",
            Self::LinuxSll => "Linux cooked v1",
            Self::LinuxSll2 => "Linux cooked v2",
            Self::Null => "loopback",
            Self::Arp => "ARP",
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::HopByHop => "IPv6 hop-by-hop options",
            Self::Routing => "IPv6 routing header",
            Self::Fragment => "IPv6 fragment header",
            Self::DestinationOptions => "IPv6 destination options",
            Self::Authentication => "authentication header",
            Self::Icmp => "ICMP",
            Self::Icmpv6 => "ICMPv6",
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
