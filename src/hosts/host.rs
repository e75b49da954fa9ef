//! One host: a network namespace with one Ethernet interface, whose frames this program carries.

use std::fs::File;

use super::addresses::{self, INTERFACE, address, mac};
use super::cable_end::CableEnd;
use super::error::HostError;
use super::namespace::switch_ipv6_off;
use crate::flow::Party;
use crate::os::interface_setup;
use crate::os::link::set_most_segments;
use crate::os::routes::{Metric, Network, set_default_route, set_metrics};
use crate::os::socket_diag::SocketDiag;

/// How a host reaches the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Both are at the same wire.
    Wire,
    /// Over the router.
    Router,
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
    /// Why its interface is not a TAP device, where it is a veth.
    pub instead_of_tap: Option<String>,
    /// For questions about its connections; absent where this kernel cannot be asked (`CONFIG_INET_DIAG`).
    pub(super) diag: Option<SocketDiag>,
}

impl Host {
    /// Makes the network namespace in which this thread is a host. It must be a new one, with nothing in it but its loopback.
    ///
    /// The Ethernet address of the next one on the way to the other host is known from the start, so that no ARP comes before the
    /// first packet; IPv6 is off, so that nothing is sent unasked.
    ///
    /// # Errors
    /// The system refuses: see [`HostError`].
    pub fn set_up(party: Party, way: Way) -> Result<Self, HostError> {
        let namespace =
            File::open("/proc/thread-self/ns/net").map_err(HostError::step("opening the network namespace"))?;
        switch_ipv6_off()?;
        let CableEnd { file: tap, instead } = CableEnd::make(INTERFACE)?;
        let call = HostError::step;
        let other = party.other();
        let (prefix, next, next_mac) = match way {
            Way::Wire => (addresses::PREFIX, address(other), mac(other)),
            Way::Router => (
                addresses::ROUTER_PREFIX,
                addresses::of_router(party),
                addresses::mac_of_router(party),
            ),
        };
        interface_setup::set_mac(INTERFACE, mac(party)).map_err(call("setting its Ethernet address"))?;
        interface_setup::set_address(INTERFACE, address(party), prefix).map_err(call("setting its IPv4 address"))?;
        interface_setup::switch_on(INTERFACE).map_err(call("switching it on"))?;
        interface_setup::switch_on("lo").map_err(call("switching lo on"))?;
        interface_setup::set_neighbour(INTERFACE, next, next_mac)
            .map_err(call("setting the Ethernet address of the next one"))?;
        if way == Way::Router {
            set_default_route(INTERFACE, next).map_err(call("setting a route over the router"))?;
        }
        Ok(Self {
            party,
            namespace,
            tap,
            instead_of_tap: instead,
            diag: SocketDiag::open().ok(),
        })
    }

    /// Sets what holds for the connections of this host with the other one. This thread must be in its namespace.
    ///
    /// # Errors
    /// The system refuses.
    pub fn set_metrics(&self, metrics: &[Metric]) -> Result<(), HostError> {
        let own = address(self.party);
        let network = Network {
            interface: INTERFACE,
            first: addresses::NETWORK,
            prefix: addresses::PREFIX,
            own,
        };
        set_metrics(&network, metrics).map_err(HostError::step("setting the metrics of a route"))
    }

    /// Has the kernel send each segment by itself, not several together that are cut apart later: `gso_max_segs` of ip-link(8). This
    /// thread must be in its namespace.
    ///
    /// # Errors
    /// The system refuses.
    pub fn send_single_segments(&self) -> Result<(), HostError> {
        set_most_segments(INTERFACE, 1).map_err(HostError::step("having segments sent by themselves"))
    }
}
