//! What differs between operating systems. Linux is the one tried; the others get what the standard library has.

use std::io;
use std::mem::MaybeUninit;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::calls::Failure;

/// What a call waits for before it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Something to take: data, a connection, the end of the stream, an error.
    Readable,
    /// Room to send, or the end of a connection attempt.
    Writable,
}

/// The mark that ends every waiting when it is set ([`super::stop::Stop`]).
pub trait Mark {
    /// Is it set?
    fn is_set(&self) -> bool;

    /// A descriptor that is ready to read from the moment on at which it is set.
    #[cfg(unix)]
    fn descriptor(&self) -> std::os::fd::BorrowedFd<'_>;
}

/// How a waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// What was waited for is there.
    Ready,
    /// The program was told to quit.
    Stopped,
    /// The time was over.
    TimedOut,
}

/// Receives a datagram: its length and its sender. recvfrom(2)
///
/// # Errors
/// Those of recvfrom(2).
pub fn recv_from(socket: &socket2::Socket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    let room: *mut [u8] = buffer;
    #[expect(
        unsafe_code,
        reason = "socket2 asks for room that may be uninitialised, ours is initialised"
    )]
    // SAFETY: MaybeUninit<u8> has the layout of u8, `room` comes from a mutable borrow that lasts until the function
    // ends and is used by nobody else meanwhile, and recv_from promises never to write uninitialised bytes to it.
    let room = unsafe { &mut *(room as *mut [MaybeUninit<u8>]) };
    let (length, from) = socket.recv_from(room)?;
    let from = from
        .as_socket()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "the sender has no internet address"))?;
    Ok((length, from))
}

#[cfg(unix)]
mod unix {
    use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
    use std::time::Instant;

    use nix::errno::Errno;
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    use super::{Duration, Failure, Interest, IpAddr, Mark, MaybeUninit, Woken, io};

    /// Waits until the descriptor is ready, the program is told to quit, or the time is over. poll(2)
    ///
    /// # Errors
    /// Those of poll(2), except for interruptions, after which it waits on.
    pub fn wait(
        descriptor: &impl AsFd,
        interest: Interest,
        stop: &impl Mark,
        patience: Option<Duration>,
    ) -> io::Result<Woken> {
        let flags = match interest {
            Interest::Readable => PollFlags::POLLIN,
            Interest::Writable => PollFlags::POLLOUT,
        };
        let deadline = patience.and_then(|patience| Instant::now().checked_add(patience));
        loop {
            let timeout = match deadline {
                None => PollTimeout::NONE,
                Some(deadline) => whole_milliseconds(deadline.saturating_duration_since(Instant::now())),
            };
            let mut watched = [
                PollFd::new(descriptor.as_fd(), flags),
                PollFd::new(stop.descriptor(), PollFlags::POLLIN),
            ];
            match poll(&mut watched, timeout) {
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            }
            let [descriptor_ready, stop_ready] = watched.map(|fd| fd.any().unwrap_or(true));
            if stop_ready {
                return Ok(Woken::Stopped);
            }
            if descriptor_ready {
                return Ok(Woken::Ready);
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(Woken::TimedOut);
            }
        }
    }

    /// Waits until either descriptor is readable, the program is told to quit, or the time is over: is it the first? poll(2)
    #[must_use]
    pub fn is_readable_before(descriptor: &impl AsFd, other: &impl AsFd, stop: &impl Mark, patience: Duration) -> bool {
        let watched = [descriptor.as_fd(), other.as_fd(), stop.descriptor()];
        let mut watched = watched.map(|watched| PollFd::new(watched, PollFlags::POLLIN));
        let [own, ..] = match poll(&mut watched, whole_milliseconds(patience)) {
            Ok(_) => watched,
            Err(_) => return false,
        };
        own.any().unwrap_or(true)
    }

    /// poll(2) counts in milliseconds: rounded up, lest it return before the deadline and spin. A time past its range is
    /// cut; the caller's loop then waits again.
    fn whole_milliseconds(left: Duration) -> PollTimeout {
        let milliseconds = left.as_micros().div_ceil(1000);
        i32::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| PollTimeout::try_from(milliseconds).ok())
            .unwrap_or(PollTimeout::MAX)
    }

    /// Asks the kernel to hand on what ICMP says of this socket's datagrams, as it does by itself for a connected socket
    /// (ip(7) `IP_RECVERR`, ipv6(7) `IPV6_RECVERR`).
    ///
    /// # Errors
    /// Those of setsockopt(2).
    #[cfg(target_os = "linux")]
    pub fn report_icmp_errors(socket: &socket2::Socket, ipv6: bool) -> io::Result<()> {
        use nix::sys::socket::{setsockopt, sockopt};
        if ipv6 {
            setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
        } else {
            setsockopt(socket, sockopt::Ipv4RecvErr, &true)?;
        }
        Ok(())
    }

    /// The addresses of the machine's interfaces that are up, loopback left out. getifaddrs(3)
    #[must_use]
    pub fn interface_addresses() -> Vec<IpAddr> {
        use nix::net::if_::InterfaceFlags;
        let Ok(interfaces) = nix::ifaddrs::getifaddrs() else {
            return Vec::new();
        };
        interfaces
            .filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP))
            .filter(|interface| !interface.flags.contains(InterfaceFlags::IFF_LOOPBACK))
            .filter_map(|interface| {
                let address = interface.address?;
                let v4 = address.as_sockaddr_in().map(|v4| IpAddr::V4(v4.ip()));
                v4.or_else(|| address.as_sockaddr_in6().map(|v6| IpAddr::V6(v6.ip())))
            })
            .collect()
    }

    /// Moves a descriptor that is no socket of the program's to a high number, so that the first socket gets 3 as in every
    /// book: descriptors are shown to people. fcntl(2) `F_DUPFD_CLOEXEC`
    ///
    /// Where there is no high number to be had, it stays where it is.
    #[must_use]
    pub fn out_of_the_way(descriptor: OwnedFd) -> OwnedFd {
        /// Above what a small program uses, below every usual limit.
        const FIRST: i32 = 200;
        match fcntl(&descriptor, FcntlArg::F_DUPFD_CLOEXEC(FIRST)) {
            Err(_) => descriptor,
            #[expect(unsafe_code, reason = "nix returns the new descriptor as a bare number")]
            // SAFETY: fcntl has just made this descriptor, so it is open and nobody else owns it.
            Ok(moved) => unsafe { OwnedFd::from_raw_fd(moved) },
        }
    }

    /// Is SIGHUP ignored, as nohup(1) has it? sigaction(2)
    #[must_use]
    pub fn ignores_hang_up() -> bool {
        let mut known = MaybeUninit::<nix::libc::sigaction>::uninit();
        #[expect(unsafe_code, reason = "asking without changing has no safe wrapper")]
        // SAFETY: without a new action sigaction changes nothing; it writes the present one to `known`, which has room for it, and
        // which is read only when the call says that it has.
        unsafe {
            nix::libc::sigaction(nix::libc::SIGHUP, std::ptr::null(), known.as_mut_ptr()) == 0
                && known.assume_init().sa_sigaction == nix::libc::SIG_IGN
        }
    }

    /// Is it a named pipe? fifo(7)
    #[must_use]
    pub fn is_named_pipe(path: &std::path::Path) -> bool {
        use std::os::unix::fs::FileTypeExt as _;
        std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
    }

    /// Is it the very file that standard input comes from?
    #[must_use]
    pub fn is_standard_input(file: &std::fs::File) -> bool {
        use std::os::unix::fs::MetadataExt as _;
        let input = io::stdin().as_fd().try_clone_to_owned().map(std::fs::File::from);
        let same = input.and_then(|input| {
            let (input, file) = (input.metadata()?, file.metadata()?);
            Ok(file.is_file() && (input.dev(), input.ino()) == (file.dev(), file.ino()))
        });
        same.unwrap_or(false)
    }

    /// Does this file or pipe belong to another user than root and the one that the process runs as? Never to root, which may
    /// write into files of others, and never a device: a terminal or /dev/null is there for all.
    #[must_use]
    pub fn is_another_users(file: &std::fs::File) -> bool {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let own = nix::unistd::geteuid();
        file.metadata().is_ok_and(|found| {
            let is_device = found.file_type().is_char_device() || found.file_type().is_socket();
            !own.is_root() && !is_device && ![0, own.as_raw()].contains(&found.uid())
        })
    }

    /// The name of the interface with this number; the number itself if it has none.
    #[must_use]
    pub fn interface_name(number: u32) -> String {
        let named = nix::net::if_::if_indextoname(number)
            .ok()
            .and_then(|name| name.into_string().ok());
        named.unwrap_or_else(|| number.to_string())
    }

    /// Closes the descriptor and returns what close(2) says, which dropping it would not.
    ///
    /// # Errors
    /// Those of close(2); the descriptor is gone all the same.
    pub fn close(socket: socket2::Socket) -> io::Result<()> {
        nix::unistd::close(OwnedFd::from(socket)).map_err(io::Error::from)
    }

    /// The descriptor's number.
    #[must_use]
    pub fn descriptor(socket: &socket2::Socket) -> i64 {
        i64::from(socket.as_raw_fd())
    }

    /// The error's name and text, as errno(3) has them.
    #[must_use]
    pub fn failure(error: &io::Error) -> Failure {
        match error.raw_os_error().map(Errno::from_raw) {
            Some(errno) => Failure {
                name: format!("{errno:?}"),
                text: without_number(error),
            },
            None => Failure {
                name: format!("{:?}", error.kind()),
                text: error.to_string(),
            },
        }
    }

    /// The system's words; the standard library writes ` (os error 111)` behind them.
    fn without_number(error: &io::Error) -> String {
        let text = error.to_string();
        text.split(" (os error ").next().unwrap_or_default().to_owned()
    }

    /// Allows the process at least this many open files, as far as the hard limit goes; returns how many it may have now.
    /// getrlimit(2) `RLIMIT_NOFILE`
    #[must_use]
    pub fn allow_open_files(wanted: u64) -> u64 {
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
            return u64::MAX;
        };
        let better = wanted.min(hard);
        if better <= soft || setrlimit(Resource::RLIMIT_NOFILE, better, hard).is_err() {
            return soft;
        }
        better
    }

    /// Has the process, or the whole system, run out of something that comes back when connections end?
    #[must_use]
    pub fn is_exhaustion(error: &io::Error) -> bool {
        matches!(
            error.raw_os_error().map(Errno::from_raw),
            Some(Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM)
        )
    }

    /// Was the message longer than the protocol carries? send(2) `EMSGSIZE`
    #[must_use]
    pub fn is_too_long(error: &io::Error) -> bool {
        error.raw_os_error().map(Errno::from_raw) == Some(Errno::EMSGSIZE)
    }

    /// The error of a connection that nobody takes. connect(2) `ECONNREFUSED`
    #[must_use]
    pub fn refusal() -> io::Error {
        Errno::ECONNREFUSED.into()
    }

    /// Is the connection attempt under way? connect(2) `EINPROGRESS`
    #[must_use]
    pub fn is_in_progress(error: &io::Error) -> bool {
        error.raw_os_error().map(Errno::from_raw) == Some(Errno::EINPROGRESS)
    }
}

#[cfg(unix)]
pub use unix::*;

#[cfg(not(unix))]
mod elsewhere;

#[cfg(not(unix))]
pub use elsewhere::*;

#[cfg(not(target_os = "linux"))]
mod no_icmp_reports {
    /// There is no such option here: that nobody listens shows as a missing reply.
    ///
    /// # Errors
    /// None.
    pub fn report_icmp_errors(_: &socket2::Socket, _: bool) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(not(target_os = "linux"))]
pub use no_icmp_reports::*;
