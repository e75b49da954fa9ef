//! Steps that a run takes itself, because no program of the lab does.

use std::net::SocketAddr;
use std::time::Duration;

use crate::app::socket::{Family, Socket, SocketType};
use crate::calls::{Program, Role};
use crate::lab::context::{LOCALHOST, LabContext};
use crate::lab::failure::Failure;

/// How long such a step waits for the other end.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// Time for the kernel and the other end to do what follows from the last step.
pub const SETTLING_TIME: Duration = Duration::from_millis(30);

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
