//! What rtnetlink(7) sets of an interface, and no call of netdevice(7) does.

use std::io;

use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{LinkAttribute, LinkMessage};
use nix::net::if_::if_nametoindex;

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
