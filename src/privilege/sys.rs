//! The changes of an interface for which there is no safe wrapper.
#![expect(unsafe_code, reason = "changing an interface has no safe wrapper")]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd as _;

use nix::libc;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// What a network card, or loopback in its place, can do to segments. ethtool(8); `linux/ethtool.h`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offload {
    /// Cuts one large piece of TCP data into segments (TSO).
    TcpSegmentation,
    /// The same done by the kernel, as late as possible (GSO).
    GenericSegmentation,
    /// Puts received segments together again (GRO).
    GenericReceive,
}

impl Offload {
    /// The command that switches it: `ETHTOOL_STSO`, `ETHTOOL_SGSO`, `ETHTOOL_SGRO` of `linux/ethtool.h`, which the libc crate
    /// does not have.
    const fn command(self) -> u32 {
        match self {
            Self::TcpSegmentation => 0x1f,
            Self::GenericSegmentation => 0x24,
            Self::GenericReceive => 0x2c,
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
pub(super) fn switch_on(interface: &str) -> io::Result<()> {
    let mut request = request_for(interface);
    // SAFETY: SIOCGIFFLAGS reads the name of an ifreq, writes its flags and touches nothing beyond it; `request` is one, and it
    // outlives the call.
    unsafe { ioctl(libc::SIOCGIFFLAGS, &mut request) }?;
    // SAFETY: SIOCGIFFLAGS has just written this member, and any bits are a valid number.
    let current = unsafe { request.ifr_ifru.ifru_flags };
    // IFF_UP is 1, in any width.
    request.ifr_ifru.ifru_flags = current | 1;
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

/// # Safety
/// The kernel must find in `interface` what it needs for this request.
unsafe fn ioctl(request: libc::c_ulong, interface: &mut libc::ifreq) -> io::Result<()> {
    let any = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // The number's type differs between C libraries.
    #[allow(
        clippy::useless_conversion,
        reason = "the type of a request differs between C libraries"
    )]
    let request = request.try_into().map_err(io::Error::other)?;
    // SAFETY: the descriptor is open until the function ends; for the rest the caller answers.
    let result = unsafe { libc::ioctl(any.as_raw_fd(), request, std::ptr::from_mut(interface)) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use super::{Offload, set_mtu, switch_off, switch_on};

    #[test]
    fn an_interface_that_does_not_exist_is_an_error() {
        for name in ["no-such-one", "", "a name that is longer than the kernel allows"] {
            assert!(switch_on(name).is_err(), "{name}");
            assert!(set_mtu(name, 1500).is_err(), "{name}");
            assert!(switch_off(name, Offload::TcpSegmentation).is_err(), "{name}");
        }
    }
}
