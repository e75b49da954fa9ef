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
    // All else is as in the route that it replaces.
    let mut route = route(network.interface, RouteProtocol::Kernel, RouteScope::Link)?;
    route.header.destination_prefix_length = network.prefix;
    route.attributes.extend([
        RouteAttribute::Destination(RouteAddress::Inet(network.first)),
        RouteAttribute::PrefSource(RouteAddress::Inet(network.own)),
        RouteAttribute::Metrics(vec![RouteMetric::InitCwnd(segments)]),
    ]);
    set(route)
}

/// Has packets to all other networks go over a router: ip-route(8), `default via`.
///
/// # Errors
/// No such interface; the router is in none of its networks; no permission (`CAP_NET_ADMIN`).
pub fn set_default_route(interface: &str, router: Ipv4Addr) -> io::Result<()> {
    let mut route = route(interface, RouteProtocol::Static, RouteScope::Universe)?;
    route
        .attributes
        .push(RouteAttribute::Gateway(RouteAddress::Inet(router)));
    set(route)
}

/// A route of IPv4 in the main table, over this interface.
fn route(interface: &str, protocol: RouteProtocol, scope: RouteScope) -> io::Result<RouteMessage> {
    let mut route = RouteMessage::default();
    route.header = RouteHeader {
        address_family: Family::Inet,
        table: RouteHeader::RT_TABLE_MAIN,
        protocol,
        scope,
        kind: RouteType::Unicast,
        ..RouteHeader::default()
    };
    route.attributes = vec![RouteAttribute::Oif(if_nametoindex(interface)?)];
    Ok(route)
}

/// Has the kernel set a route, in the place of one to the same network, and waits for its answer.
fn set(route: RouteMessage) -> io::Result<()> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(RouteNetlinkMessage::NewRoute(route)));
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
