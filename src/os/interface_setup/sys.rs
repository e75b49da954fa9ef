//! The calls that set an interface up, for which there is no safe wrapper.
#![expect(unsafe_code, reason = "changing an interface has no safe wrapper")]

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::net::Ipv4Addr;
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};

use nix::libc;
use nix::net::if_::if_nametoindex;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, setsockopt, socket, sockopt};

/// What a network card, or loopback in its place, can do to segments. ethtool(8); `linux/ethtool.h`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offload {
    /// Cuts one large piece of TCP data into segments (TSO).
    TcpSegmentation,
    /// The same done by the kernel, as late as possible (GSO).
    GenericSegmentation,
    /// Puts received segments together again (GRO).
    GenericReceive,
    /// Computes checksums.
    SentChecksums,
}

impl Offload {
    /// The command that switches it: `ETHTOOL_STSO`, `ETHTOOL_SGSO`, `ETHTOOL_SGRO`, `ETHTOOL_STXCSUM` of `linux/ethtool.h`, which the libc crate
    /// does not have.
    const fn command(self) -> u32 {
        match self {
            Self::TcpSegmentation => 0x1f,
            Self::GenericSegmentation => 0x24,
            Self::GenericReceive => 0x2c,
            Self::SentChecksums => 0x17,
        }
    }
}

/// `struct ethtool_value` of `linux/ethtool.h`.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// Switches an interface on. netdevice(7), `SIOCSIFFLAGS`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`).
pub fn switch_on(interface: &str) -> io::Result<()> {
    add_flags(interface, libc::IFF_UP)
}

/// The same, and no host's Ethernet address is asked for there, neither by ARP nor by neighbour discovery (`IFF_NOARP`): all are set.
///
/// # Errors
/// As [`switch_on`].
pub fn switch_on_without_discovery(interface: &str) -> io::Result<()> {
    add_flags(interface, libc::IFF_UP | libc::IFF_NOARP)
}

fn add_flags(interface: &str, flags: libc::c_int) -> io::Result<()> {
    let flags = libc::c_short::try_from(flags).map_err(io::Error::other)?;
    let mut request = request_for(interface);
    // SAFETY: SIOCGIFFLAGS reads the name of an ifreq, writes its flags and touches nothing beyond it; `request` is one, and it
    // outlives the call.
    unsafe { ioctl(libc::SIOCGIFFLAGS, &mut request) }?;
    // SAFETY: SIOCGIFFLAGS has just written this member, and any bits are a valid number.
    let current = unsafe { request.ifr_ifru.ifru_flags };
    request.ifr_ifru.ifru_flags = current | flags;
    // SAFETY: SIOCSIFFLAGS reads name and flags of an ifreq and touches nothing beyond it; the rest as above.
    unsafe { ioctl(libc::SIOCSIFFLAGS, &mut request) }
}

/// Sets the longest packet that an interface carries, in bytes, its link-layer header not counted. netdevice(7), `SIOCSIFMTU`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`), a length that it does not take.
pub fn set_mtu(interface: &str, bytes: i32) -> io::Result<()> {
    let mut request = request_for(interface);
    request.ifr_ifru.ifru_mtu = bytes;
    // SAFETY: SIOCSIFMTU reads the name and the MTU of an ifreq and touches nothing beyond it; `request` is one, both members
    // are set, and it outlives the call.
    unsafe { ioctl(libc::SIOCSIFMTU, &mut request) }
}

/// Switches an offload off. netdevice(7), `SIOCETHTOOL`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`), an offload that it cannot do without.
pub fn switch_off(interface: &str, offload: Offload) -> io::Result<()> {
    let mut value = EthtoolValue {
        command: offload.command(),
        data: 0,
    };
    let mut request = request_for(interface);
    request.ifr_ifru.ifru_data = std::ptr::from_mut(&mut value).cast();
    // SAFETY: SIOCETHTOOL follows `ifru_data` and, for these commands, reads an ethtool_value there; it points to `value`,
    // which has that layout and outlives the call.
    unsafe { ioctl(libc::SIOCETHTOOL, &mut request) }
}

/// An Ethernet address.
pub type MacAddress = [u8; 6];

/// Makes `device`, an open `/dev/net/tun`, one end of a new Ethernet interface of this name: what is written to it the interface
/// receives, and what the interface sends is read from it, a frame a call. `linux/if_tun.h`, `TUNSETIFF`
///
/// # Errors
/// Those of ioctl(2): no permission (`CAP_NET_ADMIN`), the name is taken.
pub fn become_interface(device: &File, name: &str) -> io::Result<()> {
    let mut request = request_for(name);
    // Without IFF_NO_PI four more bytes would stand before each frame. Both bits are below 2 to the 15th.
    let flags = libc::IFF_TAP | libc::IFF_NO_PI;
    request.ifr_ifru.ifru_flags = libc::c_short::try_from(flags).map_err(io::Error::other)?;
    // SAFETY: TUNSETIFF reads name and flags of an ifreq, writes its name, and touches nothing beyond it; `request` outlives the call.
    unsafe { ioctl_on(device, libc::TUNSETIFF, &mut request) }
}

/// Opens an interface as a file: what it receives is read, a frame a call, without waiting, and what is written it sends. packet(7)
///
/// # Errors
/// No such interface; no permission (`CAP_NET_RAW`).
pub fn frames_of(interface: &str) -> io::Result<File> {
    /// So that frames have room until they are read; the kernel may give less.
    const ROOM: usize = 8 << 20;
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    // Of no protocol until it is bound: so it gets frames of this interface only.
    let frames = socket(AddressFamily::Packet, SockType::Raw, flags, None)?;
    let yes: libc::c_int = 1;
    // SAFETY: PACKET_IGNORE_OUTGOING reads one int, which `yes` is.
    checked(unsafe {
        libc::setsockopt(
            frames.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_IGNORE_OUTGOING,
            std::ptr::from_ref(&yes).cast(),
            length_of::<libc::c_int>(),
        )
    })?;
    // Where it may not have so much, the usual room is all there is: what is lost then is counted.
    if setsockopt(&frames, sockopt::RcvBufForce, &ROOM).is_err() {
        let _ = setsockopt(&frames, sockopt::RcvBuf, &ROOM);
    }
    // SAFETY: all zeroes are a valid sockaddr_ll.
    let mut address = unsafe { MaybeUninit::<libc::sockaddr_ll>::zeroed().assume_init() };
    address.sll_family = u16::try_from(libc::AF_PACKET).unwrap_or_default();
    address.sll_protocol = u16::try_from(libc::ETH_P_ALL).unwrap_or_default().to_be();
    address.sll_ifindex = i32::try_from(if_nametoindex(interface)?).map_err(io::Error::other)?;
    // SAFETY: bind reads a sockaddr_ll, which `address` is.
    checked(unsafe {
        libc::bind(
            frames.as_raw_fd(),
            std::ptr::from_ref(&address).cast(),
            length_of::<libc::sockaddr_ll>(),
        )
    })?;
    Ok(File::from(frames))
}

/// How many frames such a file had no room for since this was asked last; 0 for another kind of file. packet(7), `PACKET_STATISTICS`
#[must_use]
pub fn lost_frames(file: &File) -> u64 {
    let mut statistics = libc::tpacket_stats {
        tp_packets: 0,
        tp_drops: 0,
    };
    let mut length = length_of::<libc::tpacket_stats>();
    // SAFETY: the kernel writes a tpacket_stats, `length` bytes at most, and both outlive the call.
    let asked = unsafe {
        libc::getsockopt(
            file.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            std::ptr::from_mut(&mut statistics).cast(),
            &raw mut length,
        )
    };
    if asked == 0 { statistics.tp_drops.into() } else { 0 }
}

fn length_of<T>() -> libc::socklen_t {
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or_default()
}

fn checked(result: libc::c_int) -> io::Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Sets the Ethernet address of an interface. netdevice(7), `SIOCSIFHWADDR`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`).
pub fn set_mac(interface: &str, mac: MacAddress) -> io::Result<()> {
    let mut request = request_for(interface);
    request.ifr_ifru.ifru_hwaddr = hardware(mac);
    // SAFETY: SIOCSIFHWADDR reads the name and the hardware address of an ifreq and nothing beyond it.
    unsafe { ioctl(libc::SIOCSIFHWADDR, &mut request) }
}

/// Gives an interface its IPv4 address, in a network of this many bits (32 at most). netdevice(7), `SIOCSIFADDR`, `SIOCSIFNETMASK`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`).
pub fn set_address(interface: &str, address: Ipv4Addr, prefix: u8) -> io::Result<()> {
    let mask = Ipv4Addr::from(u32::MAX.checked_shl(32 - u32::from(prefix.min(32))).unwrap_or(0));
    for (call, address) in [(libc::SIOCSIFADDR, address), (libc::SIOCSIFNETMASK, mask)] {
        let mut request = request_for(interface);
        request.ifr_ifru.ifru_addr = internet(address);
        // SAFETY: both read the name and the address of an ifreq and nothing beyond it.
        unsafe { ioctl(call, &mut request) }?;
    }
    Ok(())
}

/// Gives a host the Ethernet address of another one, so that it need not ask by ARP. arp(7), `SIOCSARP`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission (`CAP_NET_ADMIN`).
pub fn set_neighbour(interface: &str, address: Ipv4Addr, mac: MacAddress) -> io::Result<()> {
    let mut request = libc::arpreq {
        arp_pa: internet(address),
        arp_ha: hardware(mac),
        // Complete, and never asked for again.
        arp_flags: libc::ATF_COM | libc::ATF_PERM,
        arp_netmask: internet(Ipv4Addr::UNSPECIFIED),
        arp_dev: [0; 16],
    };
    // The last byte stays 0, as the kernel expects of a name.
    for (place, byte) in request.arp_dev.iter_mut().take(15).zip(interface.bytes()) {
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    let any = any_socket()?;
    // SAFETY: SIOCSARP reads one arpreq, which `request` is, and it outlives the call.
    unsafe { ioctl_on(&any, libc::SIOCSARP, &mut request) }
}

/// `ARPHRD_ETHER` and the address, netdevice(7).
fn hardware(mac: MacAddress) -> libc::sockaddr {
    let mut data = [0; 14];
    for (place, byte) in data.iter_mut().zip(mac) {
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    libc::sockaddr {
        sa_family: libc::ARPHRD_ETHER,
        sa_data: data,
    }
}

/// The layout of `struct sockaddr_in`, ip(7): two bytes of port, here 0, and the address in network byte order.
fn internet(address: Ipv4Addr) -> libc::sockaddr {
    let mut data = [0; 14];
    for (place, byte) in data.iter_mut().skip(2).zip(address.octets()) {
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    libc::sockaddr {
        // AF_INET is 2.
        sa_family: libc::sa_family_t::try_from(libc::AF_INET).unwrap_or_default(),
        sa_data: data,
    }
}

fn request_for(interface: &str) -> libc::ifreq {
    // The kernel copies the whole of it, also what the member that is set leaves over.
    // SAFETY: all zeroes are a valid ifreq: an empty name, numbers and null pointers.
    let mut request = unsafe { MaybeUninit::<libc::ifreq>::zeroed().assume_init() };
    // The last byte stays 0, as the kernel expects of a name.
    let name = request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1);
    for (place, byte) in name.zip(interface.bytes()) {
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    request
}

/// Any socket serves for a call on an interface, netdevice(7).
fn any_socket() -> io::Result<OwnedFd> {
    Ok(socket(
        AddressFamily::Inet,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        None,
    )?)
}

/// # Safety
/// The kernel must find in `interface` what it needs for this request.
unsafe fn ioctl(request: libc::c_ulong, interface: &mut libc::ifreq) -> io::Result<()> {
    let any = any_socket()?;
    // SAFETY: for what the request needs the caller answers.
    unsafe { ioctl_on(&any, request, interface) }
}

/// # Safety
/// `T` must be what this request takes, and the kernel must find in it what it needs.
unsafe fn ioctl_on<T>(descriptor: &impl AsFd, request: impl TryInto<libc::Ioctl>, argument: &mut T) -> io::Result<()> {
    // The number's type differs between C libraries.
    let wrong = || io::Error::other("a request number that this C library does not know");
    let request = request.try_into().map_err(|_| wrong())?;
    // SAFETY: the descriptor is open as long as it is borrowed; for the rest the caller answers.
    let result = unsafe { libc::ioctl(descriptor.as_fd().as_raw_fd(), request, std::ptr::from_mut(argument)) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{Offload, set_address, set_mac, set_mtu, set_neighbour, switch_off, switch_on};

    #[test]
    fn an_interface_that_does_not_exist_is_an_error() {
        for name in ["no-such-one", "", "a name that is longer than the kernel allows"] {
            assert!(switch_on(name).is_err(), "{name}");
            assert!(set_mtu(name, 1500).is_err(), "{name}");
            assert!(switch_off(name, Offload::TcpSegmentation).is_err(), "{name}");
            assert!(set_mac(name, [2, 0, 0, 0, 0, 1]).is_err(), "{name}");
            assert!(set_address(name, Ipv4Addr::new(10, 0, 0, 1), 24).is_err(), "{name}");
            assert!(
                set_neighbour(name, Ipv4Addr::new(10, 0, 0, 1), [2, 0, 0, 0, 0, 1]).is_err(),
                "{name}"
            );
        }
    }
}
