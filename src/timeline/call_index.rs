//! The calls of all logs, by socket, to be found by address.

use std::collections::HashMap;
use std::net::SocketAddr;

use crate::calls::{Call, CallName, Program, Role};

/// At most this many calls are kept; at about 500 bytes each that is 250 MB.
const MOST: usize = 500_000;

/// Where a call is: its socket, and its place among the socket's calls.
type CallPosition = (usize, usize);

/// The calls that were read from call logs and do not belong to a drawn conversation yet.
#[derive(Debug, Default)]
pub struct CallIndex {
    pub(super) sockets: Vec<SocketCalls>,
    /// The socket that has this number now: numbers start again when another process gets the same process number.
    current: HashMap<(Program, u32, u64), usize>,
    /// By the ports of both ends.
    pairs: HashMap<(u16, u16), Vec<CallPosition>>,
    /// Servers' sockets by their own port.
    servers: HashMap<u16, Vec<usize>>,
    kept: usize,
    matched: u64,
    refused: u64,
}

/// The calls on one socket, in the order of the log.
#[derive(Debug)]
pub(super) struct SocketCalls {
    pub(super) role: Role,
    pub(super) program: Program,
    /// Its own address, when it has one.
    local: Option<SocketAddr>,
    /// This many calls at its beginning make it ready, before any client.
    pub(super) preparation: usize,
    /// `None` where a call was handed out.
    pub(super) calls: Vec<Option<Call>>,
}

impl CallIndex {
    /// Nothing read yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a call. Address probes belong to no conversation and are left out.
    pub fn add(&mut self, call: Call) {
        if call.role == Role::AddressProbe {
            return;
        }
        if self.kept >= MOST {
            self.refused += 1;
            return;
        }
        let index = self.socket_of(&call);
        let Some(socket) = self.sockets.get_mut(index) else {
            return;
        };
        let place = (index, socket.calls.len());
        if let Some(local) = call.local.filter(|local| local.port() != 0) {
            let is_server = matches!(socket.role, Role::WelcomingSocket | Role::ServerSocket);
            if socket.local.replace(local).is_none() && is_server {
                self.servers.entry(local.port()).or_default().push(index);
            }
            if let Some(remote) = call.remote {
                self.pairs.entry((local.port(), remote.port())).or_default().push(place);
            }
        }
        if prepares(&call) && socket.preparation == socket.calls.len() {
            socket.preparation += 1;
        }
        socket.calls.push(Some(call));
        self.kept += 1;
    }

    fn socket_of(&mut self, call: &Call) -> usize {
        let key = (call.program, call.pid, call.socket);
        // A number is given once in a process, so `socket()` with a known one is another process with the same number; so is
        // another role.
        let known = self.current.get(&key).copied().filter(|&index| {
            call.call != CallName::Socket && self.sockets.get(index).is_some_and(|socket| socket.role == call.role)
        });
        known.unwrap_or_else(|| {
            self.sockets.push(SocketCalls {
                role: call.role,
                program: call.program,
                local: None,
                preparation: 0,
                calls: Vec::new(),
            });
            self.current.insert(key, self.sockets.len() - 1);
            self.sockets.len() - 1
        })
    }

    /// Is nothing left?
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// How many calls no conversation has asked for.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.kept
    }

    /// How many calls conversations have asked for.
    #[must_use]
    pub const fn matched(&self) -> u64 {
        self.matched
    }

    /// How many were not kept, to bound the memory.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// The calls that are left between these two addresses, as seen from `local`.
    pub(super) fn between(&self, local: SocketAddr, remote: SocketAddr) -> impl Iterator<Item = (CallPosition, &Call)> {
        let places = self.pairs.get(&(local.port(), remote.port()));
        places.into_iter().flatten().filter_map(move |&place| {
            let call = self.call(place)?;
            let matches = call.local.is_some_and(|own| covers(own, local))
                && call.remote.is_some_and(|other| covers(other, remote));
            matches.then_some((place, call))
        })
    }

    /// The servers' sockets that were bound to this address, or to every address with its port.
    pub(super) fn bound_to(&self, local: SocketAddr) -> impl DoubleEndedIterator<Item = usize> {
        let sockets = self.servers.get(&local.port());
        sockets.into_iter().flatten().copied().filter(move |&index| {
            let socket = self.sockets.get(index);
            socket.is_some_and(|socket| socket.local.is_some_and(|own| covers(own, local)))
        })
    }

    pub(super) fn call(&self, (socket, place): CallPosition) -> Option<&Call> {
        self.sockets.get(socket)?.calls.get(place)?.as_ref()
    }

    /// Hands a call out; each goes to one conversation only.
    pub(super) fn take(&mut self, (socket, place): CallPosition) -> Option<Call> {
        let call = self.sockets.get_mut(socket)?.calls.get_mut(place)?.take()?;
        self.kept -= 1;
        self.matched += 1;
        Some(call)
    }
}

/// Does this address of a socket mean that one of a packet? An unspecified one means every address of the machine, and an
/// IPv4-mapped IPv6 address the IPv4 one. ip(7), ipv6(7)
fn covers(own: SocketAddr, packet: SocketAddr) -> bool {
    let ip = own.ip().to_canonical();
    own.port() == packet.port() && (ip == packet.ip().to_canonical() || ip.is_unspecified())
}

/// Is it one of the calls that make a socket ready, before any peer is talked to?
const fn prepares(call: &Call) -> bool {
    matches!(
        call.call,
        CallName::Socket | CallName::SetSockOpt | CallName::Bind | CallName::Listen | CallName::GetSockName
    )
}
