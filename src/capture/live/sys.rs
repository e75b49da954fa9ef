//! The calls on a packet socket for which there is no safe wrapper.
#![expect(
    unsafe_code,
    reason = "socket options and ancillary data of packet sockets have no safe wrapper"
)]
#![allow(
    clippy::useless_conversion,
    reason = "these integers have other widths with other C libraries and machines"
)]

use std::ffi::c_int;
use std::io;
use std::mem::{MaybeUninit, size_of};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use nix::libc;

use super::KernelChecksum;
use super::rebuild::{FrameMetadata, LinkAddress, checksum, tag, time};

/// An option of a packet socket that is switched on with a 1, or given a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opt {
    /// Frames that this machine sends are not shown. packet(7)
    IgnoreOutgoing,
    /// VLAN tag, original length and checksum state come with each frame. packet(7)
    Auxdata,
    /// The filter can be changed no more, not even by root. socket(7)
    LockFilter,
    /// The receive buffer's size in bytes, past the system's limit. Needs `CAP_NET_ADMIN`. socket(7)
    ReceiveBufferForce,
}

impl Opt {
    fn level_and_name(self) -> (c_int, c_int) {
        match self {
            Self::IgnoreOutgoing => (libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING),
            Self::Auxdata => (libc::SOL_PACKET, libc::PACKET_AUXDATA),
            Self::LockFilter => (libc::SOL_SOCKET, libc::SO_LOCK_FILTER),
            Self::ReceiveBufferForce => (libc::SOL_SOCKET, libc::SO_RCVBUFFORCE),
        }
    }
}

/// setsockopt(2) with a number.
pub(super) fn set(socket: BorrowedFd<'_>, option: Opt, value: c_int) -> io::Result<()> {
    let (level, name) = option.level_and_name();
    set_option(socket, level, name, &value)
}

/// Has the interface of this index receive what is meant for others, too, as long as the socket is open. packet(7),
/// The kernel's type for an interface's number: positive, or -1, which it refuses, for one that it cannot have given.
fn interface_index(index: u32) -> c_int {
    index.try_into().unwrap_or(-1)
}

/// `PACKET_ADD_MEMBERSHIP`
pub(super) fn set_promiscuous(socket: BorrowedFd<'_>, index: u32) -> io::Result<()> {
    let membership = libc::packet_mreq {
        mr_ifindex: interface_index(index),
        mr_type: libc::PACKET_MR_PROMISC.try_into().unwrap_or_default(),
        mr_alen: 0,
        mr_address: [0; 8],
    };
    set_option(socket, libc::SOL_PACKET, libc::PACKET_ADD_MEMBERSHIP, &membership)
}

/// setsockopt(2) with a value of the type that the option needs: a number, or a structure of C's without pointers.
pub(super) fn set_option<T: Copy>(socket: BorrowedFd<'_>, level: c_int, name: c_int, value: &T) -> io::Result<()> {
    // SAFETY: pointer and length are those of `value`, which outlives the call, and the kernel only reads it.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            ptr::from_ref(value).cast(),
            socklen::<T>(),
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Binds the packet socket to the interface of this index (0: to all), for frames of every protocol. From here on it
/// receives. packet(7)
pub(super) fn bind(socket: BorrowedFd<'_>, index: u32) -> io::Result<()> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET.try_into().unwrap_or_default(),
        sll_protocol: u16::try_from(libc::ETH_P_ALL).unwrap_or_default().to_be(),
        sll_ifindex: interface_index(index),
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    // SAFETY: pointer and length are those of a local that outlives the call, and the kernel only reads it.
    let result = unsafe {
        libc::bind(
            socket.as_raw_fd(),
            ptr::from_ref(&address).cast(),
            socklen::<libc::sockaddr_ll>(),
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Frames received (those dropped among them) and dropped since they were last asked for. packet(7)
pub(super) fn statistics(socket: BorrowedFd<'_>) -> io::Result<(u32, u32)> {
    let mut counts = libc::tpacket_stats_v3 {
        tp_packets: 0,
        tp_drops: 0,
        tp_freeze_q_cnt: 0, // how often a ring was full; a socket without a ring leaves it out
    };
    let mut length = socklen::<libc::tpacket_stats_v3>();
    // SAFETY: the pointers are those of locals that outlive the call; the kernel writes at most `length` bytes, which is
    // the size of the structure, and every bit pattern is a valid one.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            ptr::from_mut(&mut counts).cast(),
            &raw mut length,
        )
    };
    if result == 0 {
        Ok((counts.tp_packets, counts.tp_drops))
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Room for the ancillary data of one frame, aligned as its headers have to be: 3 time stamps of 16 bytes and 20 bytes of
/// auxiliary data, each behind a header of 16.
#[repr(C, align(8))]
struct AncillaryRoom([u8; 256]);

/// What is known about the frame that the next read will bring; the frame stays where it is. Does not wait.
///
/// # Errors
/// `WouldBlock`: there is none. `NetworkDown`: the interface went down since the last call; frames from before may still
/// be there.
pub(super) fn peek(socket: BorrowedFd<'_>) -> io::Result<FrameMetadata> {
    let mut from = MaybeUninit::<libc::sockaddr_ll>::zeroed();
    let mut room = AncillaryRoom([0; 256]);
    let mut message = MaybeUninit::<libc::msghdr>::zeroed();
    // SAFETY: all zeroes are a valid msghdr: null pointers and lengths of 0.
    let message = unsafe { message.assume_init_mut() };
    message.msg_name = from.as_mut_ptr().cast();
    message.msg_namelen = socklen::<libc::sockaddr_ll>();
    message.msg_control = room.0.as_mut_ptr().cast();
    message.msg_controllen = room.0.len().try_into().unwrap_or_default();
    let flags = libc::MSG_PEEK | libc::MSG_TRUNC | libc::MSG_DONTWAIT;
    // SAFETY: `message` points to `from` and `room`, which outlive the call, with their own lengths; no bytes of the frame
    // are asked for.
    let length = unsafe { libc::recvmsg(socket.as_raw_fd(), message, flags) };
    let Ok(length) = usize::try_from(length) else {
        return Err(io::Error::last_os_error());
    };
    // SAFETY: it was zeroed, the kernel may have overwritten a part of it, and any bytes are a valid sockaddr_ll.
    let from = unsafe { from.assume_init() };
    let mut metadata = FrameMetadata {
        length,
        original_length: u32::try_from(length).unwrap_or(u32::MAX),
        time: None,
        tag: None,
        checksum: KernelChecksum::Unknown,
        address: LinkAddress {
            protocol: from.sll_protocol.to_ne_bytes(), // in network byte order already
            interface: from.sll_ifindex.try_into().unwrap_or_default(),
            hardware: from.sll_hatype,
            packet_type: from.sll_pkttype,
            length: from.sll_halen,
            bytes: from.sll_addr,
        },
    };
    // SAFETY: `message` was filled by a recvmsg that succeeded, and the room it points to is still there.
    unsafe { read_ancillary(message, &mut metadata) };
    Ok(metadata)
}

/// Adds what is in the ancillary data. cmsg(3)
///
/// # Safety
/// `message` must have been filled by recvmsg(2), and its ancillary data still be there.
unsafe fn read_ancillary(message: &libc::msghdr, metadata: &mut FrameMetadata) {
    // SAFETY: as the caller promises, `message` describes ancillary data that the kernel wrote. The macros' functions
    // stay inside it, and each header says how much data follows; a structure is only read where its whole size does.
    unsafe {
        let mut next = libc::CMSG_FIRSTHDR(message);
        while let Some(header) = next.as_ref() {
            let data = libc::CMSG_DATA(header);
            let holds = |size: usize| {
                let size = u32::try_from(size).unwrap_or(u32::MAX);
                u64::try_from(header.cmsg_len).unwrap_or(0) >= u64::from(libc::CMSG_LEN(size))
            };
            match (header.cmsg_level, header.cmsg_type) {
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPING) if holds(size_of::<libc::timespec>()) => {
                    // The first of three is the software's.
                    let stamp = data.cast::<libc::timespec>().read_unaligned();
                    metadata.time = time(stamp.tv_sec.into(), stamp.tv_nsec.into());
                }
                (libc::SOL_PACKET, libc::PACKET_AUXDATA) if holds(size_of::<libc::tpacket_auxdata>()) => {
                    let auxdata = data.cast::<libc::tpacket_auxdata>().read_unaligned();
                    metadata.original_length = auxdata.tp_len;
                    metadata.tag = tag(auxdata.tp_status, auxdata.tp_vlan_tci, auxdata.tp_vlan_tpid);
                    metadata.checksum = checksum(auxdata.tp_status);
                }
                _ => {}
            }
            next = libc::CMSG_NXTHDR(message, header);
        }
    }
}

fn socklen<T>() -> libc::socklen_t {
    // The structures of this file have less than 100 bytes.
    libc::socklen_t::try_from(size_of::<T>()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::{Opt, bind, peek, set, set_promiscuous, statistics};

    #[test]
    fn a_socket_of_another_kind_is_refused_and_not_misread() {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert!(set(socket.as_fd(), Opt::Auxdata, 1).is_err());
        assert!(statistics(socket.as_fd()).is_err());
        assert!(bind(socket.as_fd(), 1).is_err());
        assert!(set_promiscuous(socket.as_fd(), 1).is_err());
        assert_eq!(peek(socket.as_fd()).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    }
}
