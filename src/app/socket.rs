//! The socket: one method per socket call.
//!
//! Each method makes its call, names it in the error, and reports it as an event ([`crate::calls`]) with the time at which
//! the program entered and left it. So the programs read like the lecture: `socket`, `bind`, `recvfrom`, `sendto`.
//!
//! A method that waits (`accept`, `connect`, `recv`, …) waits like the plain call, with two differences: it gives up after
//! its timeout, and at once when the program must quit. For that, the descriptor is non-blocking. If the call would block,
//! poll(2) waits for the socket and for the [`CancelToken`]; then the call is tried again. The report has one call, from the
//! first try to the last: that is what the program experienced.

mod address;
mod call;
mod cause;
mod options;
mod perform;
mod readiness;
mod sys;
mod unread;

use std::io::{self, ErrorKind};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};

use socket2::{Domain, Type};

pub use self::address::Family;
use self::address::{canonical, in_form_of, own_address};
pub use self::call::Timeout;
use self::call::{CallArgs, CallFault, CallResult, CallTimer};
pub use self::unread::Unread;
use super::error::{CallError, CallErrorReason, Error};
use crate::calls::text::counted;
use crate::calls::{CallName, Program, Role};
use crate::os::cancel::CancelToken;
use crate::os::errors;
use crate::os::poll::Interest;

/// Counts the sockets of this process.
static NEXT_NUMBER: AtomicU64 = AtomicU64::new(1);

/// The type of a socket: socket(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketType {
    /// `SOCK_DGRAM`: UDP.
    Datagram,
    /// `SOCK_STREAM`: TCP.
    Stream,
}

/// A socket of one of the four programs. Closed, and its `close()` reported, when it goes out of scope.
#[derive(Debug)]
pub struct Socket {
    /// `None` only while it is being dropped.
    inner: Option<socket2::Socket>,
    program: Program,
    role: Role,
    family: Family,
    number: u64,
    cancel: CancelToken,
    /// The other end of a connection.
    peer: Option<SocketAddr>,
}

impl Socket {
    /// `socket()`: makes a socket, the "door" of the lecture. socket(2)
    ///
    /// # Errors
    /// No descriptors left, or the system does not speak the family.
    pub fn open(
        program: Program,
        role: Role,
        family: Family,
        socket_type: SocketType,
        cancel: &CancelToken,
    ) -> Result<Self, Error> {
        let (domain, family_name) = match family {
            Family::Inet => (Domain::IPV4, "AF_INET"),
            Family::Inet6 => (Domain::IPV6, "AF_INET6"),
        };
        let (number, name) = match socket_type {
            SocketType::Datagram => (Type::DGRAM, "SOCK_DGRAM"),
            SocketType::Stream => (Type::STREAM, "SOCK_STREAM"),
        };
        let given = CallArgs::argument(|| format!("{family_name}, {name}"));
        let mut socket = Self {
            inner: None,
            program,
            role,
            family,
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            cancel: cancel.clone(),
            peer: None,
        };
        let call_timer = CallTimer::start();
        let made = socket2::Socket::new(domain, number, None).and_then(|inner| {
            inner.set_nonblocking(true)?;
            Ok(inner)
        });
        let done = match made {
            Ok(inner) => {
                let result = sys::descriptor(&inner);
                socket.inner = Some(inner);
                Ok(result)
            }
            Err(error) => Err(CallFault::Os(error)),
        };
        if let Some(call_timer) = call_timer {
            let brought = done.as_ref().map(|&result| CallResult::result(result));
            socket.report(
                &call_timer.stop(),
                CallName::Socket,
                &given,
                brought,
                &socket.identity(),
            );
        }
        match done {
            Ok(_) => Ok(socket),
            Err(fault) => Err(socket.trouble(CallName::Socket, None, fault)),
        }
    }

    /// `bind()`: takes the address; port 0 lets the system pick one. bind(2)
    ///
    /// # Errors
    /// The port is taken, needs privileges, or no interface has the address.
    pub fn bind(&self, address: SocketAddr) -> Result<(), Error> {
        let bound = self.perform(
            CallName::Bind,
            &CallArgs::argument(|| address.to_string()),
            None,
            |socket| socket.bind(&address.into()),
            |()| CallResult::result(0),
        );
        // It is about the address that was asked for, which the socket does not have.
        bound.map_err(|trouble| match trouble {
            Error::Call(CallError {
                call,
                reason: CallErrorReason::Os(error),
                ..
            }) => self.trouble(call, Some(address), CallFault::Os(error)),
            other => other,
        })
    }

    /// `listen()`: from now on the kernel completes handshakes and queues up to `backlog` of them for `accept()`. listen(2)
    ///
    /// # Errors
    /// Another socket listens on the port.
    pub fn listen(&self, backlog: i32) -> Result<(), Error> {
        let given = CallArgs::argument(|| backlog.to_string());
        self.perform(
            CallName::Listen,
            &given,
            None,
            |socket| socket.listen(backlog),
            |()| CallResult::result(0),
        )
    }

    /// `getsockname()`: the socket's own address. getsockname(2)
    ///
    /// # Errors
    /// Those of getsockname(2).
    pub fn local_address(&self) -> Result<SocketAddr, Error> {
        self.perform(CallName::GetSockName, &CallArgs::default(), None, own_address, |_| {
            CallResult::result(0)
        })
    }

    /// `accept()`: waits for a finished connection and takes it out of the kernel's queue, with a new socket for it. accept(2)
    ///
    /// # Errors
    /// Descriptors ran out, the client was gone already, or [`Error::Stopped`].
    pub fn accept(&self) -> Result<(Self, SocketAddr), Error> {
        // The kernel makes the new socket before it looks whether a client has come, so a try in vain is dear: where poll(2) can
        // tell, it is asked first.
        let mut asked = cfg!(not(unix));
        let (connection, client) = self.perform(
            CallName::Accept,
            &CallArgs::default(),
            Some((Interest::Readable, Timeout::Fixed(None))),
            |socket| {
                if !std::mem::replace(&mut asked, true) {
                    return Err(ErrorKind::WouldBlock.into());
                }
                let (connection, client) = socket.accept()?;
                // The standard library needs one system call for this, where socket2 looks at the old flags before.
                let connection = TcpStream::from(connection);
                connection.set_nonblocking(true)?;
                let client = client.as_socket().ok_or(ErrorKind::InvalidData)?;
                Ok((connection.into(), canonical(client)))
            },
            |(connection, client): &(socket2::Socket, _)| CallResult::result(sys::descriptor(connection)).from(*client),
        )?;
        let connection_socket = Self {
            inner: Some(connection),
            program: self.program,
            role: Role::ConnectionSocket,
            family: self.family,
            number: NEXT_NUMBER.fetch_add(1, Ordering::Relaxed),
            cancel: self.cancel.clone(),
            peer: Some(client),
        };
        Ok((connection_socket, client))
    }

    /// `connect()`: for TCP the three-way handshake, from the SYN sent to the SYN-ACK received; for UDP it only notes the
    /// other end's address, and no packet is sent. connect(2)
    ///
    /// # Errors
    /// Refused, no route, no answer within `timeout`, or [`Error::Stopped`].
    pub fn connect<'p>(&mut self, server: SocketAddr, timeout: impl Into<Timeout<'p>>) -> Result<(), Error> {
        let given = CallArgs::default().to(Some(server));
        let mut under_way = false;
        self.perform(
            CallName::Connect,
            &given,
            Some((Interest::Writable, timeout.into())),
            |socket| {
                if !under_way {
                    match socket.connect(&server.into()) {
                        Err(error) if errors::is_in_progress(&error) => under_way = true,
                        other => return other.and_then(|()| not_to_itself(socket)),
                    }
                    return Err(ErrorKind::WouldBlock.into());
                }
                match socket.take_error()? {
                    Some(error) => Err(error),
                    None => not_to_itself(socket),
                }
            },
            |()| CallResult::result(0),
        )?;
        self.peer = Some(server);
        Ok(())
    }

    /// `send()`: hands bytes to the connection; the kernel may take fewer than offered. send(2)
    ///
    /// # Errors
    /// The connection broke, no room within `timeout`, or [`Error::Stopped`].
    pub fn send<'p>(&self, bytes: &[u8], timeout: impl Into<Timeout<'p>>) -> Result<usize, Error> {
        let given = CallArgs::bytes(bytes.len()).to(self.peer);
        let sent = self.perform(
            CallName::Send,
            &given,
            Some((Interest::Writable, timeout.into())),
            |socket| socket.send(bytes),
            |&sent| CallResult::bytes(sent),
        )?;
        show(CallName::Send, bytes.get(..sent).unwrap_or(bytes));
        Ok(sent)
    }

    /// `send()` again and again until the kernel has taken all of it.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_all<'p>(&self, bytes: &[u8], timeout: impl Into<Timeout<'p>>) -> Result<(), Error> {
        let (mut rest, mut timeout) = (bytes, timeout.into());
        while !rest.is_empty() {
            let sent = self.send(rest, timeout.once())?;
            rest = rest.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    /// `sendto()`: sends a datagram, the destination attached to it. sendto(2)
    ///
    /// # Errors
    /// Too long for a datagram, no route, or a refusal that ICMP reported for an earlier one.
    pub fn sendto(&self, bytes: &[u8], destination: SocketAddr) -> Result<usize, Error> {
        let given = CallArgs::bytes(bytes.len()).to(Some(destination));
        let sent = self.perform(
            CallName::SendTo,
            &given,
            Some((Interest::Writable, Timeout::Fixed(None))),
            |socket| socket.send_to(bytes, &in_form_of(self.family, destination).into()),
            |&sent| CallResult::bytes(sent),
        )?;
        show(CallName::SendTo, bytes);
        Ok(sent)
    }

    /// `recv()`: waits until bytes of the stream are there and returns those that are; none when the other end has
    /// finished. recv(2)
    ///
    /// # Errors
    /// The connection broke, nothing came within `timeout`, or [`Error::Stopped`].
    pub fn recv<'a, 'p>(&self, room: &'a mut [u8], timeout: impl Into<Timeout<'p>>) -> Result<&'a [u8], Error> {
        let given = CallArgs::bytes(room.len()).to(self.peer);
        let length = self.perform(
            CallName::Recv,
            &given,
            Some((Interest::Readable, timeout.into())),
            |mut socket| io::Read::read(&mut socket, room),
            |&length| CallResult::bytes(length),
        )?;
        let bytes = room.get(..length).unwrap_or_default();
        show(CallName::Recv, bytes);
        Ok(bytes)
    }

    /// `recvfrom()`: waits for a datagram and returns it with its sender's address. recvfrom(2)
    ///
    /// # Errors
    /// What ICMP said of a datagram sent before, nothing within `timeout`, or [`Error::Stopped`].
    pub fn recvfrom<'a, 'p>(
        &self,
        room: &'a mut [u8],
        timeout: impl Into<Timeout<'p>>,
    ) -> Result<(&'a [u8], SocketAddr), Error> {
        let given = CallArgs::bytes(room.len());
        let (length, sender) = self.perform(
            CallName::RecvFrom,
            &given,
            Some((Interest::Readable, timeout.into())),
            |socket| sys::recv_from(socket, room).map(|(length, sender)| (length, canonical(sender))),
            |&(length, sender)| CallResult::bytes(length).from(sender),
        )?;
        let bytes = room.get(..length).unwrap_or_default();
        show(CallName::RecvFrom, bytes);
        Ok((bytes, sender))
    }

    /// `shutdown(SHUT_WR)`: "I have sent everything", a FIN, while the other end may still send. shutdown(2)
    ///
    /// # Errors
    /// The connection is gone already.
    pub fn shutdown_sending(&self) -> Result<(), Error> {
        let given = CallArgs::argument(|| "SHUT_WR".to_owned());
        self.perform(
            CallName::Shutdown,
            &given,
            None,
            |socket| socket.shutdown(Shutdown::Write),
            |()| CallResult::result(0),
        )
    }

    /// `shutdown(SHUT_RDWR)`: nothing more is sent or received; who waits for the socket in another thread is woken and finds
    /// the end of the stream. shutdown(2)
    ///
    /// # Errors
    /// The connection is gone already.
    pub fn shutdown_both(&self) -> Result<(), Error> {
        let given = CallArgs::argument(|| "SHUT_RDWR".to_owned());
        self.perform(
            CallName::Shutdown,
            &given,
            None,
            |socket| socket.shutdown(Shutdown::Both),
            |()| CallResult::result(0),
        )
    }

    /// `close()`: gives the socket back. For a TCP connection that sends the FIN. close(2)
    ///
    /// Going out of scope does the same; a call shows where in the lecture's story it happens.
    pub fn close(self) {
        drop(self);
    }

    /// The other end of the connection, as `connect()` or `accept()` had it.
    #[must_use]
    pub const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }
}

/// On one machine, the system may pick as the client's port the very port that it connects to: with no socket listening there,
/// TCP's simultaneous open (RFC 9293 section 3.5) then connects the socket to itself.
fn not_to_itself(socket: &socket2::Socket) -> io::Result<()> {
    match (socket.local_addr(), socket.peer_addr()) {
        (Ok(local), Ok(peer)) if local.as_socket() == peer.as_socket() && local.as_socket().is_some() => {
            Err(errors::refusal())
        }
        _ => Ok(()),
    }
}

/// The bytes themselves, at the finest level of detail.
fn show(call: CallName, bytes: &[u8]) {
    /// This many bytes show what the data are and fit a line.
    const SHOWN: usize = 32;
    tracing::trace!(target: "socket_lab::data", "{call}: {}", {
        let shown = bytes.get(..SHOWN).unwrap_or(bytes);
        let hex: Vec<String> = shown.iter().map(|byte| format!("{byte:02x}")).collect();
        let more = if shown.len() < bytes.len() { " ..." } else { "" };
        let text = crate::escape::printable(shown);
        format!("{}: {}{more} \"{text}\"{more}", counted(bytes.len() as u64, "byte"), hex.join(" "))
    });
}
