//! The one call for which there is no safe wrapper.
#![expect(unsafe_code, reason = "changing an interface has no safe wrapper")]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::libc;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// Switches an interface on. netdevice(7), `SIOCSIFFLAGS`
///
/// # Errors
/// Those of ioctl(2): no such interface, no permission.
pub(super) fn switch_on(interface: &str) -> io::Result<()> {
    let any = socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    // The kernel copies the whole of it, also what the member that is set leaves over.
    // SAFETY: all zeroes are a valid ifreq: an empty name, numbers and null pointers.
    let mut request = unsafe { MaybeUninit::<libc::ifreq>::zeroed().assume_init() };
    // The last byte stays 0, as the kernel expects of a name.
    let name = request.ifr_name.iter_mut().take(libc::IFNAMSIZ - 1);
    for (place, byte) in name.zip(interface.bytes()) {
        *place = libc::c_char::from_ne_bytes([byte]);
    }
    flags(&any, Access::Read, &mut request)?;
    // SAFETY: SIOCGIFFLAGS has just written this member, and any bits are a valid number.
    let current = unsafe { request.ifr_ifru.ifru_flags };
    // IFF_UP is 1, in any width.
    request.ifr_ifru.ifru_flags = current | 1;
    flags(&any, Access::Write, &mut request)
}

#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
}

/// Reads or changes an interface's flags.
fn flags(socket: &OwnedFd, access: Access, interface: &mut libc::ifreq) -> io::Result<()> {
    let request = match access {
        Access::Read => libc::SIOCGIFFLAGS,
        Access::Write => libc::SIOCSIFFLAGS,
    };
    // SAFETY: both requests take a pointer to an ifreq and touch nothing beyond it; this one comes from a mutable borrow.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), request, std::ptr::from_mut(interface)) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[cfg(test)]
mod tests {
    use super::switch_on;

    #[test]
    fn an_interface_that_does_not_exist_is_an_error() {
        for name in ["no-such-one", "", "a name that is longer than the kernel allows"] {
            assert!(switch_on(name).is_err(), "{name}");
        }
    }
}
