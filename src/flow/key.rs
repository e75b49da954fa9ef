//! What packets of one conversation have in common: protocol, addresses and ports, whichever way they go.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use crate::wire::Protocol;

/// Protocol and IP version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TransportOverIp {
    TcpOverIpv4,
    TcpOverIpv6,
    UdpOverIpv4,
    UdpOverIpv6,
}

/// One of the two endpoints of a key: they are sorted, so that both directions have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeySide {
    /// The one that sorts first.
    Low,
    /// The other one.
    High,
}

impl KeySide {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Low => Self::High,
            Self::High => Self::Low,
        }
    }
}

/// Bytes of an endpoint.
const ENDPOINT: usize = 18;

/// Address and port, each in network byte order; an IPv4 address is written as IPv6 maps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Endpoint([u8; ENDPOINT]);

impl Endpoint {
    fn new(socket: SocketAddr) -> Self {
        let octets = match socket.ip() {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
            IpAddr::V6(ip) => ip.octets(),
        };
        let mut bytes = [0; ENDPOINT];
        if let Some((address, port)) = bytes.split_first_chunk_mut() {
            *address = octets;
            port.copy_from_slice(&socket.port().to_be_bytes());
        }
        Self(bytes)
    }

    fn address(self, kind: TransportOverIp) -> SocketAddr {
        let [address @ .., upper, lower] = self.0;
        let long = Ipv6Addr::from(address);
        let ip = match kind {
            TransportOverIp::TcpOverIpv4 | TransportOverIp::UdpOverIpv4 => {
                long.to_ipv4_mapped().map_or(long.into(), IpAddr::from)
            }
            TransportOverIp::TcpOverIpv6 | TransportOverIp::UdpOverIpv6 => long.into(),
        };
        SocketAddr::new(ip, u16::from_be_bytes([upper, lower]))
    }
}

/// Protocol and both endpoints. VLAN tags and interfaces do not count: a packet that was captured on two of them is seen
/// twice in one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    kind: TransportOverIp,
    low: Endpoint,
    high: Endpoint,
}

/// All in one piece: every packet needs a hash, and one that cannot be guessed takes as long for two bytes as for eight.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut bytes = [self.kind as u8; 2 * ENDPOINT + 1];
        if let Some((low, rest)) = bytes.split_first_chunk_mut() {
            *low = self.low.0;
            if let Some(high) = rest.first_chunk_mut() {
                *high = self.high.0;
            }
        }
        state.write(&bytes);
    }
}

impl Key {
    /// The key of a packet from `source` to `destination`, and which side its sender is; `None` for a protocol without
    /// conversations.
    pub(super) fn new(protocol: Protocol, source: SocketAddr, destination: SocketAddr) -> Option<(Self, KeySide)> {
        let kind = match (protocol, source.is_ipv4()) {
            (Protocol::Tcp, true) => TransportOverIp::TcpOverIpv4,
            (Protocol::Tcp, false) => TransportOverIp::TcpOverIpv6,
            (Protocol::Udp, true) => TransportOverIp::UdpOverIpv4,
            (Protocol::Udp, false) => TransportOverIp::UdpOverIpv6,
            _ => return None,
        };
        let (from, to) = (Endpoint::new(source), Endpoint::new(destination));
        Some(if from <= to {
            (
                Self {
                    kind,
                    low: from,
                    high: to,
                },
                KeySide::Low,
            )
        } else {
            (
                Self {
                    kind,
                    low: to,
                    high: from,
                },
                KeySide::High,
            )
        })
    }

    /// Address and port of one side.
    pub(super) fn address(&self, side: KeySide) -> SocketAddr {
        match side {
            KeySide::Low => self.low.address(self.kind),
            KeySide::High => self.high.address(self.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, KeySide};
    use crate::wire::Protocol;

    #[test]
    fn both_directions_have_one_key_and_give_the_addresses_back() {
        for (one, two) in [
            ("10.0.0.1:5", "10.0.0.2:4"),
            ("10.0.0.1:7", "10.0.0.1:300"),
            ("[::1]:5", "[fe80::1]:5"),
            ("[::ffff:1.2.3.4]:5", "[::1]:5"),
        ] {
            let (one, two) = (one.parse().unwrap(), two.parse().unwrap());
            let (there, sender) = Key::new(Protocol::Tcp, one, two).unwrap();
            let (back, answerer) = Key::new(Protocol::Tcp, two, one).unwrap();
            assert_eq!(there, back);
            assert_eq!(sender, answerer.other());
            assert_eq!((there.address(sender), there.address(answerer)), (one, two));
        }
    }

    #[test]
    fn protocols_and_ip_versions_are_apart() {
        let (one, two) = ("1.2.3.4:5".parse().unwrap(), "1.2.3.4:6".parse().unwrap());
        let mapped = (
            "[::ffff:1.2.3.4]:5".parse().unwrap(),
            "[::ffff:1.2.3.4]:6".parse().unwrap(),
        );
        let tcp = Key::new(Protocol::Tcp, one, two).unwrap();
        assert_eq!(tcp.1, KeySide::Low);
        assert_ne!(Some(tcp), Key::new(Protocol::Udp, one, two));
        assert_ne!(Some(tcp), Key::new(Protocol::Tcp, mapped.0, mapped.1));
        assert_eq!(Key::new(Protocol::Arp, one, two), None);
        assert!(size_of::<Key>() <= 38, "{}", size_of::<Key>());
    }
}
