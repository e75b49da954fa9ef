//! A router between the hosts: a third network namespace, whose kernel forwards packets from one interface to the other.

use std::fs::File;

use super::addresses::{ROUTER_PREFIX, address, mac, mac_of_router, of_router};
use super::cable_end::CableEnd;
use super::error::HostError;
use super::namespace::{set_sysctl, switch_ipv6_off};
use crate::flow::Party;
use crate::os::interface_setup;

/// A router. Its namespace ends with the last open file of it.
#[derive(Debug)]
pub struct Router {
    /// The interface on the client's side: what it sends is read here, what is written here it receives.
    pub(super) near: File,
    /// The one on the server's side.
    pub(super) far: File,
}

impl Router {
    /// Makes the network namespace in which this thread is a router. Packets to the server may have this many bytes at most.
    ///
    /// # Errors
    /// The system refuses: see [`HostError`].
    pub fn set_up(mtu: u16) -> Result<Self, HostError> {
        switch_ipv6_off()?;
        let near = Self::interface(Party::Client, "eth0")?;
        let far = Self::interface(Party::Server, "eth1")?;
        interface_setup::set_mtu("eth1", mtu.into()).map_err(HostError::step("setting an MTU"))?;
        set_sysctl("ipv4/ip_forward", "1")?;
        Ok(Self { near, far })
    }

    fn interface(host: Party, name: &str) -> Result<File, HostError> {
        let call = HostError::step;
        let tap = CableEnd::make(name)?.file;
        interface_setup::set_mac(name, mac_of_router(host)).map_err(call("setting its Ethernet address"))?;
        interface_setup::set_address(name, of_router(host), ROUTER_PREFIX).map_err(call("setting its IPv4 address"))?;
        interface_setup::switch_on(name).map_err(call("switching it on"))?;
        interface_setup::set_neighbour(name, address(host), mac(host))
            .map_err(call("setting a host's Ethernet address"))?;
        Ok(tap)
    }
}
