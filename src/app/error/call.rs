//! A socket call that failed: why, and what to do next.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use super::cause::Cause;
use super::time::seconds;
use crate::calls::{CallName, Program};
use crate::os::errors;

/// A socket call that did not succeed.
#[derive(Debug)]
pub struct CallError {
    /// Whose call.
    pub program: Program,
    /// Which call.
    pub call: CallName,
    /// The address it was about.
    pub address: Option<SocketAddr>,
    /// Why.
    pub reason: CallErrorReason,
    /// What else is known of it.
    pub cause: Option<Box<Cause>>,
}

/// Why a call did not succeed.
#[derive(Debug)]
pub enum CallErrorReason {
    /// The operating system said so.
    Os(io::Error),
    /// Nothing happened for this long.
    TimedOut(Duration),
}

impl CallErrorReason {
    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Os(error) => Some(error.kind()),
            Self::TimedOut(_) => None,
        }
    }

    /// Did the other end break the connection off?
    #[must_use]
    pub fn is_broken_connection(&self) -> bool {
        matches!(
            self.kind(),
            Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
        )
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = match self.call {
            CallName::Connect => "connect to",
            CallName::Bind => "bind to",
            CallName::Send => "send to",
            CallName::Recv => "recv from",
            CallName::Listen => "listen on",
            CallName::Accept => "accept on",
            other => other.word(),
        };
        let (reason, next) = self.reason_and_next();
        match self.address {
            Some(address) => write!(f, "{call} {address} {reason}; {next}"),
            None => write!(f, "{} {reason}; {next}", self.call),
        }
    }
}

impl CallError {
    /// What happened, and what the user can do about it.
    fn reason_and_next(&self) -> (String, String) {
        let server = match self.program {
            Program::UdpClient | Program::TcpClient => self.program.counterpart(),
            own => own,
        };
        match &self.reason {
            CallErrorReason::TimedOut(timeout) => self.timed_out(*timeout, server),
            CallErrorReason::Os(error) => self.refused_by_system(error, server),
        }
    }

    fn timed_out(&self, timeout: Duration, server: Program) -> (String, String) {
        let timeout = seconds(timeout);
        match self.call {
            CallName::Connect => (
                format!("got no answer within {timeout}"),
                "check the address, that the machine is on, and that no firewall drops the segments".into(),
            ),
            CallName::RecvFrom => (
                format!(
                    "brought no reply within {timeout}: UDP promises no delivery, so the line or its reply may be lost"
                ),
                format!("type it again, and check address, {server} and firewall if that repeats"),
            ),
            _ => (
                format!("made no progress within {timeout}"),
                format!("look whether {server} still runs, or allow more with --timeout"),
            ),
        }
    }

    fn refused_by_system(&self, error: &io::Error, server: Program) -> (String, String) {
        if let Some(cause) = &self.cause {
            return cause.sentences(self.address, server.word());
        }
        let port = self.address.map_or(0, |address| address.port());
        let (reason, next) = match (self.call, error.kind()) {
            (CallName::Connect, ErrorKind::ConnectionRefused) => (
                "refused: no program listens on that port",
                format!("start {server} first and use the port it prints"),
            ),
            (CallName::RecvFrom | CallName::SendTo, ErrorKind::ConnectionRefused) => (
                "refused: no program listens on that port, says ICMP (port unreachable)",
                format!("start {server} first and use the port it prints"),
            ),
            (CallName::Connect, ErrorKind::ConnectionReset) => (
                "failed: the server took the connection and reset it at once",
                format!("look whether {server} still runs, and at its messages"),
            ),
            (_, ErrorKind::NetworkUnreachable) => (
                "failed: there is no way to that address, or a firewall forbids it: this machine or a router says so",
                "check the address, this machine's network, and the firewalls on the way".into(),
            ),
            (CallName::SendTo, ErrorKind::HostUnreachable) => (
                "failed: there is no way to that address, say this machine's own routes",
                "check the address and this machine's network ('ip route' lists the routes)".into(),
            ),
            (_, ErrorKind::HostUnreachable) => (
                "failed: that address cannot be reached: no machine answers there, or a router or a firewall says so",
                "check the address, that the machine is on, and the firewalls on the way".into(),
            ),
            (CallName::SendTo, _) if errors::is_too_long(error) => (
                "failed: the line is too long for a datagram",
                "type a shorter one: at most 65507 bytes over IPv4".into(),
            ),
            (_, ErrorKind::InvalidInput) if is_of_one_link(self.address) => (
                "failed: that address holds on one link only, and it does not say which",
                "write the interface behind it, as in fe80::1%eth0".into(),
            ),
            (CallName::Bind, ErrorKind::AddrInUse) => (
                "failed: another program has that port",
                "take another with -p, or leave -p out, or end that program".into(),
            ),
            (CallName::Bind, ErrorKind::PermissionDenied) if port < 1024 => (
                "not permitted: ports below 1024 are for the administrator",
                "take a port from 1024 to 65535, or leave -p out".into(),
            ),
            (CallName::Bind, ErrorKind::AddrNotAvailable) => (
                "failed: no interface of this machine has that address",
                "take one that it has, or leave --bind out for all of them".into(),
            ),
            (CallName::SendTo | CallName::Connect, ErrorKind::AddrNotAvailable) => (
                "failed: this machine has no free port, or no address, to send from",
                "wait a minute for ports to come back, and check the address".into(),
            ),
            // IPv6 has no broadcast.
            (CallName::SendTo | CallName::Connect, ErrorKind::PermissionDenied) if is_v6(self.address) => (
                "not permitted: a firewall, here or on the way, forbids it",
                "allow the port there, or ask who administers it".into(),
            ),
            (CallName::SendTo | CallName::Connect, ErrorKind::PermissionDenied) => (
                "not permitted: a firewall, here or on the way, forbids it, or it is a broadcast address",
                "use the serverIP that the server prints".into(),
            ),
            (CallName::Socket | CallName::Accept, _) if errors::is_exhaustion(error) => (
                "failed: too many open files or too little memory",
                "allow more with 'ulimit -n', or end other programs".into(),
            ),
            (CallName::Send | CallName::Recv, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
                if self.program == Program::TcpServer =>
            {
                (
                    "failed: the client broke the connection off",
                    "nothing is to be done here".into(),
                )
            }
            (CallName::Send | CallName::Recv, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => (
                "failed: the other end broke the connection off",
                format!("look whether {server} still runs, and type the line again"),
            ),
            (CallName::Connect, _) if errors::icmp_behind(error).is_some() => {
                let says = errors::icmp_behind(error).unwrap_or_default();
                return (
                    format!("failed: an ICMP error says {says}"),
                    "check the address, and the routers and firewalls on the way".into(),
                );
            }
            _ => {
                let next = "run it with -v to see every socket call".into();
                return (format!("failed: {}", errors::text(error)), next);
            }
        };
        (reason.into(), next)
    }
}

fn is_v6(address: Option<SocketAddr>) -> bool {
    address.is_some_and(|address| address.ip().to_canonical().is_ipv6())
}

/// An IPv6 address of the kind that every interface has for itself. RFC 4007
fn is_of_one_link(address: Option<SocketAddr>) -> bool {
    matches!(address, Some(SocketAddr::V6(v6)) if v6.ip().is_unicast_link_local() && v6.scope_id() == 0)
}
