//! The interfaces of this machine.

use std::fmt;

use pnet::ipnetwork::IpNetwork;

use super::OpenError;
use crate::wire::LinkType;

/// The name that means all interfaces at once. packet(7): the interface index 0
pub const ANY: &str = "any";

/// `ARPHRD_ETHER` of `linux/if_arp.h`.
#[cfg(target_os = "linux")]
const ETHERNET: u16 = 1;
/// `ARPHRD_LOOPBACK`: its frames have an Ethernet header, with zeroes for addresses.
#[cfg(target_os = "linux")]
const LOOPBACK: u16 = 772;

/// An interface.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four flags of the system's, independent of one another"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name, such as `lo` or `eth0`.
    pub name: String,
    /// Its number, from 1.
    pub index: u32,
    /// Switched on (`IFF_UP`).
    pub up: bool,
    /// Able to carry frames: switched on, and the cable or radio connected (`IFF_RUNNING`).
    pub running: bool,
    /// Loopback: what this machine sends to itself (`IFF_LOOPBACK`).
    pub loopback: bool,
    /// Set by its administrator to receive frames that are meant for others, too (`IFF_PROMISC`).
    pub promiscuous: bool,
    /// The addresses, each with the length of its network's prefix.
    pub addresses: Vec<IpNetwork>,
    /// The hardware address, if it has one.
    pub mac: Option<[u8; 6]>,
    /// What its frames start with.
    pub link_type: LinkType,
}

impl Interface {
    /// What to take it for, in a few words.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self { up: false, .. } => "down: nothing passes until it is switched on",
            Self { loopback: true, .. } => "client and server on this machine: take this for the lab",
            Self { running: false, .. } => "up, but not connected: nothing passes",
            Self { addresses, .. } if addresses.is_empty() => "no address: only frames of other protocols or bridges",
            _ => "client and server on different machines",
        }
    }
}

/// Up, running, loopback, promiscuous: those that it is, or "down".
impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = [
            (!self.up, "down"),
            (self.up, "up"),
            (self.running, "running"),
            (self.loopback, "loopback"),
            (self.promiscuous, "promiscuous"),
        ];
        let states: Vec<_> = states.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
        write!(f, "{} ({})", self.name, states.join(", "))
    }
}

/// All interfaces, in the system's order. getifaddrs(3)
///
/// # Errors
/// [`OpenError::InterfacesNotListed`], for example when the program has too many open files: listing takes a socket.
#[cfg(target_os = "linux")]
pub fn interfaces() -> Result<Vec<Interface>, OpenError> {
    // Not pnet's list: it has no hardware type, takes a name that is not UTF-8 for UTF-8, and is empty when getifaddrs fails.
    let mut interfaces: Vec<Interface> = Vec::new();
    for entry in nix::ifaddrs::getifaddrs().map_err(not_listed)? {
        let place = interfaces.iter().position(|known| known.name == entry.interface_name);
        let known = place.and_then(|place| interfaces.get_mut(place));
        if let Some(interface) = known {
            interface.add(&entry);
        } else if let Some(mut interface) = named(&entry.interface_name, entry.flags)? {
            interface.add(&entry);
            interfaces.push(interface);
        }
    }
    Ok(interfaces)
}

#[cfg(unix)]
fn not_listed(errno: nix::errno::Errno) -> OpenError {
    OpenError::InterfacesNotListed { source: errno.into() }
}

/// An interface with name and state only; `None` when it was removed a moment ago.
#[cfg(target_os = "linux")]
fn named(name: &str, flags: nix::net::if_::InterfaceFlags) -> Result<Option<Interface>, OpenError> {
    use nix::errno::Errno;
    use nix::net::if_::InterfaceFlags as Flags;
    let index = match nix::net::if_::if_nametoindex(name) {
        Ok(index) => index,
        Err(Errno::ENODEV | Errno::ENXIO) => return Ok(None),
        Err(errno) => return Err(not_listed(errno)),
    };
    Ok(Some(Interface {
        name: name.to_owned(),
        index,
        up: flags.contains(Flags::IFF_UP),
        running: flags.contains(Flags::IFF_RUNNING),
        loopback: flags.contains(Flags::IFF_LOOPBACK),
        promiscuous: flags.contains(Flags::IFF_PROMISC),
        addresses: Vec::new(),
        mac: None,
        link_type: LinkType::LINUX_SLL2,
    }))
}

#[cfg(target_os = "linux")]
impl Interface {
    fn add(&mut self, entry: &nix::ifaddrs::InterfaceAddress) {
        let Some(address) = entry.address else { return };
        if let Some(hardware) = address.as_link_addr() {
            // Any other hardware has a header of its own or none at all. The kernel takes it off, and a cooked header
            // replaces it.
            if matches!(hardware.hatype(), ETHERNET | LOOPBACK) {
                self.link_type = LinkType::ETHERNET;
                self.mac = hardware.addr().filter(|_| hardware.hatype() == ETHERNET);
            }
        }
        let ip = ip_of(&address);
        let mask = entry.netmask.as_ref().and_then(ip_of);
        if let (Some(ip), Some(mask)) = (ip, mask) {
            self.addresses.extend(IpNetwork::with_netmask(ip, mask));
        }
    }
}

#[cfg(target_os = "linux")]
fn ip_of(address: &nix::sys::socket::SockaddrStorage) -> Option<std::net::IpAddr> {
    let v4 = address.as_sockaddr_in().map(|v4| v4.ip().into());
    v4.or_else(|| address.as_sockaddr_in6().map(|v6| v6.ip().into()))
}

/// All interfaces, in the system's order.
///
/// # Errors
/// [`OpenError::InterfacesNotListed`].
#[cfg(not(target_os = "linux"))]
pub fn interfaces() -> Result<Vec<Interface>, OpenError> {
    // pnet's list is empty when getifaddrs(3) fails, so ask for the error first.
    #[cfg(unix)]
    drop(nix::ifaddrs::getifaddrs().map_err(not_listed)?);
    let interfaces = pnet::datalink::interfaces().into_iter();
    let interfaces = interfaces.map(|interface| Interface {
        index: interface.index,
        up: interface.is_up(),
        running: interface.is_up(),
        loopback: interface.is_loopback(),
        promiscuous: false,
        mac: interface.mac.map(|mac| mac.octets()),
        link_type: LinkType::ETHERNET,
        addresses: interface.ips,
        name: interface.name,
    });
    Ok(interfaces.collect())
}

#[cfg(test)]
mod tests {
    use super::{Interface, interfaces};
    use crate::wire::LinkType;

    #[test]
    fn loopback_is_listed_once_and_described() {
        let all: Vec<Interface> = interfaces().unwrap();
        let loopback: Vec<_> = all.iter().filter(|interface| interface.loopback).collect();
        assert_eq!(loopback.len(), 1, "{all:?}");
        assert_eq!(loopback[0].name, "lo");
        assert_eq!(loopback[0].link_type, LinkType::ETHERNET);
        assert_eq!(loopback[0].mac, None);
        if loopback[0].up {
            let addresses: Vec<_> = loopback[0].addresses.iter().map(ToString::to_string).collect();
            assert!(addresses.contains(&"127.0.0.1/8".to_owned()), "{addresses:?}");
            assert_eq!(loopback[0].to_string(), "lo (up, running, loopback)");
            assert!(loopback[0].advice().contains("on this machine"));
        }
    }
}
