//! What this machine itself knows about why an address cannot be reached. Linux.

use std::fs;
use std::net::{IpAddr, SocketAddr};

use nix::net::if_::InterfaceFlags;
use socket2::{Domain, Socket, Type};

/// Is loopback switched off? netdevice(7), `IFF_UP`
#[must_use]
pub fn loopback_is_down() -> bool {
    let mut loopback = flags()
        .into_iter()
        .filter(|flags| flags.contains(InterfaceFlags::IFF_LOOPBACK));
    loopback
        .next()
        .is_some_and(|flags| !flags.contains(InterfaceFlags::IFF_UP))
}

/// Is an interface other than loopback switched on?
#[must_use]
pub fn another_interface_is_up() -> bool {
    let up = |flags: &InterfaceFlags| {
        flags.contains(InterfaceFlags::IFF_UP) && !flags.contains(InterfaceFlags::IFF_LOOPBACK)
    };
    flags().iter().any(up)
}

fn flags() -> Vec<InterfaceFlags> {
    nix::ifaddrs::getifaddrs().map_or_else(|_| Vec::new(), |all| all.map(|one| one.flags).collect())
}

/// Is it an address of this machine?
#[must_use]
pub fn is_own(address: IpAddr) -> bool {
    let Ok(interfaces) = nix::ifaddrs::getifaddrs() else {
        return false;
    };
    address.is_loopback()
        || interfaces.filter_map(|one| one.address).any(|own| {
            let v4 = own.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
            v4.or_else(|| own.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip()))) == Some(address)
        })
}

/// Does this machine have a route there? connect(2) of a datagram socket looks one up and sends nothing.
#[must_use]
pub fn has_route(address: SocketAddr) -> bool {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, None);
    socket.is_ok_and(|socket| socket.connect(&address.into()).is_ok())
}

/// Has this machine asked for the hardware address of this neighbour in vain? `/proc/net/arp`, `proc_net(5)`: flags 0x0.
#[must_use]
pub fn is_silent_neighbour(address: IpAddr) -> bool {
    let table = fs::read_to_string("/proc/net/arp").unwrap_or_default();
    is_silent_in(&table, address)
}

fn is_silent_in(table: &str, address: IpAddr) -> bool {
    let address = address.to_string();
    table.lines().any(|line| {
        let mut columns = line.split_whitespace();
        columns.next() == Some(&address) && columns.nth(1) == Some("0x0")
    })
}

#[cfg(test)]
mod tests {
    use super::is_silent_in;

    #[test]
    fn an_entry_without_flags_is_a_neighbour_that_did_not_answer() {
        let table = "IP address       HW type     Flags       HW address            Mask     Device\n\
                     10.0.0.9         0x1         0x0         00:00:00:00:00:00     *        eth0\n\
                     10.0.0.1         0x1         0x2         02:00:00:00:00:01     *        eth0\n";
        let asked = |address: &str| is_silent_in(table, address.parse().unwrap());
        assert!(asked("10.0.0.9"));
        assert!(!asked("10.0.0.1") && !asked("10.0.0.90") && !asked("::1"));
    }
}
