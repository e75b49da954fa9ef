//! Routes of a network that this process has made for itself. rtnetlink(7)

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd as _, OwnedFd};

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_REPLACE, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteMetric, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily as Family, RouteNetlinkMessage};
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

/// A network that an interface is in.
#[derive(Debug, Clone, Copy)]
pub struct Network<'n> {
    /// The interface's name.
    pub interface: &'n str,
    /// The network's first address.
    pub first: Ipv4Addr,
    /// Bits of the network, 0 to 32.
    pub prefix: u8,
    /// This machine's address in it.
    pub own: Ipv4Addr,
}

/// Sets how many segments a connection into this network may have under way at first, instead of the kernel's 10: `initcwnd` of
/// ip-route(8). It takes the place of the route that the kernel has made for the interface's address.
///
/// # Errors
/// No such interface or route; no permission (`CAP_NET_ADMIN`).
pub fn set_initial_window(network: &Network<'_>, segments: u32) -> io::Result<()> {
    let index = if_nametoindex(network.interface)?;
    let mut route = RouteMessage::default();
    route.header = RouteHeader {
        address_family: Family::Inet,
        destination_prefix_length: network.prefix,
        table: RouteHeader::RT_TABLE_MAIN,
        // As the route that it replaces.
        protocol: RouteProtocol::Kernel,
        scope: RouteScope::Link,
        kind: RouteType::Unicast,
        ..RouteHeader::default()
    };
    route.attributes = vec![
        RouteAttribute::Destination(RouteAddress::Inet(network.first)),
        RouteAttribute::Oif(index),
        RouteAttribute::PrefSource(RouteAddress::Inet(network.own)),
        RouteAttribute::Metrics(vec![RouteMetric::InitCwnd(segments)]),
    ];
    change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Has packets to all other networks go over a router: ip-route(8), `default via`.
///
/// # Errors
/// No such interface; the router is in none of its networks; no permission (`CAP_NET_ADMIN`).
pub fn set_default_route(interface: &str, router: Ipv4Addr) -> io::Result<()> {
    let index = if_nametoindex(interface)?;
    let mut route = RouteMessage::default();
    route.header = RouteHeader {
        address_family: Family::Inet,
        table: RouteHeader::RT_TABLE_MAIN,
        protocol: RouteProtocol::Static,
        scope: RouteScope::Universe,
        kind: RouteType::Unicast,
        ..RouteHeader::default()
    };
    route.attributes = vec![
        RouteAttribute::Gateway(RouteAddress::Inet(router)),
        RouteAttribute::Oif(index),
    ];
    change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE | NLM_F_REPLACE)
}

/// Asks the kernel for a change, and waits for its answer.
fn change(what: RouteNetlinkMessage, flags: u16) -> io::Result<()> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(what));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    let kernel: OwnedFd = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    // Port 0 is the kernel, netlink(7).
    sendto(kernel.as_raw_fd(), &bytes, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut room = [0; 4096];
    let length = recv(kernel.as_raw_fd(), &mut room, MsgFlags::empty())?;
    let answer = room.get(..length).unwrap_or_default();
    let answer = NetlinkMessage::<RouteNetlinkMessage>::deserialize(answer).map_err(io::Error::other)?;
    match answer.payload {
        // An error of 0 is the acknowledgment, netlink(7).
        NetlinkPayload::Error(error) => match error.code {
            None => Ok(()),
            Some(_) => Err(error.to_io()),
        },
        other => Err(io::Error::other(format!(
            "the kernel answered with something else: {other:?}"
        ))),
    }
}
