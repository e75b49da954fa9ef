//! What the kernel knows of a TCP connection, asked from outside the program that has it: `sock_diag(7)`, as ss(8) does.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd as _, OwnedFd};

use netlink_packet_core::{NLM_F_REQUEST, NetlinkBuffer, NlasIterator};
use nix::errno::Errno;
use nix::libc::{AF_INET, AF_INET6, IPPROTO_TCP, NLMSG_ERROR};
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
        info(self.room.get(..length).unwrap_or_default())
    }
}

/// `SOCK_DIAG_BY_FAMILY` of `linux/sock_diag.h`: question and answer.
const BY_FAMILY: u16 = 20;
/// `INET_DIAG_INFO` of `linux/inet_diag.h`: the attribute with a `struct tcp_info`.
const INFO: u16 = 2;
/// The length of a `struct nlmsghdr`, netlink(7).
const HEADER: usize = 16;
/// The length of a `struct inet_diag_msg`: what the answer has before its attributes.
const FIXED: usize = 72;

/// The question about one connection: a `struct nlmsghdr` and a `struct inet_diag_req_v2`. Numbers are in this machine's byte order, ports
/// and addresses in that of the network.
fn request(local: SocketAddr, remote: SocketAddr) -> Vec<u8> {
    let family = if local.is_ipv4() { AF_INET } else { AF_INET6 };
    let byte = |number: i32| u8::try_from(number).unwrap_or_default();
    // What is asked for is bit INFO - 1; the byte behind it is padding.
    let mut question = vec![byte(family), byte(IPPROTO_TCP), 1 << (INFO - 1), 0];
    // In any state.
    question.extend(u32::MAX.to_ne_bytes());
    for end in [local, remote] {
        question.extend(end.port().to_be_bytes());
    }
    for end in [local, remote] {
        let mut address = [0; 16];
        match end.ip() {
            IpAddr::V4(ip) => address[..4].copy_from_slice(&ip.octets()),
            IpAddr::V6(ip) => address = ip.octets(),
        }
        question.extend(address);
    }
    // On any interface, and INET_DIAG_NOCOOKIE: whichever socket it is.
    question.extend(0_u32.to_ne_bytes());
    question.extend([0xff; 8]);
    let length = u32::try_from(HEADER + question.len()).unwrap_or_default();
    let mut message = Vec::from(length.to_ne_bytes());
    message.extend(BY_FAMILY.to_ne_bytes());
    message.extend(NLM_F_REQUEST.to_ne_bytes());
    // Sequence number and port: there is one question at a time.
    message.extend([0; 8]);
    message.extend(question);
    message
}

/// What the kernel has answered.
fn info(answer: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let message = NetlinkBuffer::new_checked(answer).map_err(io::Error::other)?;
    let payload = message.payload();
    if i32::from(message.message_type()) == NLMSG_ERROR {
        // The error's number, below 0: netlink(7), struct nlmsgerr.
        let number = payload.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes));
        return match Errno::from_raw(number.saturating_neg()) {
            Errno::ENOENT => Ok(None),
            error => Err(error.into()),
        };
    }
    if message.message_type() != BY_FAMILY {
        return Err(io::Error::other("the kernel answered with something else"));
    }
    let attributes = payload.get(FIXED..).unwrap_or_default();
    let info = NlasIterator::new(attributes).filter_map(Result::ok);
    let mut info = info.filter(|attribute| attribute.kind() == INFO);
    Ok(info.next().map(|attribute| attribute.value().to_vec()))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::{BY_FAMILY, FIXED, HEADER, INFO, SocketDiag, info};

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

    #[test]
    fn an_answer_of_any_kind_is_read() {
        let message = |kind: u16, payload: &[u8]| {
            let length = u32::try_from(HEADER + payload.len()).unwrap();
            let mut bytes = Vec::from(length.to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend([0; 10]);
            bytes.extend(payload);
            bytes
        };
        let attribute = |kind: u16, value: u8| {
            let mut bytes = Vec::from(5_u16.to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            // Padded to four bytes.
            bytes.extend([value, 0, 0, 0]);
            bytes
        };
        let mut payload = vec![0; FIXED];
        payload.extend(attribute(1, 7));
        payload.extend(attribute(INFO, 9));
        assert_eq!(info(&message(BY_FAMILY, &payload)).unwrap(), Some(vec![9]));
        assert_eq!(info(&message(BY_FAMILY, &payload[..FIXED])).unwrap(), None);
        assert_eq!(info(&message(BY_FAMILY, &[])).unwrap(), None);
        let refused = |number: i32| info(&message(2, &number.to_ne_bytes()));
        assert_eq!(refused(-2).unwrap(), None);
        assert_eq!(refused(-1).unwrap_err().raw_os_error(), Some(1));
        assert!(info(&message(3, &[])).is_err());
        for cut in 0..HEADER {
            assert!(info(&message(BY_FAMILY, &payload)[..cut]).is_err(), "{cut}");
        }
    }
}
