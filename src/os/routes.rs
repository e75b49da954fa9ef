//! Routes of a network that this process has made for itself. rtnetlink(7)

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use netlink_packet_core::{NLM_F_CREATE, NLM_F_REPLACE};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteMetric, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily as Family, RouteNetlinkMessage};
use nix::net::if_::if_nametoindex;

use super::rtnetlink;

/// A network that an interface is in.
#[derive(Debug, Clone, Copy)]
pub struct Network<'n> {
    /// The interface's name.
    pub interface: &'n str,
    /// The network's first address.
    pub first: IpAddr,
    /// Bits of the network, 0 to 32 or 128.
    pub prefix: u8,
    /// This machine's address in it.
    pub own: IpAddr,
}

/// What a route can say of its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// How many segments a connection may have under way at first, instead of the kernel's 10: `initcwnd`.
    InitialWindow(u32),
    /// Each segment is acknowledged at once and by itself: `quickack`.
    QuickAcks,
}

/// Sets what holds for connections into this network, in the place of the route that the kernel has made for the interface's address.
/// ip-route(8)
///
/// # Errors
/// No such interface or route; no permission (`CAP_NET_ADMIN`).
pub fn set_metrics(network: &Network<'_>, metrics: &[Metric]) -> io::Result<()> {
    // All else is as in the route that it replaces.
    let (scope, priority) = match network.own {
        IpAddr::V4(_) => (RouteScope::Link, None),
        // That of a route for an address, IP6_RT_PRIO_ADDRCONF of `linux/ipv6_route.h`.
        IpAddr::V6(_) => (RouteScope::Universe, Some(256)),
    };
    let mut route = route(network.interface, RouteProtocol::Kernel, scope)?;
    route.header.destination_prefix_length = network.prefix;
    if network.own.is_ipv6() {
        route.header.address_family = Family::Inet6;
    }
    route.attributes.extend(priority.map(RouteAttribute::Priority));
    let metrics = metrics.iter().map(|metric| match *metric {
        Metric::InitialWindow(segments) => RouteMetric::InitCwnd(segments),
        Metric::QuickAcks => RouteMetric::QuickAck(1),
    });
    route.attributes.extend([
        RouteAttribute::Destination(route_address(network.first)),
        RouteAttribute::PrefSource(route_address(network.own)),
        RouteAttribute::Metrics(metrics.collect()),
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

/// A route in the main table, over this interface; of IPv4, unless that is changed.
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

const fn route_address(address: IpAddr) -> RouteAddress {
    match address {
        IpAddr::V4(address) => RouteAddress::Inet(address),
        IpAddr::V6(address) => RouteAddress::Inet6(address),
    }
}

/// Has the kernel set a route, in the place of one to the same network.
fn set(route: RouteMessage) -> io::Result<()> {
    rtnetlink::change(RouteNetlinkMessage::NewRoute(route), NLM_F_CREATE | NLM_F_REPLACE)
}
