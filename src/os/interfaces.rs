//! The machine's network interfaces: their addresses and names.

use std::net::IpAddr;

/// The addresses of the machine's interfaces that are up, loopback left out. getifaddrs(3)
#[cfg(unix)]
#[must_use]
pub fn interface_addresses() -> Vec<IpAddr> {
    use nix::net::if_::InterfaceFlags;
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else {
        return Vec::new();
    };
    interfaces
        .filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP))
        .filter(|interface| !interface.flags.contains(InterfaceFlags::IFF_LOOPBACK))
        .filter_map(|interface| {
            let address = interface.address?;
            let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
            v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
        })
        .collect()
}

/// The name of the interface with this number; the number itself if it has none.
#[cfg(unix)]
#[must_use]
pub fn interface_name(number: u32) -> String {
    let named = nix::net::if_::if_indextoname(number)
        .ok()
        .and_then(|name| name.into_string().ok());
    named.unwrap_or_else(|| number.to_string())
}

/// Not asked here: without a route the server names 127.0.0.1.
#[cfg(not(unix))]
#[must_use]
pub fn interface_addresses() -> Vec<IpAddr> {
    Vec::new()
}

/// Interfaces are written by number here.
#[cfg(not(unix))]
#[must_use]
pub fn interface_name(number: u32) -> String {
    number.to_string()
}
