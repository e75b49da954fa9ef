//! The calls of a socket that the crate socket2 has not, or not so.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;

/// Receives a datagram: its length and its sender. recvfrom(2)
///
/// # Errors
/// Those of recvfrom(2).
pub(super) fn recv_from(socket: &socket2::Socket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    let room: *mut [u8] = buffer;
    #[expect(
        unsafe_code,
        reason = "socket2 asks for room that may be uninitialised, ours is initialised"
    )]
    // SAFETY: MaybeUninit<u8> has the layout of u8, `room` comes from a mutable borrow that lasts until the function
    // ends and is not used elsewhere meanwhile, and recv_from promises never to write uninitialised bytes to it.
    let room = unsafe { &mut *(room as *mut [MaybeUninit<u8>]) };
    let (length, from) = socket.recv_from(room)?;
    let from = from
        .as_socket()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the sender has no internet address"))?;
    Ok((length, from))
}

/// Asks the kernel to hand on what ICMP says of this socket's datagrams, as it does by itself for a connected socket
/// (ip(7) `IP_RECVERR`, ipv6(7) `IPV6_RECVERR`).
///
/// # Errors
/// Those of setsockopt(2).
#[cfg(target_os = "linux")]
pub(super) fn report_icmp_errors(socket: &socket2::Socket, ipv6: bool) -> io::Result<()> {
    use nix::sys::socket::{setsockopt, sockopt};
    if ipv6 {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
    } else {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)?;
    }
    Ok(())
}

/// There is no such option here: a port without a listener shows as a missing reply.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "on Linux it can fail")]
pub(super) fn report_icmp_errors(_: &socket2::Socket, _: bool) -> io::Result<()> {
    Ok(())
}

/// Closes the descriptor and returns what close(2) says, which dropping it would not.
///
/// # Errors
/// Those of close(2); the descriptor is gone all the same.
#[cfg(unix)]
pub(super) fn close(socket: socket2::Socket) -> io::Result<()> {
    nix::unistd::close(std::os::fd::OwnedFd::from(socket)).map_err(io::Error::from)
}

/// The descriptor's number.
#[cfg(unix)]
pub(super) fn descriptor(socket: &socket2::Socket) -> i64 {
    use std::os::fd::AsRawFd as _;
    i64::from(socket.as_raw_fd())
}

/// Closes the socket; the result is not known here.
///
/// # Errors
/// None.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
pub(super) fn close(socket: socket2::Socket) -> io::Result<()> {
    drop(socket);
    Ok(())
}

/// No descriptor to show.
#[cfg(not(unix))]
pub(super) fn descriptor(_: &socket2::Socket) -> i64 {
    0
}
