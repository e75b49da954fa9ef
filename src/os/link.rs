//! What rtnetlink(7) sets of an interface, and no call of netdevice(7) does.

use std::io;
use std::net::IpAddr;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_packet_route::address::{AddressAttribute, AddressFlags, AddressMessage};
use netlink_packet_route::link::{LinkAttribute, LinkMessage};
use netlink_packet_route::neighbour::{NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use nix::net::if_::if_nametoindex;

use super::interface_setup::MacAddress;
use super::rtnetlink;

/// Sets how many segments of TCP may be handed to the interface together, to be cut apart as late as possible: `gso_max_segs` of
/// ip-link(8).
///
/// # Errors
/// No such interface; no permission (`CAP_NET_ADMIN`).
pub fn set_most_segments(interface: &str, segments: u32) -> io::Result<()> {
    let mut link = LinkMessage::default();
    link.header.index = if_nametoindex(interface)?;
    link.attributes = vec![LinkAttribute::GsoMaxSegs(segments)];
    rtnetlink::change(RouteNetlinkMessage::SetLink(link), 0)
}

/// Gives an interface an address, in a network of this many bits, without asking whether another host has it: `nodad` of
/// ip-address(8).
///
/// # Errors
/// No such interface; it has the address already; no permission (`CAP_NET_ADMIN`).
pub fn set_address(interface: &str, address: IpAddr, prefix: u8) -> io::Result<()> {
    let mut message = AddressMessage::default();
    message.header.family = family(address);
    message.header.prefix_len = prefix;
    message.header.index = if_nametoindex(interface)?;
    message.attributes = vec![
        AddressAttribute::Local(address),
        AddressAttribute::Address(address),
        AddressAttribute::Flags(AddressFlags::Nodad),
    ];
    rtnetlink::change(RouteNetlinkMessage::NewAddress(message), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Gives a host the Ethernet address of another one for good: `permanent` of ip-neighbour(8).
///
/// # Errors
/// No such interface; no permission (`CAP_NET_ADMIN`).
pub fn set_neighbour(interface: &str, address: IpAddr, mac: MacAddress) -> io::Result<()> {
    let mut message = NeighbourMessage::default();
    message.header.family = family(address);
    message.header.ifindex = if_nametoindex(interface)?;
    message.header.state = NeighbourState::Permanent;
    message.attributes = vec![
        NeighbourAttribute::Destination(match address {
            IpAddr::V4(address) => NeighbourAddress::Inet(address),
            IpAddr::V6(address) => NeighbourAddress::Inet6(address),
        }),
        NeighbourAttribute::LinkLayerAddress(mac.to_vec()),
    ];
    rtnetlink::change(RouteNetlinkMessage::NewNeighbour(message), NLM_F_CREATE | NLM_F_REPLACE)
}

const fn family(address: IpAddr) -> AddressFamily {
    match address {
        IpAddr::V4(_) => AddressFamily::Inet,
        IpAddr::V6(_) => AddressFamily::Inet6,
    }
}
