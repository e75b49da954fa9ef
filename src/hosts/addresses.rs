//! The addresses of the hosts and of a router between them.
//!
//! At one wire both hosts are in one network. With a router each of them has a network of two addresses with it (RFC 3021): the client
//! 10.0.0.1 and the router 10.0.0.0, the server 10.0.0.2 and the router 10.0.0.3. Over IPv6, at one wire, they are `fd00::1` and `fd00::2`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::flow::Party;
use crate::os::interface_setup::MacAddress;

/// The name of each host's interface.
pub const INTERFACE: &str = "eth0";

/// Bits of the network that both are in, where there is no router.
pub(super) const PREFIX: u8 = 24;

/// Its first address.
pub(super) const NETWORK: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 0);

/// The IPv4 address of a host: private addresses, RFC 1918 section 3.
#[must_use]
pub const fn address(party: Party) -> Ipv4Addr {
    match party {
        Party::Client => Ipv4Addr::new(10, 0, 0, 1),
        Party::Server => Ipv4Addr::new(10, 0, 0, 2),
    }
}

/// The version of IP that the hosts speak; one of the two, and nothing of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IpVersion {
    /// IPv4, RFC 791.
    #[default]
    V4,
    /// IPv6, RFC 8200.
    V6,
}

impl IpVersion {
    /// The longest TCP payload, in bytes, of a packet of 1500 bytes: without both headers and the timestamp option.
    #[must_use]
    pub const fn segment(self) -> usize {
        match self {
            Self::V4 => 1448,
            Self::V6 => 1428,
        }
    }

    /// The address of a host.
    #[must_use]
    pub const fn address(self, party: Party) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(address(party)),
            Self::V6 => IpAddr::V6(address_v6(party)),
        }
    }
}

/// Bits of the network that both are in over IPv6.
pub(super) const PREFIX_V6: u8 = 64;

/// Its first address.
pub(super) const NETWORK_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0);

/// The IPv6 address of a host: unique local addresses, RFC 4193 section 3.
const fn address_v6(party: Party) -> Ipv6Addr {
    let last = match party {
        Party::Client => 1,
        Party::Server => 2,
    };
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last)
}

/// The Ethernet address of a host. The 2 in the first byte says that it was chosen by hand: IEEE 802, locally administered.
#[must_use]
pub const fn mac(party: Party) -> MacAddress {
    match party {
        Party::Client => [2, 0, 0, 0, 0, 1],
        Party::Server => [2, 0, 0, 0, 0, 2],
    }
}

/// Bits of the networks between a host and the router.
pub(super) const ROUTER_PREFIX: u8 = 31;

/// The router's address in the network of this host.
#[must_use]
pub const fn of_router(party: Party) -> Ipv4Addr {
    match party {
        Party::Client => Ipv4Addr::new(10, 0, 0, 0),
        Party::Server => Ipv4Addr::new(10, 0, 0, 3),
    }
}

/// The Ethernet address of the router's interface in the network of this host; by hand, as those of the hosts.
#[must_use]
pub const fn mac_of_router(party: Party) -> MacAddress {
    match party {
        Party::Client => [2, 0, 0, 0, 1, 1],
        Party::Server => [2, 0, 0, 0, 1, 2],
    }
}
