//! The addresses of sockets, in the forms of both families.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// Which addresses it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `AF_INET`: IPv4.
    Inet,
    /// `AF_INET6`: IPv6.
    Inet6,
}

impl Family {
    /// The family of this address.
    #[must_use]
    pub const fn of(address: SocketAddr) -> Self {
        if address.is_ipv4() { Self::Inet } else { Self::Inet6 }
    }
}

/// The socket's own address, as its packets have it. getsockname(2)
pub(super) fn own_address(socket: &socket2::Socket) -> io::Result<SocketAddr> {
    let address = socket.local_addr()?;
    Ok(canonical(address.as_socket().ok_or(ErrorKind::InvalidData)?))
}

/// An IPv4 client of an IPv6 socket has the address `::ffff:a.b.c.d` there; its packets have `a.b.c.d`, and so do we.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) => match v6.ip().to_ipv4_mapped() {
            Some(v4) => SocketAddr::from((v4, v6.port())),
            None => address,
        },
        SocketAddr::V4(_) => address,
    }
}

/// The other direction: an IPv6 socket needs the address of an IPv4 client as `::ffff:a.b.c.d`.
pub(super) fn in_form_of(family: Family, address: SocketAddr) -> SocketAddr {
    match (family, address) {
        (Family::Inet6, SocketAddr::V4(v4)) => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
        _ => address,
    }
}
