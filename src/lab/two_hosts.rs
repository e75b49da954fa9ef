//! Two hosts for a run, and what is opened in each while the rights for it are there.

use std::io;

use super::capturing;
use crate::capture::live::Capture;
use crate::flow::Party;
use crate::hosts::addresses::{INTERFACE, IpVersion};
use crate::hosts::error::HostError;
use crate::hosts::host::{Host, Way};
use crate::hosts::host_thread::HostThread;
use crate::hosts::namespace::enter_new_network;
use crate::hosts::router::Router;

/// Two hosts, with nothing sent yet.
pub struct TwoHosts<T> {
    /// The client's host and the server's.
    pub hosts: [Host; 2],
    /// The router between them.
    pub router: Option<Router>,
    /// A thread in each of them.
    pub threads: [HostThread; 2],
    /// What was opened in each of them.
    pub opened: [T; 2],
}

impl<T> TwoHosts<T> {
    /// Makes them: the network in which this process is becomes the client's, a new one the server's. They speak this version of IP; over a router it is IPv4. Between them is a router, where
    /// `router` has the longest packet, in bytes, that it sends on to the server. This process is in that one
    /// afterwards. `open` is called in each host: for what else its kernel has to be set to, and for what is captured there.
    ///
    /// To be called while this process may still do so, and has one thread.
    ///
    /// # Errors
    /// The system refuses a step. This process may be in another network then than before, of which nothing is set.
    pub fn make(
        version: IpVersion,
        router: Option<u16>,
        open: impl Fn(&Host) -> Result<T, HostError>,
    ) -> Result<Self, HostError> {
        let way = if router.is_some() {
            Way::Router
        } else {
            Way::Wire(version)
        };
        let host = |party| {
            let host = Host::set_up(party, way)?;
            let opened = open(&host)?;
            Ok::<_, HostError>((host, opened))
        };
        let client = host(Party::Client)?;
        let router = match router {
            Some(mtu) => {
                enter_new_network()?;
                Some(Router::set_up(mtu)?)
            }
            None => None,
        };
        enter_new_network()?;
        let server = host(Party::Server)?;
        let thread = |host: &Host| {
            let next = "allow more with 'ulimit -u'";
            HostThread::start(host).map_err(HostError::step_with("starting a thread in a host", next))
        };
        Ok(Self {
            router,
            threads: [thread(&client.0)?, thread(&server.0)?],
            hosts: [client.0, server.0],
            opened: [client.1, server.1],
        })
    }
}

/// Opens a capture at the interface of the host in which this thread is, with this expression of a filter.
///
/// # Errors
/// The system refuses.
pub fn capture(expression: &str) -> Result<Capture, HostError> {
    let failed = |error: String| HostError::step("opening a capture")(io::Error::other(error));
    let filter = capturing::filter(expression).map_err(|error| failed(error.to_string()))?;
    capturing::open(INTERFACE, &filter).map_err(|error| failed(error.to_string()))
}
