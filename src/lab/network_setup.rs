//! The network that runs get: two hosts, where the runs can be in such and the system lets them; else one loopback.

use super::failure::Failure;
use super::network::Network;
use super::run::Run;
use super::two_hosts::{self, TwoHosts};
use crate::capture::live::Capture;
use crate::flow::Party;
use crate::hosts::namespace::{set_sysctl, sysctl};

/// After so short a round trip as here, a probe is sent as soon as an acknowledgment takes some milliseconds (RFC 8985, section 7.2). The
/// wire takes as long where the computer is busy, and a first look should not show segments that are sent again without need.
const TAIL_LOSS_PROBES: &str = "ipv4/tcp_early_retrans";

/// The network of some runs.
pub struct NetworkSetup {
    /// Which it is.
    pub network: Network,
    /// The hosts, if there are two. A capture for each run is open at the client's.
    pub hosts: Option<TwoHosts<Vec<Capture>>>,
}

impl NetworkSetup {
    /// Makes it, and enters it: with `loopback`, not two hosts. Call it before any thread is started.
    ///
    /// # Errors
    /// As [`Network::enter`].
    pub fn enter(runs: &[&Run], loopback: bool) -> Result<Self, Failure> {
        let network = Network::enter()?;
        if loopback || !runs.iter().all(|run| run.two_hosts) || matches!(network, Network::Shared(_)) {
            return Ok(Self { network, hosts: None });
        }
        let made = TwoHosts::make(None, |host| {
            if sysctl(TAIL_LOSS_PROBES).is_some() {
                set_sysctl(TAIL_LOSS_PROBES, "0")?;
            }
            // One end shows it all: nothing is lost on this wire.
            let watched = runs.iter().filter(|_| host.party == Party::Client);
            watched.map(|run| two_hosts::capture(run.protocols)).collect()
        });
        match made {
            Ok(hosts) => {
                let instead_of_tap = hosts.hosts.iter().find_map(|host| host.instead_of_tap.clone());
                Ok(Self {
                    network: Network::TwoHosts(instead_of_tap),
                    hosts: Some(hosts),
                })
            }
            Err(error) => Ok(Self {
                network: Network::instead_of_two_hosts(error.cause())?,
                hosts: None,
            }),
        }
    }
}
