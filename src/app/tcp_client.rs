//! The TCP client: the connection is open while the user types; one line per connection.

mod reply;

use std::thread::Builder;
use std::time::Duration;

use self::reply::Reply;
use super::client::{ReplyTally, SILENTLY, Server, SharedTimeout, more_telling};
use super::error::Error;
use super::socket::{Family, Socket, SocketType, Timeout, Unread};
use super::transcript::Transcript;
use crate::calls::{Program, Role};
use crate::os::cancel::CancelToken;
use crate::os::keyboard::{InputLine, Keyboard, LineSource};

/// The longest line that is kept to be sent: 64 MiB.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Asks for lines and shows their replies until the input ends.
///
/// # Errors
/// [`Error::Stopped`] when told to quit; no connection can be made. What concerns one line only is said, and the prompt
/// comes again with a new connection.
pub fn run<R: LineSource>(
    server: &Server,
    keyboard: &mut Keyboard<R>,
    transcript: &Transcript,
    cancel: &CancelToken,
) -> Result<ReplyTally, Error> {
    transcript.client_ready(Program::TcpClient, &server.host, server.port)?;
    let (mut server, mut tally) = (server.clone(), ReplyTally::default());
    while one_line(&mut server, keyboard, transcript, cancel, &mut tally)? {}
    Ok(tally)
}

/// One line over a connection of its own, from `connect()` to `close()`. `false`: the user ended the input instead. Of several
/// addresses of the server, the one that takes the connection becomes the first.
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
    let client_socket = connect(server, cancel)?;
    let mut sentence = match transcript.ask(keyboard, LONGEST_LINE, cancel)? {
        InputLine::Text(sentence) => sentence,
        InputLine::End => return Ok(false),
        InputLine::TooLong(length) => {
            let limit = LONGEST_LINE as u64;
            let because = "and this program keeps";
            tally.missed(&Error::LineTooLong { length, limit, because });
            return Ok(true);
        }
    };
    // TCP carries a stream of bytes and keeps no message boundaries: the line has to say where it ends.
    sentence.push(b'\n');
    match exchange_patiently(client_socket, &sentence, server, cancel)? {
        Outcome::Reply(client_socket, mut reply) => {
            // What came is shown, also of a server that answers in another way; then what is odd about it.
            reply.show(transcript)?;
            if let Some(fault) = reply.fault.take() {
                tally.missed(&fault);
            } else {
                reply.await_end(&client_socket)?;
            }
            reply.warn(&client_socket);
            client_socket.close();
        }
        Outcome::Missed(trouble) => tally.missed_or(trouble)?,
    }
    Ok(true)
}

/// Connects to the first of the server's addresses that takes the connection: `connect()` is the three-way handshake. The
/// timeout is for all of them together.
fn connect(server: &mut Server, cancel: &CancelToken) -> Result<Socket, Error> {
    let time = SharedTimeout::start(server.timeout);
    let mut failure = None;
    for index in 0..server.addresses.len() {
        match connect_to(server, index, time, cancel) {
            Ok(client_socket) => {
                server.addresses.swap(0, index);
                return Ok(client_socket);
            }
            Err(trouble @ Error::Call(_)) => {
                failure = Some(match failure {
                    None => trouble,
                    Some(first) => more_telling(first, trouble),
                });
            }
            Err(trouble) => return Err(trouble),
        }
    }
    Err(match failure {
        Some(Error::Call(telling)) if server.addresses.len() > 1 => Error::NoConnection {
            host: server.host.clone(),
            addresses: server.addresses.len(),
            within: server.timeout,
            telling,
        },
        Some(trouble) => trouble,
        None => server.without_address(),
    })
}

/// Connects to the server's address of this number, in its part of the time.
fn connect_to(server: &Server, index: usize, time: SharedTimeout, cancel: &CancelToken) -> Result<Socket, Error> {
    let (number, count) = (index + 1, server.addresses.len());
    let server_address = *server.addresses.get(index).ok_or_else(|| server.without_address())?;
    let family = Family::of(server_address);
    let mut client_socket = Socket::open(
        Program::TcpClient,
        Role::ClientSocket,
        family,
        SocketType::Stream,
        cancel,
    )?;
    let in_all = time.part(count - index);
    let which = if count > 1 {
        format!(", address {number} of {count} of its name")
    } else {
        String::new()
    };
    let mut announce = || {
        let (passed, limit) = (time.elapsed().as_secs_f64(), server.timeout.as_secs_f64());
        tracing::warn!("no connection after {passed:.1} of {limit} s: trying {server_address}{which}");
    };
    let silently = SILENTLY.saturating_sub(time.elapsed());
    if silently.is_zero() {
        announce();
        client_socket.connect(server_address, Some(in_all))?;
    } else {
        let announce = &mut announce;
        client_socket.connect(
            server_address,
            Timeout::Announced {
                in_all,
                silently,
                announce,
            },
        )?;
    }
    Ok(client_socket)
}

/// What came of a line.
enum Outcome {
    /// The reply as far as it came, and the socket that it came through.
    Reply(Socket, Reply),
    /// None, but the server is there: the next line may fare better.
    Missed(Error),
}

/// Sends the line and returns the reply. The server may have closed the connection while the user typed; then the line goes
/// over a new one, once.
fn exchange_patiently(
    client_socket: Socket,
    sentence: &[u8],
    server: &mut Server,
    cancel: &CancelToken,
) -> Result<Outcome, Error> {
    let unread = client_socket.unread()?;
    if unread == Unread::End {
        tracing::warn!("the server had closed the waiting connection; connecting again to send the line");
    } else {
        match exchange(&client_socket, sentence, server.timeout) {
            Ok(mut reply) => {
                reply.note_early(unread);
                return Ok(Outcome::Reply(client_socket, reply));
            }
            Err(Error::Reply(fault)) if fault.is_connection_lost() => {
                tracing::warn!(
                    "the server closed the connection without a reply; connecting again to send the line again"
                );
            }
            Err(trouble) => return Ok(Outcome::Missed(trouble)),
        }
    }
    client_socket.close();
    let client_socket = connect(server, cancel)?;
    match exchange(&client_socket, sentence, server.timeout) {
        Ok(reply) => Ok(Outcome::Reply(client_socket, reply)),
        Err(trouble) => Ok(Outcome::Missed(trouble)),
    }
}

/// Sends the line and collects the reply.
fn exchange(client_socket: &Socket, sentence: &[u8], timeout: Duration) -> Result<Reply, Error> {
    let sent = match client_socket.send(sentence, Some(timeout)) {
        Ok(sent) => sent,
        Err(Error::Call(call)) if call.reason.is_broken_connection() => {
            // What the server sent before it broke the connection off may say why.
            return reply::receive(client_socket, sentence, timeout);
        }
        Err(trouble) => return Err(trouble),
    };
    let rest = sentence.get(sent..).unwrap_or_default();
    if rest.is_empty() {
        return reply::receive(client_socket, sentence, timeout);
    }
    // The kernel did not take a line this long at once. The server answers while it arrives: a client that sent everything before
    // reading anything would wait for a server that waits for him.
    std::thread::scope(|scope| {
        let sending = Builder::new()
            .spawn_scoped(scope, || client_socket.send_all(rest, Some(timeout)))
            .map_err(Error::Thread)?;
        let collected = reply::receive(client_socket, sentence, timeout);
        let sent = sending.join().unwrap_or(Ok(()));
        // A reply that is whole counts, whatever became of the sending.
        match (collected, sent) {
            (Err(Error::Stopped), _) | (Err(_), Err(Error::Stopped)) => Err(Error::Stopped),
            (collected, _) => collected,
        }
    })
}
