//! Steps that a run takes itself, because no program of the lab does.

use std::net::SocketAddr;
use std::time::Duration;

use crate::app::socket::Socket;
use crate::calls::Role;
use crate::flow::Party;
use crate::lab::context::LabContext;
use crate::lab::failure::Failure;

/// How long such a step waits for the other end.
pub const TIMEOUT: Duration = Duration::from_secs(5);

/// Time for the kernel and the other end to do what follows from the last step.
pub const SETTLING_TIME: Duration = Duration::from_millis(30);

/// A TCP client's socket, connected to a server of the lab.
///
/// # Errors
/// Those of the socket calls.
pub fn connected(context: &LabContext, port: u16) -> Result<Socket, Failure> {
    let mut socket = context.tcp_socket(Party::Client, Role::ClientSocket)?;
    socket.connect(SocketAddr::new(context.address().ip(), port), Some(TIMEOUT))?;
    Ok(socket)
}
