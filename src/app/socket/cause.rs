//! What this machine knows of a failed call beside the error's number.

use std::io;
use std::net::SocketAddr;

use super::Socket;
use crate::app::error::Cause;
use crate::calls::CallName;

#[cfg(not(target_os = "linux"))]
impl Socket {
    /// Nothing more is known here.
    pub(super) fn cause(&self, _: CallName, _: Option<SocketAddr>, _: &io::Error) -> Option<Cause> {
        None
    }
}

#[cfg(target_os = "linux")]
impl Socket {
    /// Why a call failed, as far as more is known than the error's number.
    pub(super) fn cause(&self, call: CallName, address: Option<SocketAddr>, error: &io::Error) -> Option<Cause> {
        use std::io::ErrorKind;
        match (call, error.kind()) {
            (CallName::Bind | CallName::Listen, ErrorKind::AddrInUse) => {
                let own = self.inner.as_ref().and_then(|socket| super::own_address(socket).ok());
                linux::port_holder(self.program.transport(), address.or(own)?.port())
            }
            // Each type and code has its number of an error: which one came is in the queue.
            (CallName::RecvFrom, _) => linux::icmp_error(self.inner.as_ref()?),
            // Without lo the machine has not even the address ::1.
            (CallName::Connect | CallName::SendTo, ErrorKind::AddrNotAvailable) => linux::loopback_down(address?),
            (CallName::Connect | CallName::SendTo, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
                linux::unreachable(address?)
            }
            _ => None,
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::net::{IpAddr, SocketAddr};
    use std::os::fd::AsRawFd as _;

    use nix::libc::{SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6};
    use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrIn, SockaddrIn6, SockaddrStorage, recvmsg};

    use crate::app::error::{Cause, IcmpReport};
    use crate::os::network;
    use crate::os::port_holder::{PortHolder, holder_of};

    pub(super) fn port_holder(transport: &str, port: u16) -> Option<Cause> {
        let holder = holder_of(&transport.to_ascii_lowercase(), port)?;
        Some(match holder {
            PortHolder::Process { name, pid } => Cause::PortHolder {
                who: format!("{name} (process {pid})"),
                pid: Some(pid),
            },
            PortHolder::User { uid, name } => Cause::PortHolder {
                who: format!("a program of the user {}", name.unwrap_or_else(|| uid.to_string())),
                pid: None,
            },
        })
    }

    /// The packets would go through `lo`, which is down.
    pub(super) fn loopback_down(address: SocketAddr) -> Option<Cause> {
        (network::is_own(address.ip()) && network::loopback_is_down()).then_some(Cause::LoopbackDown)
    }

    /// The kernel refuses at once, or a connection attempt has ended.
    pub(super) fn unreachable(address: SocketAddr) -> Option<Cause> {
        if let Some(cause) = loopback_down(address) {
            return Some(cause);
        }
        if !network::has_route(address) {
            let only_loopback = !network::another_interface_is_up();
            return Some(Cause::NoRoute { only_loopback });
        }
        network::is_silent_neighbour(address.ip()).then_some(Cause::NoNeighbour)
    }

    /// The first error in the socket's error queue: ip(7), `IP_RECVERR`; recv(2), `MSG_ERRQUEUE`. It is empty where the
    /// option is not set.
    pub(super) fn icmp_error(socket: &socket2::Socket) -> Option<Cause> {
        /// Room for one error with its sender, and for what else the kernel may put beside it.
        const ROOM: usize = 512;
        let mut room = vec![0; ROOM];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut [], Some(&mut room), flags).ok()?;
        let to = message.address.as_ref().and_then(address_of);
        let (error, from) = message.cmsgs().ok()?.find_map(|control| match control {
            ControlMessageOwned::Ipv4RecvErr(error, from) => {
                Some((error, from.map(|from| IpAddr::V4(SockaddrIn::from(from).ip()))))
            }
            ControlMessageOwned::Ipv6RecvErr(error, from) => {
                Some((error, from.map(|from| SockaddrIn6::from(from).ip().to_canonical())))
            }
            _ => None,
        })?;
        let is_v6 = error.ee_origin == SO_EE_ORIGIN_ICMP6;
        if !is_v6 && error.ee_origin != SO_EE_ORIGIN_ICMP {
            return None;
        }
        let report = IcmpReport {
            is_v6,
            kind: error.ee_type,
            code: error.ee_code,
            from,
            mtu: error.ee_info,
            is_own: false,
        };
        if report.is_about_the_port() {
            // The usual answer: nothing else is asked of the system.
            return Some(Cause::Icmp(report));
        }
        let report = IcmpReport {
            is_own: from.is_some_and(network::is_own),
            ..report
        };
        let is_silent = to.is_some_and(network::is_silent_neighbour);
        if report.is_own && is_silent && !is_v6 && report.kind == 3 && report.code == 1 {
            return Some(Cause::NoNeighbour);
        }
        Some(Cause::Icmp(report))
    }

    fn address_of(address: &SockaddrStorage) -> Option<IpAddr> {
        let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|v6| v6.ip().to_canonical()))
    }
}
