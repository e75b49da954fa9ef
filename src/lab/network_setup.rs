//! The network that runs get: two hosts, where the system lets them; else one loopback.

use super::failure::Failure;
use super::network::Network;
use super::own_segments::OwnSegments;
use super::run::Run;
use super::two_hosts::{self, TwoHosts};
use crate::capture::live::Capture;
use crate::flow::Party;
use crate::hosts::addresses::IpVersion;
use crate::hosts::error::HostError;
use crate::hosts::namespace::{set_sysctl, sysctl};

/// After so short a round trip as here, a probe is sent as soon as an acknowledgment takes some milliseconds (RFC 8985, section 7.2). The
/// wire takes as long where the computer is busy, and a first look should not show segments that are sent again without need.
const TAIL_LOSS_PROBES: &str = "ipv4/tcp_early_retrans";

/// The network of some runs.
pub struct NetworkSetup {
    /// Which it is.
    pub network: Network,
    /// The hosts, if there are two, and what is open at each.
    pub hosts: Option<TwoHosts<Opened>>,
}

/// What is opened at a host while the rights for it are there; at the server's nothing.
pub struct Opened {
    /// A capture for each run.
    pub captures: Vec<Capture>,
    /// For a run that makes segments itself.
    pub own_segments: Option<OwnSegments>,
}

impl NetworkSetup {
    /// Makes it, and enters it: with `loopback`, not two hosts. Call it before any thread is started.
    ///
    /// # Errors
    /// As [`Network::enter`].
    pub fn enter(runs: &[&Run], loopback: bool) -> Result<Self, Failure> {
        let network = Network::enter()?;
        if loopback || matches!(network, Network::Shared(_)) {
            return Ok(Self { network, hosts: None });
        }
        let made = TwoHosts::make(IpVersion::V4, None, |host| {
            if sysctl(TAIL_LOSS_PROBES).is_some() {
                set_sysctl(TAIL_LOSS_PROBES, "0")?;
            }
            // One end shows it all: nothing is lost on this wire.
            let here = || runs.iter().filter(|_| host.party == Party::Client);
            let captures: Result<Vec<Capture>, HostError> =
                here().map(|run| two_hosts::capture(run.protocols)).collect();
            let mut makers = here().filter(|run| run.own_segments);
            let opened = makers.next().map(|_| OwnSegments::open()).transpose();
            Ok(Opened {
                captures: captures?,
                own_segments: opened.map_err(HostError::step("opening a raw socket"))?,
            })
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
