//! What the kernels of the hosts know of a connection, asked when one of its frames has left or arrived.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::clock::now;
use crate::flow::Party;
use crate::frame::Frame;
use crate::hosts::host::Host;
use crate::os::socket_diag::SocketDiag;
use crate::tcp_info::{SocketState, TcpInfo, TcpSample};
use crate::wire::{LinkType, Protocol};

/// A host is asked at most once in so long: to ask takes some microseconds, in which the wire carries nothing.
const SELDOM: Duration = Duration::from_micros(500);

/// Samples that are kept; one has about 150 bytes.
const MOST: usize = 200_000;

/// Asks both hosts; by default neither.
#[derive(Debug, Default)]
pub(super) struct Sampler {
    client: Asked,
    server: Asked,
    /// What was learned: each time that something had changed.
    pub(super) samples: Vec<TcpSample>,
    /// How many more there were.
    pub(super) left_out: u64,
    /// The last one of each connection, by its ends.
    last: HashMap<(SocketAddr, SocketAddr), TcpInfo>,
}

/// A host that is asked.
#[derive(Debug, Default)]
struct Asked {
    /// Absent where the kernel cannot be asked, or is not to be.
    diag: Option<SocketDiag>,
    /// When it was asked last.
    last: Option<Instant>,
}

impl Sampler {
    /// Of these two hosts.
    ///
    /// # Errors
    /// No more files.
    pub(super) fn of(client: &Host, server: &Host) -> io::Result<Self> {
        let asked = |host: &Host| {
            let diag = host.diag.as_ref().map(SocketDiag::try_clone).transpose()?;
            io::Result::Ok(Asked { diag, last: None })
        };
        Ok(Self {
            client: asked(client)?,
            server: asked(server)?,
            samples: Vec::new(),
            left_out: 0,
            last: HashMap::new(),
        })
    }

    /// A frame has left this host: what does its kernel know of the connection now?
    pub(super) fn after_sending(&mut self, host: Party, frame: &[u8]) {
        self.ask(host, frame, |source, destination| (source, destination));
    }

    /// A frame has arrived at this host, and its kernel has dealt with it.
    pub(super) fn after_arrival(&mut self, host: Party, frame: &[u8]) {
        self.ask(host, frame, |source, destination| (destination, source));
    }

    fn ask(&mut self, host: Party, frame: &[u8], own_first: fn(SocketAddr, SocketAddr) -> (SocketAddr, SocketAddr)) {
        let asked = match host {
            Party::Client => &mut self.client,
            Party::Server => &mut self.server,
        };
        let Some(diag) = &mut asked.diag else { return };
        let now_is = Instant::now();
        if asked.last.is_some_and(|last| now_is - last < SELDOM) {
            return;
        }
        let frame = Frame::new(None, LinkType::ETHERNET, frame);
        let packet = frame.decode();
        let Some((source, destination)) = packet.layer(Protocol::Tcp).and_then(|_| packet.endpoints()) else {
            return;
        };
        let (local, remote) = own_first(source, destination);
        asked.last = Some(now_is);
        // A kernel that does not answer now may answer later; what is missing then is not shown.
        let Ok(Some(bytes)) = diag.tcp_info(local, remote) else {
            return;
        };
        let known = TcpInfo::of(&bytes).filter(|info| info.state != SocketState::Listen);
        let Some(info) = known else { return };
        if self.last.insert((local, remote), info) == Some(info) {
            return;
        }
        if self.samples.len() == MOST {
            self.left_out += 1;
            return;
        }
        self.samples.push(TcpSample {
            time: now(),
            local,
            remote,
            info,
        });
    }
}
