//! What every run is, and what several of them do.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use crate::app::socket::{Family, Kind, Socket};
use crate::calls::{Program, Role};
use crate::lab::failure::Failure;
use crate::lab::screen::Screen;
use crate::lab::stage::{LOCALHOST, Stage};

/// How long a by-hand step of a run waits for the other end.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Time for the kernel and the other end to do what follows from the last step.
pub(super) const MOMENT: Duration = Duration::from_millis(30);

/// A run that is ready: servers listen, and nothing has been sent.
pub trait Scene {
    /// The ports that its packets have.
    fn ports(&self) -> Vec<u16>;

    /// Plays it to its end.
    ///
    /// # Errors
    /// Ctrl+C, or a step that failed.
    fn play(self: Box<Self>, stage: &Stage) -> Result<Played, Failure>;
}

/// A run that was played.
pub struct Played {
    /// What the programs show, servers first.
    pub screens: Vec<(&'static str, Screen)>,
    /// What was seen beside the packets, a line each.
    pub observations: Vec<String>,
    /// Did every line get its answer that should?
    pub answered: bool,
}

/// The first free port from this one on: no program listens there.
pub(super) fn free_port(first: u16) -> Result<u16, Failure> {
    let is_free = |port: &u16| {
        let address = (LOCALHOST, *port);
        TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok()
    };
    let last = first.saturating_add(999);
    let taken = || {
        Failure::Line(format!(
            "every port from {first} to {last} is taken; end some of those programs"
        ))
    };
    (first..=last).find(is_free).ok_or_else(taken)
}

/// A TCP client's socket, connected to a server on this machine.
pub(super) fn connected(stage: &Stage, port: u16) -> Result<Socket, Failure> {
    let stop = stage.stop()?;
    let address = SocketAddr::new(LOCALHOST, port);
    let mut socket = Socket::open(
        Program::TcpClient,
        Role::ClientSocket,
        Family::Inet,
        Kind::Stream,
        &stop,
    )?;
    socket.connect(address, Some(PATIENCE))?;
    Ok(socket)
}
