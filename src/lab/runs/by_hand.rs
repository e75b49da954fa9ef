//! Steps that a run takes itself, because no program of the lab does.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use crate::app::socket::{Family, Socket, SocketType};
use crate::calls::{Program, Role};
use crate::lab::context::{LOCALHOST, LabContext};
use crate::lab::failure::Failure;

/// How long such a step waits for the other end.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// Time for the kernel and the other end to do what follows from the last step.
pub const SETTLING_TIME: Duration = Duration::from_millis(30);

/// A port without a listener, the first one from this one on.
///
/// # Errors
/// A thousand ports in a row are taken.
pub fn free_port(first: u16) -> Result<u16, Failure> {
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
///
/// # Errors
/// Those of the socket calls.
pub fn connected(context: &LabContext, port: u16) -> Result<Socket, Failure> {
    let cancel = context.cancel_token()?;
    let address = SocketAddr::new(LOCALHOST, port);
    let mut socket = Socket::open(
        Program::TcpClient,
        Role::ClientSocket,
        Family::Inet,
        SocketType::Stream,
        &cancel,
    )?;
    socket.connect(address, Some(TIMEOUT))?;
    Ok(socket)
}
