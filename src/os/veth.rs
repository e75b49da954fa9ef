//! Two Ethernet interfaces with a cable between them: veth(4).

use std::io;

use netlink_packet_core::{NLM_F_CREATE, NLM_F_EXCL};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_packet_route::link::{InfoData, InfoKind, InfoVeth, LinkAttribute, LinkInfo, LinkMessage};

use super::rtnetlink;

/// Makes both in the network in which this thread is. What one of them sends, the other one receives.
///
/// # Errors
/// No permission (`CAP_NET_ADMIN`); a name is taken; this kernel has no veth.
pub fn make_pair(name: &str, other: &str) -> io::Result<()> {
    let named = |name: &str| {
        let mut link = LinkMessage::default();
        link.attributes = vec![LinkAttribute::IfName(name.to_owned())];
        link
    };
    let mut link = named(name);
    link.attributes.push(LinkAttribute::LinkInfo(vec![
        LinkInfo::Kind(InfoKind::Veth),
        LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(named(other)))),
    ]));
    rtnetlink::change(RouteNetlinkMessage::NewLink(link), NLM_F_CREATE | NLM_F_EXCL)
}
