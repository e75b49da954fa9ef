//! From whom to whom: addresses and ports.

use std::net::{IpAddr, SocketAddr};

use super::layer::Layer;
use super::packet::Packet;
use super::protocol::Protocol;

impl Packet<'_> {
    /// Source and destination of the innermost IP header of its own.
    #[must_use]
    pub fn addresses(&self) -> Option<(IpAddr, IpAddr)> {
        addresses(self.ip()?)
    }

    /// Source and destination as socket addresses: addresses and ports of its own TCP or UDP header.
    #[must_use]
    pub fn endpoints(&self) -> Option<(SocketAddr, SocketAddr)> {
        endpoints(self.own())
    }

    /// The same of the datagram that an ICMP error quotes: the sender's view.
    #[must_use]
    pub fn quoted_endpoints(&self) -> Option<(SocketAddr, SocketAddr)> {
        endpoints(self.quoted())
    }
}

fn addresses(ip: &Layer<'_>) -> Option<(IpAddr, IpAddr)> {
    match ip.protocol {
        Protocol::Ipv4 => ip.ipv4().map(|ip| (ip.source().into(), ip.destination().into())),
        Protocol::Ipv6 => ip.ipv6().map(|ip| (ip.source().into(), ip.destination().into())),
        _ => None,
    }
}

fn endpoints<'p, 'a: 'p>(layers: impl DoubleEndedIterator<Item = &'p Layer<'a>>) -> Option<(SocketAddr, SocketAddr)> {
    let mut ports = None;
    for layer in layers.rev() {
        match (ports, layer.ports()) {
            (None, Some(found)) => ports = Some(found),
            (Some((from, to)), _) => {
                if let Some((source, destination)) = addresses(layer) {
                    return Some(((source, from).into(), (destination, to).into()));
                }
            }
            (None, None) => {}
        }
    }
    None
}
