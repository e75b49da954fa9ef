//! What the kernel knows of a TCP connection, asked from outside the program that has it: `sock_diag(7)`, as ss(8) does.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd as _, OwnedFd};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, SocketId, StateFlags};
use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket};

/// Asks the kernel about the sockets of one network namespace.
#[derive(Debug)]
pub struct SocketDiag {
    kernel: OwnedFd,
    room: Vec<u8>,
}

/// An answer has less than 1 KiB.
const ROOM: usize = 8192;

impl SocketDiag {
    /// For the sockets of the network namespace in which this thread is now.
    ///
    /// # Errors
    /// This kernel has no `sock_diag`; no more files.
    pub fn open() -> io::Result<Self> {
        let kernel = socket(
            AddressFamily::Netlink,
            SockType::Datagram,
            SockFlag::SOCK_CLOEXEC,
            SockProtocol::NetlinkSockDiag,
        )?;
        Ok(Self {
            kernel,
            room: vec![0; ROOM],
        })
    }

    /// Another one for the same namespace.
    ///
    /// # Errors
    /// No more files.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self {
            kernel: self.kernel.try_clone()?,
            room: vec![0; ROOM],
        })
    }

    /// The kernel's `struct tcp_info` of the connection from `local` to `remote`, in this machine's byte order; `None` where no
    /// socket has it, or none that a program has: one in TIME-WAIT or with a handshake under way at the server has no such
    /// structure. Where a socket listens at `local`, the kernel may answer for that one.
    ///
    /// # Errors
    /// This kernel cannot be asked about TCP (`ENOENT` before the first connection is the same as none).
    pub fn tcp_info(&mut self, local: SocketAddr, remote: SocketAddr) -> io::Result<Option<Vec<u8>>> {
        let request = request(local, remote);
        // Port 0 is the kernel, netlink(7).
        sendto(
            self.kernel.as_raw_fd(),
            &request,
            &NetlinkAddr::new(0, 0),
            MsgFlags::empty(),
        )?;
        // The kernel has answered when sendto() returns, so nothing is waited for.
        let length = recv(self.kernel.as_raw_fd(), &mut self.room, MsgFlags::MSG_DONTWAIT)?;
        let answer = self.room.get(..length).unwrap_or_default();
        let answer = NetlinkMessage::<SockDiagMessage>::deserialize(answer).map_err(io::Error::other)?;
        match answer.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => {
                let info = response.nlas.into_iter().find_map(|attribute| match attribute {
                    Nla::TcpInfo(bytes) => Some(bytes),
                    _ => None,
                });
                Ok(info)
            }
            NetlinkPayload::Error(error) => match error.to_io() {
                none if none.raw_os_error() == Some(Errno::ENOENT as i32) => Ok(None),
                error => Err(error),
            },
            other => Err(io::Error::other(format!(
                "the kernel answered with something else: {other:?}"
            ))),
        }
    }
}

/// The question about one connection.
fn request(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST;
    let message = SockDiagMessage::InetRequest(InetRequest {
        family: if local.is_ipv4() { AF_INET } else { AF_INET6 },
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::INFO,
        states: StateFlags::all(),
        socket_id: SocketId {
            source_port: local.port(),
            destination_port: remote.port(),
            source_address: local.ip(),
            destination_address: remote.ip(),
            interface_id: 0,
            // INET_DIAG_NOCOOKIE: whichever socket it is.
            cookie: [0xff; 8],
        },
    });
    let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::SocketDiag;

    #[test]
    fn the_kernel_answers_for_a_connection_and_for_no_other() {
        let mut diag = SocketDiag::open().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let (local, remote) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        let info = diag.tcp_info(local, remote).unwrap().expect("it is open");
        // The first byte is the state, and 1 is ESTABLISHED: net/tcp_states.h.
        assert_eq!(info[0], 1);
        let back = diag
            .tcp_info(remote, local)
            .unwrap()
            .expect("the server has its socket");
        assert_eq!(back[0], 1);
        let another = "127.0.0.1:1".parse().unwrap();
        assert_eq!(diag.tcp_info(another, remote).unwrap(), None);
    }
}
