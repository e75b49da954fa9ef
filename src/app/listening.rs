//! What both servers do first: take an address, and tell people which one.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::address;
use super::error::{CallErrorReason, Error};
use super::socket::{Family, Socket, SocketType};
use super::transcript::Transcript;
use crate::calls::{Program, Role};
use crate::os::cancel::CancelToken;

/// Makes the socket and binds it. Without an address it serves every address of the machine.
///
/// # Errors
/// The port is taken, needs privileges, or no interface has the address.
pub fn bind(
    program: Program,
    role: Role,
    socket_type: SocketType,
    address: Option<SocketAddr>,
    port: u16,
    cancel: &CancelToken,
) -> Result<Socket, Error> {
    if let Some(mut address) = address {
        address.set_port(port);
        return bind_to(program, role, socket_type, address, false, cancel);
    }
    // One IPv6 socket serves both families; where there is no IPv6, an IPv4 socket serves what there is.
    let every_ipv6 = SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), port);
    match bind_to(program, role, socket_type, every_ipv6, true, cancel) {
        Err(trouble) if !is_about_the_port(&trouble) => {
            let every_ipv4 = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), port);
            bind_to(program, role, socket_type, every_ipv4, false, cancel)
        }
        bound => bound,
    }
}

fn bind_to(
    program: Program,
    role: Role,
    socket_type: SocketType,
    address: SocketAddr,
    both_families: bool,
    cancel: &CancelToken,
) -> Result<Socket, Error> {
    let socket = Socket::open(program, role, Family::of(address), socket_type, cancel)?;
    if both_families {
        socket.serve_ipv4_too()?;
    }
    // Not for UDP, which has no TIME-WAIT: there the option would let a second server take the first one's datagrams.
    if socket_type == SocketType::Stream {
        socket.reuse_address()?;
    }
    socket.bind(address)?;
    Ok(socket)
}

fn is_about_the_port(trouble: &Error) -> bool {
    matches!(
        trouble.call_reason().and_then(CallErrorReason::kind),
        Some(ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
    )
}

/// Prints the server's first lines: the address that a client is to use, and the port, which is returned.
///
/// # Errors
/// Standard output cannot be written.
pub fn announce(
    program: Program,
    socket: &Socket,
    transcript: &Transcript,
    bound: Option<SocketAddr>,
    cancel: &CancelToken,
) -> Result<u16, Error> {
    let port = socket.local_address()?.port();
    let server_ip = match bound {
        Some(bound) => address::as_typed(bound),
        None => address::of_this_machine(program, cancel).to_string(),
    };
    transcript.server_ready(&server_ip, port)?;
    Ok(port)
}
