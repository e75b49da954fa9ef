//! The UDP client: a new socket per line, the server's address attached to the datagram, then the wait for the reply.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::client::{ReplyTally, Server, SharedTimeout, announced, more_telling};
use super::error::{CallError, CallErrorReason, Error};
use super::socket::{Family, Socket, SocketType, Unread};
use super::transcript::Transcript;
use super::{LARGEST_PAYLOAD_IPV4, LARGEST_PAYLOAD_IPV6};
use crate::calls::text::counted;
use crate::calls::{Program, Role};
use crate::escape::printable;
use crate::os::cancel::CancelToken;
use crate::os::keyboard::{InputLine, Keyboard, LineSource};

/// Room for the largest reply there is.
const ROOM: usize = 65_535;

/// Asks for lines and shows their replies until the input ends.
///
/// # Errors
/// [`Error::Stopped`] when told to quit; trouble that concerns more than one line. What concerns one line only is said, and
/// the prompt comes again.
pub fn run<R: LineSource>(
    server: &Server,
    keyboard: &mut Keyboard<R>,
    transcript: &Transcript,
    cancel: &CancelToken,
) -> Result<ReplyTally, Error> {
    transcript.client_ready(Program::UdpClient, &server.host, server.port)?;
    let mut server = server.clone();
    let mut tally = ReplyTally::default();
    while one_line(&mut server, keyboard, transcript, cancel, &mut tally)? {}
    Ok(tally)
}

/// One line through a socket of its own, from `socket()` to `close()`. `false`: the user ended the input instead. Of several
/// addresses of the server, the one that answers becomes the first.
///
/// # Errors
/// As [`run`].
pub fn one_line<R: LineSource>(
    server: &mut Server,
    keyboard: &mut Keyboard<R>,
    transcript: &Transcript,
    cancel: &CancelToken,
    tally: &mut ReplyTally,
) -> Result<bool, Error> {
    let limits = server.addresses.iter().copied().map(longest);
    let limit = limits.min().unwrap_or(LARGEST_PAYLOAD_IPV4);
    let (client_socket, server_address) = open_first(server, cancel)?;
    let message = match transcript.ask(keyboard, limit, cancel)? {
        InputLine::Text(message) => message,
        InputLine::End => return Ok(false),
        InputLine::TooLong(length) => {
            let limit = limit as u64;
            let because = "and a UDP datagram carries";
            tally.missed(&Error::LineTooLong { length, limit, because });
            return Ok(true);
        }
    };
    let time = SharedTimeout::start(server.timeout);
    let reply = exchange(&client_socket, &message, server_address, server.timeout);
    if reply.is_ok() {
        note_more(&client_socket);
    }
    client_socket.close();
    let reply = match reply {
        Err(trouble) => elsewhere(trouble, &message, &mut server.addresses, time, cancel),
        reply => reply,
    };
    match reply {
        Ok(modified_message) => {
            transcript.returned(&modified_message)?;
            if modified_message.is_empty() && !message.is_empty() {
                tracing::warn!("the reply is an empty datagram: the server has sent 0 bytes");
            }
        }
        Err(trouble) => {
            let was_silent = matches!(trouble.call_reason(), Some(CallErrorReason::TimedOut(_)));
            tally.missed_or(trouble)?;
            if was_silent {
                take_the_next(server);
            }
        }
    }
    Ok(true)
}

/// The first of the server's addresses is silent. A line may be lost on its way, but there may also be no machine: the next
/// line tries the next address.
fn take_the_next(server: &mut Server) {
    if server.addresses.len() > 1 {
        server.addresses.rotate_left(1);
        if let Some(next) = server.addresses.first() {
            let (host, count) = (printable(server.host.as_bytes()), server.addresses.len());
            tracing::warn!("the next line goes to {next}, another one of the {count} addresses of '{host}'");
        }
    }
}

/// The socket for the next line, for the first of the server's addresses whose family this machine speaks.
fn open_first(server: &Server, cancel: &CancelToken) -> Result<(Socket, SocketAddr), Error> {
    let mut failure = None;
    for &server_address in &server.addresses {
        match open(server_address, cancel) {
            Ok(client_socket) => return Ok((client_socket, server_address)),
            Err(trouble) => failure = failure.or(Some(trouble)),
        }
    }
    Err(failure.unwrap_or_else(|| server.without_address()))
}

/// A name can stand for several addresses, say an IPv6 and an IPv4 one, with the server on one of them. After a failure at
/// the first the line goes to the others, which share what is left of the time; the one that answers is the first from then on.
fn elsewhere(
    failure: Error,
    message: &[u8],
    addresses: &mut [SocketAddr],
    time: SharedTimeout,
    cancel: &CancelToken,
) -> Result<Vec<u8>, Error> {
    let mut failure = failure;
    let count = addresses.len();
    for index in 1..count {
        // Silence is not a failure of the address: over UDP a line may simply be lost.
        if !matches!(failure.call_reason(), Some(CallErrorReason::Os(_))) {
            break;
        }
        let Some(&other) = addresses.get(index) else { break };
        let part = time.part(count - index);
        let tried = open(other, cancel).and_then(|client_socket| exchange(&client_socket, message, other, part));
        match tried {
            Ok(reply) => {
                addresses.swap(0, index);
                return Ok(reply);
            }
            Err(trouble @ Error::Call(_)) => failure = more_telling(failure, trouble),
            Err(trouble) => return Err(trouble),
        }
    }
    Err(failure)
}

fn open(server_address: SocketAddr, cancel: &CancelToken) -> Result<Socket, Error> {
    let family = Family::of(server_address);
    let client_socket = Socket::open(
        Program::UdpClient,
        Role::ClientSocket,
        family,
        SocketType::Datagram,
        cancel,
    )?;
    client_socket.report_icmp_errors(family)?;
    Ok(client_socket)
}

/// Sends the line and waits for the server's reply. A datagram from another sender is not taken for it.
fn exchange(
    client_socket: &Socket,
    message: &[u8],
    server_address: SocketAddr,
    timeout: Duration,
) -> Result<Vec<u8>, Error> {
    client_socket.sendto(message, server_address)?;
    let sent = Instant::now();
    let mut room = vec![0; ROOM];
    let mut is_said = false;
    let mut announce = || {
        if !std::mem::replace(&mut is_said, true) {
            tracing::warn!(
                "no reply from {server_address} yet: waiting for it, {} s in all",
                timeout.as_secs_f64()
            );
        }
    };
    loop {
        let left = timeout.saturating_sub(sent.elapsed());
        let received = client_socket.recvfrom(&mut room, announced(left, &mut announce));
        let (modified_message, sender) = received.map_err(|trouble| about(trouble, server_address, timeout))?;
        if is_same(sender, server_address) {
            return Ok(modified_message.to_vec());
        }
        let came = start_of(modified_message);
        let (address, port) = (server_address.ip(), server_address.port());
        if sender.ip() == address {
            tracing::warn!(
                "recvfrom {sender}: not from port {port}, so not taken for the reply: {came}; \
                 a server has to answer through the socket that received the line"
            );
        } else {
            tracing::warn!(
                "recvfrom {sender}: not from {server_address}, so not taken for the reply: {came}; \
                 if it is the same machine, start the server with --bind {address}"
            );
        }
    }
}

fn is_same(sender: SocketAddr, server_address: SocketAddr) -> bool {
    (sender.ip(), sender.port()) == (server_address.ip(), server_address.port())
}

/// `2 bytes (HI)`: a datagram that is not shown as the reply.
fn start_of(bytes: &[u8]) -> String {
    /// The most that is shown of it, in bytes.
    const SHOWN: usize = 100;
    let start = bytes.get(..SHOWN).unwrap_or(bytes);
    let more = if start.len() < bytes.len() { "…" } else { "" };
    match bytes.len() {
        0 => "0 bytes".to_owned(),
        length => format!("{} ({}{more})", counted(length as u64, "byte"), printable(start)),
    }
}

/// Says what came after the reply: a line has one, and the socket is closed now.
fn note_more(client_socket: &Socket) {
    if !matches!(client_socket.unread(), Ok(Unread::Bytes(_))) {
        return;
    }
    let mut room = vec![0; ROOM];
    if let Ok((another, sender)) = client_socket.recvfrom(&mut room, Some(Duration::ZERO)) {
        let came = start_of(another);
        tracing::warn!("recvfrom {sender}: another datagram after the reply: {came}; one line has one reply");
    }
}

/// `recvfrom()` itself knows neither whom the client waits for nor how long it has waited in all.
fn about(trouble: Error, server_address: SocketAddr, timeout: Duration) -> Error {
    match trouble {
        Error::Call(trouble) => Error::Call(CallError {
            address: Some(server_address),
            reason: match trouble.reason {
                CallErrorReason::TimedOut(_) => CallErrorReason::TimedOut(timeout),
                os @ CallErrorReason::Os(_) => os,
            },
            ..trouble
        }),
        other => other,
    }
}

const fn longest(server_address: SocketAddr) -> usize {
    if server_address.is_ipv4() {
        LARGEST_PAYLOAD_IPV4
    } else {
        LARGEST_PAYLOAD_IPV6
    }
}
