//! The UDP server: one socket for all clients, and every datagram is answered to the address that it came from. UDP does not
//! check whether that address is the sender's: `loops` explains what follows for a server, and what this one does about it.

mod loops;
mod senders;
mod warnings;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use self::loops::LoopGuard;
use super::error::{CallErrorReason, Error};
use super::socket::{Socket, SocketType, Timeout};
use super::transcript::Transcript;
use super::{LARGEST_PAYLOAD_IPV4, LARGEST_PAYLOAD_IPV6, listening, uppercase};
use crate::calls::{Program, Role};
use crate::os::cancel::CancelToken;

/// Bytes of the largest possible datagram.
const ROOM: usize = 65_535;

/// Makes the server's socket and binds it. Without an address it serves every address of the machine, IPv4 and IPv6; port 0
/// lets the system pick one.
///
/// # Errors
/// The port is taken, needs privileges, or no interface has the address.
pub fn bind(address: Option<SocketAddr>, port: u16, cancel: &CancelToken) -> Result<Socket, Error> {
    listening::bind(
        Program::UdpServer,
        Role::ServerSocket,
        SocketType::Datagram,
        address,
        port,
        cancel,
    )
}

/// Serves until the program must quit. `own_port` is the socket's port. No request and no failed answer stops the service for the
/// next client.
///
/// # Errors
/// [`Error::Stopped`] when the program must quit, [`Error::OutputClosed`] when the transcript has no reader any more; another error
/// only when the socket itself is unusable.
pub fn run(server_socket: &Socket, own_port: u16, transcript: &Transcript) -> Result<(), Error> {
    let mut room = vec![0; ROOM];
    let mut loop_guard = LoopGuard::new(own_port);
    loop {
        let (message, client_address) = match server_socket.recvfrom(&mut room, Timeout::Fixed(None)) {
            Ok(received) => received,
            Err(trouble) if is_passing(&trouble) => {
                tracing::warn!("{trouble}");
                std::thread::sleep(pause_after(&trouble));
                continue;
            }
            Err(trouble) => return Err(trouble),
        };
        if loop_guard.is_from_ourselves(client_address) {
            continue;
        }
        transcript.received_from(client_address, message)?;
        let modified_message = capitalized(message, client_address);
        if !loop_guard.may_answer(client_address, message, &modified_message) {
            continue;
        }
        match server_socket.sendto(&modified_message, client_address) {
            Ok(_) => {}
            Err(Error::Stopped) => return Err(Error::Stopped),
            Err(trouble) => loop_guard.warnings.say(|| format!("the answer is lost: {trouble}")),
        }
    }
}

/// The answer. Uppercase can be longer than the text; when it no longer fits a datagram, only the ASCII letters are
/// converted, which keeps the length.
fn capitalized(message: &[u8], client: SocketAddr) -> Vec<u8> {
    let limit = if client.is_ipv4() {
        LARGEST_PAYLOAD_IPV4
    } else {
        LARGEST_PAYLOAD_IPV6
    };
    let modified_message = uppercase::datagram(message);
    if modified_message.len() <= limit {
        return modified_message;
    }
    tracing::warn!(
        "the answer to {client} would have {} bytes, a datagram carries at most {limit}: \
         only its ASCII letters were raised; a shorter line is answered whole",
        modified_message.len()
    );
    message.to_ascii_uppercase()
}

/// Should the server call `recvfrom()` again after this error? An ICMP error about an earlier answer leaves the socket usable,
/// and so does a lack of memory.
fn is_passing(trouble: &Error) -> bool {
    let about_an_answer = [
        ErrorKind::ConnectionRefused,
        ErrorKind::ConnectionReset,
        ErrorKind::HostUnreachable,
        ErrorKind::NetworkUnreachable,
    ];
    let kind = trouble.call_reason().and_then(CallErrorReason::kind);
    trouble.is_exhaustion() || kind.is_some_and(|kind| about_an_answer.contains(&kind))
}

/// A pause before the next try: only a lack of memory needs one.
fn pause_after(trouble: &Error) -> Duration {
    if trouble.is_exhaustion() {
        Duration::from_millis(50)
    } else {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_PAYLOAD_IPV4, capitalized};

    #[test]
    fn an_answer_that_fits_no_datagram_is_raised_as_far_as_it_keeps_its_length() {
        let client = "127.0.0.1:5".parse().unwrap();
        // U+0149 has 2 bytes and becomes two characters with 3 together.
        let fits = "a\u{149}".as_bytes();
        assert_eq!(capitalized(fits, client), "A\u{2bc}N".as_bytes());
        let largest = "a\u{149}".repeat(LARGEST_PAYLOAD_IPV4 / 3);
        let answer = capitalized(largest.as_bytes(), client);
        assert_eq!(answer, "A\u{149}".repeat(LARGEST_PAYLOAD_IPV4 / 3).as_bytes());
    }
}
