//! The two hosts of a run: made, set, and captured at both ends.

use super::run::KernelSettings;
use crate::capture::live::Capture;
use crate::flow::Party;
use crate::hosts::addresses::INTERFACE;
use crate::hosts::error::HostError;
use crate::hosts::host::{Host, Way};
use crate::hosts::host_thread::HostThread;
use crate::hosts::namespace::{enter_new_network, set_sysctl, sysctl};
use crate::hosts::router::Router;
use crate::lab::capturing;
use crate::lab::failure::Failure;

/// What TCP has learned since the textbook's figures were drawn, as names below `net.ipv4` and what each does: selective
/// acknowledgments (RFC 2018), RACK (RFC 8985), tail loss probes (RFC 8985), timestamps (RFC 7323).
pub const SINCE_THE_TEXTBOOK: [(&str, &str); 4] = [
    ("tcp_sack", "selective acknowledgments"),
    ("tcp_recovery", "RACK"),
    ("tcp_early_retrans", "tail loss probes"),
    ("tcp_timestamps", "timestamps"),
];

/// Congestion control as the textbook has it (RFC 5681, RFC 6582), so that a run does not depend on what the machine uses.
const CONGESTION_CONTROL: &str = "reno";

/// Two hosts, with nothing sent yet.
pub struct TwoHosts {
    /// The client's host and the server's.
    pub hosts: [Host; 2],
    /// The router between them.
    pub router: Option<Router>,
    /// A thread in each of them.
    pub threads: [HostThread; 2],
    /// A capture at each of them.
    pub captures: [Capture; 2],
}

impl TwoHosts {
    /// Makes them: the network in which this process is becomes the client's, a new one the server's. Between them is a router, where
    /// `router` has the longest packet, in bytes, that it sends on to the server. This process is in that one
    /// afterwards.
    ///
    /// To be called while this process may still do so, and has one thread.
    ///
    /// # Errors
    /// The system refuses a step.
    pub fn make(textbook: bool, kernel: &KernelSettings, router: Option<u16>) -> Result<Self, Failure> {
        let way = if router.is_some() { Way::Router } else { Way::Wire };
        let host = |party| Self::host(party, way, textbook, kernel);
        let client = host(Party::Client)?;
        let router = match router {
            Some(mtu) => {
                enter_new_network().map_err(failed)?;
                Some(Router::set_up(mtu).map_err(failed)?)
            }
            None => None,
        };
        enter_new_network().map_err(failed)?;
        let server = host(Party::Server)?;
        let thread = |host: &Host| {
            HostThread::start(host)
                .map_err(|error| Failure::of("starting a thread in a host", error, "allow more with 'ulimit -u'"))
        };
        let threads = [thread(&client.0)?, thread(&server.0)?];
        Ok(Self {
            hosts: [client.0, server.0],
            router,
            threads,
            captures: [client.1, server.1],
        })
    }

    fn host(party: Party, way: Way, textbook: bool, kernel: &KernelSettings) -> Result<(Host, Capture), Failure> {
        let host = Host::set_up(party, way).map_err(failed)?;
        set_sysctl("ipv4/tcp_congestion_control", CONGESTION_CONTROL).map_err(failed)?;
        if textbook {
            for (name, _) in SINCE_THE_TEXTBOOK {
                let name = format!("ipv4/{name}");
                // An older kernel that lacks one of them has nothing to switch off.
                if sysctl(&name).is_some() {
                    set_sysctl(&name, "0").map_err(failed)?;
                }
            }
        }
        for (_, name, value) in kernel.values.iter().filter(|(whose, ..)| *whose == party) {
            set_sysctl(name, value).map_err(failed)?;
        }
        if let Some(segments) = kernel.initial_window.filter(|_| party == Party::Client) {
            host.set_initial_window(segments).map_err(failed)?;
        }
        let everything = capturing::filter("")?;
        let capture = capturing::open(INTERFACE, &everything).map_err(|error| Failure::Line(error.to_string()))?;
        Ok((host, capture))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn failed(error: HostError) -> Failure {
    let next = "; without two hosts, 'socket-lab tcp' shows a connection on one";
    Failure::Line(format!("{error}{next}"))
}
