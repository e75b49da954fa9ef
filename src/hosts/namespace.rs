//! What is done in a network namespace that a host or a router is to be: its settings, and the file of its interface.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;

use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, unshare};

use super::error::HostError;

/// Moves this thread into a new network namespace: the place for one more host.
///
/// # Errors
/// The system refuses.
pub fn enter_new_network() -> Result<(), HostError> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|error| HostError::network(error.into()))
}

/// Sets a value below `/proc/sys/net` for the host in whose namespace this thread is.
///
/// # Errors
/// The kernel has no such value, or does not take it; `/proc/sys` may only be read, as in many containers.
pub fn set_sysctl(name: &str, value: &str) -> Result<(), HostError> {
    fs::write(format!("/proc/sys/net/{name}"), value).map_err(|source| HostError::Sysctl {
        name: format!("net.{}", name.replace('/', ".")),
        source,
    })
}

/// A value below `/proc/sys/net` as this thread's host has it.
#[must_use]
pub fn sysctl(name: &str) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/sys/net/{name}")).ok()?;
    Some(text.trim().to_owned())
}

/// Before the interface is there: it would ask for routers as soon as it is on.
pub(super) fn switch_ipv6_off() -> Result<(), HostError> {
    for whose in ["all", "default"] {
        match set_sysctl(&format!("ipv6/conf/{whose}/disable_ipv6"), "1") {
            // A kernel without IPv6 has none to switch off.
            Err(HostError::Sysctl { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

/// So that a host sends nothing unasked over IPv6: no address that it makes itself, no question whether another host has its
/// address (RFC 4862), none for routers (RFC 4861). Before the interface is there.
pub(super) fn keep_ipv6_silent() -> Result<(), HostError> {
    for (name, value) in [
        ("disable_ipv6", "0"),
        ("accept_ra", "0"),
        ("autoconf", "0"),
        ("router_solicitations", "0"),
        ("accept_dad", "0"),
        ("dad_transmits", "0"),
        // No link-local address: IN6_ADDR_GEN_MODE_NONE of `linux/if_link.h`.
        ("addr_gen_mode", "1"),
    ] {
        set_sysctl(&format!("ipv6/conf/default/{name}"), value)?;
    }
    Ok(())
}

pub(super) fn open_tun() -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open("/dev/net/tun")
}
