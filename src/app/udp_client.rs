//! The UDP client: a new socket per line, the server's address attached to the datagram, then the wait for the reply.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::client::{Answers, Server};
use super::keyboard::{Keyboard, Line, Source};
use super::socket::{Family, Kind, Socket};
use super::stop::Stop;
use super::transcript::Transcript;
use super::trouble::{CallTrouble, Reason, Trouble};
use super::{LARGEST_PAYLOAD_IPV4, LARGEST_PAYLOAD_IPV6};
use crate::calls::{Program, Role};

/// Room for the largest reply there is.
const ROOM: usize = 65_535;

/// Asks for lines and shows their replies until the input ends.
///
/// # Errors
/// [`Trouble::Stopped`] when told to quit; trouble that concerns more than one line. What concerns one line only is said, and
/// the prompt comes again.
pub fn run<R: Source>(
    server: &Server,
    keyboard: &mut Keyboard<R>,
    transcript: &Transcript,
    stop: &Stop,
) -> Result<Answers, Trouble> {
    transcript.client_ready(Program::UdpClient, &server.host, server.port)?;
    let mut answers = Answers::default();
    let mut candidates = server.addresses.as_slice();
    while let [server_address, others @ ..] = candidates {
        let client_socket = open(*server_address, stop)?;
        let message = match keyboard.ask(transcript, longest(*server_address), stop)? {
            Line::Text(message) => message,
            Line::End => break,
            Line::TooLong(length) => {
                let limit = longest(*server_address) as u64;
                let because = "and a UDP datagram carries";
                answers.missed(&Trouble::LineTooLong { length, limit, because });
                continue;
            }
        };
        let mut reply = exchange(&client_socket, &message, *server_address, server.timeout);
        client_socket.close();
        // A name can stand for an IPv6 and an IPv4 address, with the server on one of them.
        for &other_address in others {
            if !reply.as_ref().is_err_and(is_refusal) {
                break;
            }
            let client_socket = open(other_address, stop)?;
            reply = exchange(&client_socket, &message, other_address, server.timeout);
            if reply.is_ok() {
                candidates = candidates.get(1..).unwrap_or_default();
            }
        }
        match reply {
            Ok(modified_message) => transcript.returned(&modified_message)?,
            Err(trouble) => answers.missed_or(trouble)?,
        }
    }
    Ok(answers)
}

fn open(server_address: SocketAddr, stop: &Stop) -> Result<Socket, Trouble> {
    let family = Family::of(server_address);
    let client_socket = Socket::open(Program::UdpClient, Role::ClientSocket, family, Kind::Datagram, stop)?;
    client_socket.report_icmp_errors(family)?;
    Ok(client_socket)
}

/// Sends the line and waits for the server's reply. A datagram from anybody else is not taken for it.
fn exchange(
    client_socket: &Socket,
    message: &[u8],
    server_address: SocketAddr,
    timeout: Duration,
) -> Result<Vec<u8>, Trouble> {
    client_socket.sendto(message, server_address)?;
    let sent = Instant::now();
    let mut room = vec![0; ROOM];
    loop {
        let left = timeout.saturating_sub(sent.elapsed());
        let received = client_socket.recvfrom(&mut room, Some(left));
        let (modified_message, sender) = received.map_err(|trouble| about(trouble, server_address, timeout))?;
        if (sender.ip(), sender.port()) == (server_address.ip(), server_address.port()) {
            return Ok(modified_message.to_vec());
        }
        tracing::warn!(
            "recvfrom {sender}: not from {server_address}, so not taken for the reply; \
             if it is the same machine, start the server with --bind {}",
            server_address.ip()
        );
    }
}

/// `recvfrom()` itself knows neither whom the client waits for nor how long it has waited in all.
fn about(trouble: Trouble, server_address: SocketAddr, timeout: Duration) -> Trouble {
    match trouble {
        Trouble::Call(trouble) => Trouble::Call(CallTrouble {
            address: Some(server_address),
            reason: match trouble.reason {
                Reason::TimedOut(_) => Reason::TimedOut(timeout),
                os @ Reason::Os(_) => os,
            },
            ..trouble
        }),
        other => other,
    }
}

fn is_refusal(trouble: &Trouble) -> bool {
    trouble.call_reason().and_then(Reason::kind) == Some(ErrorKind::ConnectionRefused)
}

const fn longest(server_address: SocketAddr) -> usize {
    if server_address.is_ipv4() {
        LARGEST_PAYLOAD_IPV4
    } else {
        LARGEST_PAYLOAD_IPV6
    }
}
