//! The packet socket, set up before the first frame can reach it. packet(7)
//!
//! The order matters. The socket is made with protocol 0, which receives nothing. Then comes the filter, which is locked, and
//! what a ring or `pnet`'s channel needs. Only then is the socket bound (in `capture.rs`): so no frame has come past the
//! filter, twice, or without what is to stand beside it.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread;
use std::time::Duration;

use nix::sys::socket::{TimestampingFlag, setsockopt, sockopt};
use pnet::datalink::NetworkInterface;
use socket2::{Domain, SockFilter, SockRef, Socket, Type};

use super::filter::{MOST_INSTRUCTIONS, everything, without_sent_loopback};
use super::sys::{self, Opt};
use super::{ANY, CaptureOptions, Instruction, Interface, LARGEST_SNAPLEN, Note, OpenError, interfaces};

/// The kernel switches its time stamps on in the background, by rewriting its own code, and says nothing when it is done.
/// Measured: 5 ms. Should it ever take longer, the first frames get the time at which they are read.
const UNTIL_STAMPS_ARE_ON: Duration = Duration::from_millis(20);

/// A socket that receives nothing yet.
pub(super) struct PreparedSocket {
    pub(super) socket: OwnedFd,
    /// The interface to bind it to, in the form that `pnet` takes.
    pub(super) interface: NetworkInterface,
    /// Does the kernel take the link-layer header off?
    pub(super) cooked: bool,
}

/// Makes the socket, with the filter.
pub(super) fn prepare(options: &CaptureOptions) -> Result<PreparedSocket, OpenError> {
    let interfaces = interfaces()?;
    let target = CaptureTarget::find(options, &interfaces)?;
    let kind = if target.cooked { Type::DGRAM } else { Type::RAW };
    let socket = Socket::new(Domain::PACKET, kind, None).map_err(|source| failure(options, "socket", source))?;
    let program = target.program(&socket, options);
    attach(&socket, options, &program)?;
    Ok(PreparedSocket {
        socket: socket.into(),
        interface: NetworkInterface {
            name: options.interface.clone(),
            description: String::new(),
            index: target.index,
            mac: None,
            ips: Vec::new(),
            flags: 0,
        },
        cooked: target.cooked,
    })
}

/// A ring has time stamps, VLAN tag and original length with each frame. Without a ring they have to be asked for. And frames
/// then wait in a receive buffer, which is small unless a larger one is asked for.
pub(super) fn prepare_for_channel(socket: BorrowedFd<'_>, options: &CaptureOptions) -> Result<Option<Note>, OpenError> {
    let called = |call: &'static str| move |source: io::Error| failure(options, call, source);
    // SO_TIMESTAMPING rather than SO_TIMESTAMPNS, which makes a stamp up when the kernel has none.
    let stamps = TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE | TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE;
    let stamped = setsockopt(&socket, sockopt::Timestamping, &stamps);
    stamped.map_err(|error| failure(options, "setsockopt SO_TIMESTAMPING", error.into()))?;
    sys::set(socket, Opt::Auxdata, 1).map_err(called("setsockopt PACKET_AUXDATA"))?;
    let note = enlarge_buffer(socket, options.buffer);
    thread::sleep(UNTIL_STAMPS_ARE_ON);
    Ok(note)
}

/// The error of a call, or the missing permission behind it.
pub(super) fn failure(options: &CaptureOptions, call: &'static str, source: io::Error) -> OpenError {
    let interface = options.interface.clone();
    if source.kind() == ErrorKind::PermissionDenied {
        return OpenError::NoPermission { interface };
    }
    OpenError::Call {
        call,
        interface,
        source,
    }
}

/// Where to capture.
struct CaptureTarget {
    /// 0 for all interfaces.
    index: u32,
    cooked: bool,
    /// The index of loopback, if it is among what is captured.
    loopback: Option<u32>,
}

impl CaptureTarget {
    fn find(options: &CaptureOptions, interfaces: &[Interface]) -> Result<Self, OpenError> {
        if options.interface == ANY {
            let loopback = interfaces.iter().find(|interface| interface.loopback);
            return Ok(Self {
                index: 0,
                cooked: true,
                loopback: loopback.map(|interface| interface.index),
            });
        }
        let Some(interface) = interfaces.iter().find(|known| known.name == options.interface) else {
            return Err(OpenError::NoSuchInterface {
                name: options.interface.clone(),
                known: interfaces.iter().map(|known| known.name.clone()).collect(),
            });
        };
        Ok(Self {
            index: interface.index,
            cooked: interface.link_type == crate::wire::LinkType::LINUX_SLL2,
            loopback: interface.loopback.then_some(interface.index),
        })
    }

    /// The filter, with loopback's doubles out of the way: by a socket option where the socket sees nothing but loopback
    /// (the kernel then does not even copy them), in the filter otherwise and before Linux 4.20, which has no such option.
    fn program(&self, socket: &Socket, options: &CaptureOptions) -> Vec<Instruction> {
        let whole = options.program.is_empty() && options.snaplen() == LARGEST_SNAPLEN;
        let program = match options.program.as_slice() {
            [] => everything(options.snaplen()),
            program => program.to_vec(),
        };
        match self.loopback {
            Some(loopback) if self.index == 0 || sys::set(socket.as_fd(), Opt::IgnoreOutgoing, 1).is_err() => {
                without_sent_loopback(loopback, &program)
            }
            // No filter is faster than one that lets everything pass.
            _ if whole => Vec::new(),
            _ => program,
        }
    }
}

/// Makes the receive buffer as large as asked for, or as large as the system allows. socket(7)
fn enlarge_buffer(socket: BorrowedFd<'_>, asked: usize) -> Option<Note> {
    let socket = SockRef::from(&socket);
    let number = i32::try_from(asked).unwrap_or(i32::MAX);
    if sys::set(socket.as_fd(), Opt::ReceiveBufferForce, number).is_err() {
        // Without CAP_NET_ADMIN there is a limit, net.core.rmem_max, to which the kernel cuts without an error.
        let _ = socket.set_recv_buffer_size(asked);
    }
    // The kernel doubles the number, to have room for its own bookkeeping, and reports the doubled one.
    let given = socket.recv_buffer_size().unwrap_or(0) / 2;
    (given < asked).then_some(Note::SmallBuffer { asked, given })
}

fn attach(socket: &Socket, options: &CaptureOptions, program: &[Instruction]) -> Result<(), OpenError> {
    if program.is_empty() {
        return Ok(());
    }
    if program.len() > MOST_INSTRUCTIONS {
        return Err(OpenError::FilterTooLong {
            instructions: program.len(),
            most: MOST_INSTRUCTIONS,
        });
    }
    let filter = program
        .iter()
        .map(|&(code, jt, jf, k)| SockFilter::new(code, jt, jf, k));
    let attached = socket.attach_filter(&filter.collect::<Vec<_>>());
    attached.map_err(|source| failure(options, "setsockopt SO_ATTACH_FILTER", source))?;
    let locked = sys::set(socket.as_fd(), Opt::LockFilter, 1);
    locked.map_err(|source| failure(options, "setsockopt SO_LOCK_FILTER", source))
}

#[cfg(test)]
mod tests {
    use super::{CaptureOptions, OpenError, SockFilter, Socket, prepare};

    #[test]
    fn the_filter_is_locked_and_the_socket_receives_nothing_yet() {
        let options = CaptureOptions {
            program: vec![(0x06, 0, 0, 0)],
            ..CaptureOptions::on("lo")
        };
        let prepared = match prepare(&options) {
            Ok(prepared) => prepared,
            // Only the privileged can look further.
            Err(error) => return assert!(matches!(error, OpenError::NoPermission { .. }), "{error}"),
        };
        let socket = Socket::from(prepared.socket);
        assert_eq!(socket.protocol().unwrap(), None);
        let everything = SockFilter::new(0x06, 0, 0, u32::MAX);
        for changed in [socket.attach_filter(&[everything]), socket.detach_filter()] {
            assert_eq!(changed.unwrap_err().raw_os_error(), Some(nix::libc::EPERM));
        }
    }
}
