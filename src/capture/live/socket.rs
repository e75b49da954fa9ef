//! The packet socket, set up before the first frame can reach it. packet(7)
//!
//! The order matters. The socket is made with protocol 0, which receives nothing. Then come time stamps, receive buffer,
//! what comes beside each frame, and the filter, which is locked. Only then is the socket bound (by `pnet`, in
//! `capture.rs`): so no frame has come without a time stamp, past the filter, or twice.

use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::thread;
use std::time::Duration;

use nix::sys::socket::{TimestampingFlag, setsockopt, sockopt};
use pnet::datalink::NetworkInterface;
use socket2::{Domain, SockFilter, Socket, Type};

use super::filter::{MOST_INSTRUCTIONS, without_sent_loopback};
use super::sys::{self, Opt};
use super::{ANY, Instruction, Interface, Note, OpenError, Opening, interfaces};

/// The kernel switches its time stamps on in the background, by rewriting its own code, and says nothing when it is done.
/// Measured: 5 ms. Should it ever take longer, the first frames get the time at which they are read.
const UNTIL_STAMPS_ARE_ON: Duration = Duration::from_millis(20);

/// A socket that only has to be bound.
pub(super) struct Prepared {
    pub(super) socket: OwnedFd,
    /// The interface to bind it to, as `pnet` wants it.
    pub(super) place: NetworkInterface,
    /// Does the kernel take the link-layer header off?
    pub(super) cooked: bool,
    pub(super) notes: Vec<Note>,
}

/// Makes the socket and sets it up.
pub(super) fn prepare(opening: &Opening) -> Result<Prepared, OpenError> {
    let interfaces = interfaces();
    let target = Target::find(opening, &interfaces)?;
    let called = |call: &'static str| move |source: io::Error| failure(opening, call, source);
    let kind = if target.cooked { Type::DGRAM } else { Type::RAW };
    let socket = Socket::new(Domain::PACKET, kind, None).map_err(called("socket"))?;
    // SO_TIMESTAMPING rather than SO_TIMESTAMPNS, which makes a stamp up when the kernel has none.
    let stamps = TimestampingFlag::SOF_TIMESTAMPING_RX_SOFTWARE | TimestampingFlag::SOF_TIMESTAMPING_SOFTWARE;
    let stamped = setsockopt(&socket, sockopt::Timestamping, &stamps);
    stamped.map_err(|error| failure(opening, "setsockopt SO_TIMESTAMPING", error.into()))?;
    sys::set(socket.as_fd(), Opt::Auxdata, 1).map_err(called("setsockopt PACKET_AUXDATA"))?;
    let notes = Vec::from_iter(enlarge_buffer(&socket, opening.buffer));
    let program = target.program(&socket, &opening.program);
    attach(&socket, opening, &program)?;
    thread::sleep(UNTIL_STAMPS_ARE_ON);
    Ok(Prepared {
        socket: socket.into(),
        place: NetworkInterface {
            name: opening.interface.clone(),
            description: String::new(),
            index: target.index,
            mac: None,
            ips: Vec::new(),
            flags: 0,
        },
        cooked: target.cooked,
        notes,
    })
}

/// The error of a call, or the missing permission behind it.
pub(super) fn failure(opening: &Opening, call: &'static str, source: io::Error) -> OpenError {
    let interface = opening.interface.clone();
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
struct Target {
    /// 0 for all interfaces.
    index: u32,
    cooked: bool,
    /// The index of loopback, if it is among what is captured.
    loopback: Option<u32>,
}

impl Target {
    fn find(opening: &Opening, interfaces: &[Interface]) -> Result<Self, OpenError> {
        if opening.interface == ANY {
            let loopback = interfaces.iter().find(|interface| interface.loopback);
            return Ok(Self {
                index: 0,
                cooked: true,
                loopback: loopback.map(|interface| interface.index),
            });
        }
        let Some(interface) = interfaces.iter().find(|known| known.name == opening.interface) else {
            return Err(OpenError::NoSuchInterface {
                name: opening.interface.clone(),
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
    fn program(&self, socket: &Socket, program: &[Instruction]) -> Vec<Instruction> {
        match self.loopback {
            None => program.to_vec(),
            Some(_) if self.index != 0 && sys::set(socket.as_fd(), Opt::IgnoreOutgoing, 1).is_ok() => program.to_vec(),
            Some(loopback) => without_sent_loopback(loopback, program),
        }
    }
}

/// Makes the receive buffer as large as asked for, or as large as the system allows. socket(7)
fn enlarge_buffer(socket: &Socket, asked: usize) -> Option<Note> {
    let number = i32::try_from(asked).unwrap_or(i32::MAX);
    if sys::set(socket.as_fd(), Opt::ReceiveBufferForce, number).is_err() {
        // Without CAP_NET_ADMIN there is a limit, net.core.rmem_max, to which the kernel cuts without an error.
        let _ = socket.set_recv_buffer_size(asked);
    }
    // The kernel doubles the number, to have room for its own bookkeeping, and tells the doubled one.
    let given = socket.recv_buffer_size().unwrap_or(0) / 2;
    (given < asked).then_some(Note::SmallBuffer { asked, given })
}

fn attach(socket: &Socket, opening: &Opening, program: &[Instruction]) -> Result<(), OpenError> {
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
    attached.map_err(|source| failure(opening, "setsockopt SO_ATTACH_FILTER", source))?;
    let locked = sys::set(socket.as_fd(), Opt::LockFilter, 1);
    locked.map_err(|source| failure(opening, "setsockopt SO_LOCK_FILTER", source))
}

#[cfg(test)]
mod tests {
    use super::{OpenError, Opening, SockFilter, Socket, prepare};

    #[test]
    fn the_filter_is_locked_and_the_socket_receives_nothing_yet() {
        let opening = Opening {
            program: vec![(0x06, 0, 0, 0)],
            ..Opening::on("lo")
        };
        let prepared = match prepare(&opening) {
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
