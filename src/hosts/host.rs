//! One host: a network namespace with one Ethernet interface, whose frames this program carries.

use std::fs::File;

use super::addresses::{self, INTERFACE, IpVersion, address, mac};
use super::cable_end::CableEnd;
use super::error::HostError;
use super::namespace::{keep_ipv6_silent, switch_ipv6_off};
use crate::flow::Party;
use crate::os::interface_setup;
use crate::os::link;
use crate::os::routes::{Metric, Network, set_default_route, set_metrics};
use crate::os::socket_diag::SocketDiag;

/// How a host reaches the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Both are at the same wire.
    Wire(IpVersion),
    /// Over the router, in IPv4.
    Router,
}

/// A host. Its namespace ends with the last process and the last open file of it, so nothing of it is left.
#[derive(Debug)]
pub struct Host {
    /// Which of the two.
    pub party: Party,
    /// The version of IP that it speaks.
    version: IpVersion,
    /// The network namespace, for `setns(2)`.
    pub(super) namespace: File,
    /// What the interface sends is read here, and what is written here it receives: a frame a call, without waiting.
    pub(super) tap: File,
    /// Why its interface is not a TAP device, where it is a veth.
    pub instead_of_tap: Option<String>,
    /// For questions about its connections; absent where this kernel cannot be asked (`CONFIG_INET_DIAG`).
    pub(super) diag: Option<SocketDiag>,
}

impl Host {
    /// Makes the network namespace in which this thread is a host. It must be a new one, with nothing in it but its loopback.
    ///
    /// The Ethernet address of the next one on the way to the other host is known from the start, so that no ARP comes before the
    /// first packet. IPv6 is off, or set so that nothing is sent unasked.
    ///
    /// # Errors
    /// The system refuses: see [`HostError`].
    pub fn set_up(party: Party, way: Way) -> Result<Self, HostError> {
        let namespace =
            File::open("/proc/thread-self/ns/net").map_err(HostError::step("opening the network namespace"))?;
        let version = match way {
            Way::Wire(version) => version,
            Way::Router => IpVersion::V4,
        };
        match version {
            IpVersion::V4 => switch_ipv6_off()?,
            IpVersion::V6 => keep_ipv6_silent()?,
        }
        let CableEnd { file: tap, instead } = CableEnd::make(INTERFACE)?;
        interface_setup::set_mac(INTERFACE, mac(party)).map_err(HostError::step("setting its Ethernet address"))?;
        match version {
            IpVersion::V4 => Self::connect_v4(party, way)?,
            IpVersion::V6 => Self::connect_v6(party)?,
        }
        interface_setup::switch_on("lo").map_err(HostError::step("switching lo on"))?;
        Ok(Self {
            party,
            version,
            namespace,
            tap,
            instead_of_tap: instead,
            diag: SocketDiag::open().ok(),
        })
    }

    /// The address of IPv4, the one of the next one on the way, and a route over a router.
    fn connect_v4(party: Party, way: Way) -> Result<(), HostError> {
        let call = HostError::step;
        let other = party.other();
        let (prefix, next, next_mac) = match way {
            Way::Wire(_) => (addresses::PREFIX, address(other), mac(other)),
            Way::Router => (
                addresses::ROUTER_PREFIX,
                addresses::of_router(party),
                addresses::mac_of_router(party),
            ),
        };
        interface_setup::set_address(INTERFACE, address(party), prefix).map_err(call("setting its IPv4 address"))?;
        interface_setup::switch_on(INTERFACE).map_err(call("switching it on"))?;
        interface_setup::set_neighbour(INTERFACE, next, next_mac)
            .map_err(call("setting the Ethernet address of the next one"))?;
        if way == Way::Router {
            set_default_route(INTERFACE, next).map_err(call("setting a route over the router"))?;
        }
        Ok(())
    }

    /// The address of IPv6, and the one of the other host.
    fn connect_v6(party: Party) -> Result<(), HostError> {
        let call = HostError::step;
        let [own, other] = [party, party.other()].map(|party| IpVersion::V6.address(party));
        // Without this the kernel would join a group for its address, and say so (MLD, RFC 3810).
        interface_setup::switch_on_without_discovery(INTERFACE).map_err(call("switching it on"))?;
        link::set_address(INTERFACE, own, addresses::PREFIX_V6).map_err(call("setting its IPv6 address"))?;
        link::set_neighbour(INTERFACE, other, mac(party.other()))
            .map_err(call("setting the Ethernet address of the other host"))
    }

    /// Sets what holds for the connections of this host with the other one. This thread must be in its namespace.
    ///
    /// # Errors
    /// The system refuses.
    pub fn set_metrics(&self, metrics: &[Metric]) -> Result<(), HostError> {
        let (first, prefix) = match self.version {
            IpVersion::V4 => (addresses::NETWORK.into(), addresses::PREFIX),
            IpVersion::V6 => (addresses::NETWORK_V6.into(), addresses::PREFIX_V6),
        };
        let network = Network {
            interface: INTERFACE,
            first,
            prefix,
            own: self.version.address(self.party),
        };
        set_metrics(&network, metrics).map_err(HostError::step("setting the metrics of a route"))
    }

    /// Has the kernel send each segment by itself, not several together that are cut apart later: `gso_max_segs` of ip-link(8). This
    /// thread must be in its namespace.
    ///
    /// # Errors
    /// The system refuses.
    pub fn send_single_segments(&self) -> Result<(), HostError> {
        link::set_most_segments(INTERFACE, 1).map_err(HostError::step("having segments sent by themselves"))
    }
}
