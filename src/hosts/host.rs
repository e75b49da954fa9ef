//! One host: a network namespace with one Ethernet interface, whose frames this program carries.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::net::Ipv4Addr;
use std::os::unix::fs::OpenOptionsExt as _;

use nix::fcntl::OFlag;
use nix::sched::{CloneFlags, unshare};

use super::error::HostError;
use crate::flow::Party;
use crate::os::interface_setup::{self, MacAddress};
use crate::os::routes::{Network, set_initial_window};

/// The name of each host's interface.
pub const INTERFACE: &str = "eth0";

/// The network that both are in, with 24 bits.
const NETWORK: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 0);

/// The IPv4 address of a host: private addresses, RFC 1918 section 3.
#[must_use]
pub const fn address(party: Party) -> Ipv4Addr {
    match party {
        Party::Client => Ipv4Addr::new(10, 0, 0, 1),
        Party::Server => Ipv4Addr::new(10, 0, 0, 2),
    }
}

/// The Ethernet address of a host. The 2 in the first byte says that it was chosen by hand: IEEE 802, locally administered.
#[must_use]
pub const fn mac(party: Party) -> MacAddress {
    match party {
        Party::Client => [2, 0, 0, 0, 0, 1],
        Party::Server => [2, 0, 0, 0, 0, 2],
    }
}

/// A host. Its namespace ends with the last process and the last open file of it, so nothing of it is left.
#[derive(Debug)]
pub struct Host {
    /// Which of the two.
    pub party: Party,
    /// The network namespace, for `setns(2)`.
    pub(super) namespace: File,
    /// What the interface sends is read here, and what is written here it receives: a frame a call, without waiting.
    pub(super) tap: File,
}

impl Host {
    /// Makes the network namespace in which this thread is a host. It must be a new one, with nothing in it but its loopback.
    ///
    /// The other host's Ethernet address is known from the start, so that no ARP comes before the first packet; IPv6 is off, so
    /// that nothing is sent unasked.
    ///
    /// # Errors
    /// The system refuses: see [`HostError`].
    pub fn set_up(party: Party) -> Result<Self, HostError> {
        let namespace =
            File::open("/proc/thread-self/ns/net").map_err(HostError::step("opening the network namespace"))?;
        switch_ipv6_off()?;
        let tap = open_tun()?;
        let call = HostError::step;
        interface_setup::become_interface(&tap, INTERFACE).map_err(call("making an Ethernet interface (TUNSETIFF)"))?;
        interface_setup::set_mac(INTERFACE, mac(party)).map_err(call("setting its Ethernet address"))?;
        interface_setup::set_address(INTERFACE, address(party)).map_err(call("setting its IPv4 address"))?;
        interface_setup::switch_on(INTERFACE).map_err(call("switching it on"))?;
        interface_setup::switch_on("lo").map_err(call("switching lo on"))?;
        let other = party.other();
        interface_setup::set_neighbour(INTERFACE, address(other), mac(other))
            .map_err(call("setting the other host's Ethernet address"))?;
        Ok(Self { party, namespace, tap })
    }

    /// Sets how many segments a connection of this host may have under way at first. This thread must be in its namespace.
    ///
    /// # Errors
    /// The system refuses.
    pub fn set_initial_window(&self, segments: u32) -> Result<(), HostError> {
        let own = address(self.party);
        let network = Network {
            interface: INTERFACE,
            first: NETWORK,
            prefix: 24,
            own,
        };
        set_initial_window(&network, segments).map_err(HostError::step("setting the initial window of a route"))
    }
}

/// Moves this thread into a new network namespace: the place for one more host.
///
/// # Errors
/// The system refuses.
pub fn enter_new_network() -> Result<(), HostError> {
    unshare(CloneFlags::CLONE_NEWNET).map_err(|error| HostError::step("making a second network")(error.into()))
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
fn switch_ipv6_off() -> Result<(), HostError> {
    for whose in ["all", "default"] {
        match set_sysctl(&format!("ipv6/conf/{whose}/disable_ipv6"), "1") {
            // A kernel without IPv6 has none to switch off.
            Err(HostError::Sysctl { source, .. }) if source.kind() == ErrorKind::NotFound => {}
            done => done?,
        }
    }
    Ok(())
}

fn open_tun() -> Result<File, HostError> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(flags.bits())
        .open("/dev/net/tun");
    opened.map_err(|source: io::Error| HostError::Tun { source })
}
