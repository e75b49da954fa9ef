//! The TCP client: the connection is open while the user types; one line per connection.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::thread::Builder;
use std::time::{Duration, Instant};

use super::client::{ReplyTally, Server, SharedTimeout, more_telling};
use super::error::{CallErrorReason, Error};
use super::socket::{Family, Socket, SocketType, Timeout};
use super::transcript::Transcript;
use crate::calls::{Program, Role};
use crate::os::cancel::CancelToken;
use crate::os::keyboard::{InputLine, Keyboard, LineSource};

/// The longest line that is kept to be sent: 64 MiB.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Room for one `recv()`.
const ROOM: usize = 65_536;

/// Uppercase has at most three times the bytes of the text ([`super::uppercase::UppercaseStream::push`]).
const LARGEST_GROWTH: u64 = 3;

/// How long the client leaves the first `close()` to the server, once it has the reply.
const SERVER_CLOSES_FIRST: Duration = Duration::from_millis(200);

/// Stands for the other end in a message, should a socket without one ever get that far.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

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
        Outcome::Reply(client_socket, modified_sentence) => {
            transcript.returned(&modified_sentence)?;
            await_end(&client_socket)?;
            client_socket.close();
        }
        Outcome::Missed(trouble) => tally.missed_or(trouble)?,
    }
    Ok(true)
}

/// How long connecting may take without a word.
const SILENTLY: Duration = Duration::from_secs(1);

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
    /// The reply, and the socket that it came through.
    Reply(Socket, Vec<u8>),
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
    if client_socket.is_finished_by_peer()? {
        tracing::warn!("the server had closed the waiting connection; connecting again to send the line");
    } else {
        match exchange(&client_socket, sentence, server.timeout) {
            Ok(reply) => return Ok(Outcome::Reply(client_socket, reply)),
            Err(Error::ReplyCut { came: 0, how, .. }) if !matches!(how, Some(CallErrorReason::TimedOut(_))) => {
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
fn exchange(client_socket: &Socket, sentence: &[u8], timeout: Duration) -> Result<Vec<u8>, Error> {
    let reply = Reply::new(client_socket, sentence, timeout);
    let sent = match client_socket.send(sentence, Some(timeout)) {
        Ok(sent) => sent,
        Err(trouble) => return Err(reply.cut(trouble)),
    };
    let rest = sentence.get(sent..).unwrap_or_default();
    if rest.is_empty() {
        return reply.collect();
    }
    // The kernel did not take a line this long at once. The server answers while it arrives: a client that sent everything before
    // reading anything would wait for a server that waits for him.
    std::thread::scope(|scope| {
        let sending = Builder::new()
            .spawn_scoped(scope, || client_socket.send_all(rest, Some(timeout)))
            .map_err(Error::Thread)?;
        let collected = reply.collect();
        let sent = sending.join().unwrap_or(Ok(()));
        // A reply that is whole counts, whatever became of the sending.
        match (collected, sent) {
            (Err(Error::Stopped), _) | (Err(_), Err(Error::Stopped)) => Err(Error::Stopped),
            (collected, _) => collected,
        }
    })
}

/// A reply as far as it has come.
struct Reply<'a> {
    client_socket: &'a Socket,
    server: SocketAddr,
    timeout: Duration,
    sent: u64,
    bytes: Vec<u8>,
}

impl<'a> Reply<'a> {
    fn new(client_socket: &'a Socket, sentence: &[u8], timeout: Duration) -> Self {
        Self {
            client_socket,
            server: client_socket.peer().unwrap_or(NOBODY),
            timeout,
            sent: sentence.len() as u64,
            bytes: Vec::new(),
        }
    }

    /// Receives until the line's end, or until the server has finished.
    fn collect(mut self) -> Result<Vec<u8>, Error> {
        let limit = self.sent.saturating_mul(LARGEST_GROWTH);
        let mut room = vec![0; ROOM];
        loop {
            let received = self.client_socket.recv(&mut room, Some(self.timeout));
            let arrived = match received {
                Ok([]) => return self.ended_early(),
                Ok(arrived) => arrived,
                Err(trouble) => return Err(self.cut(trouble)),
            };
            if let Some(end) = arrived.iter().position(|&byte| byte == b'\n') {
                self.bytes.extend(arrived.iter().take(end));
                say_ignored(self.server, arrived.len() - end - 1);
                return Ok(self.bytes);
            }
            self.bytes.extend_from_slice(arrived);
            if self.bytes.len() as u64 > limit {
                let server = self.server;
                return Err(Error::ReplyTooLong { server, limit });
            }
        }
    }

    /// The end of the stream came before the line's end.
    fn ended_early(self) -> Result<Vec<u8>, Error> {
        if self.bytes.is_empty() {
            return Err(self.cut_how(None));
        }
        tracing::warn!(
            "the server closed the connection after {} bytes and before a line end: the reply may not be whole",
            self.bytes.len()
        );
        Ok(self.bytes)
    }

    fn cut(&self, trouble: Error) -> Error {
        match trouble {
            Error::Call(call) if call.reason.is_broken_connection() || !self.bytes.is_empty() => {
                self.cut_how(Some(call.reason))
            }
            other => other,
        }
    }

    fn cut_how(&self, how: Option<CallErrorReason>) -> Error {
        Error::ReplyCut {
            server: self.server,
            came: self.bytes.len() as u64,
            sent: self.sent,
            how,
        }
    }
}

/// Lets the server close first, as it does in the lab. A server that keeps the connection open is not waited for.
fn await_end(client_socket: &Socket) -> Result<(), Error> {
    let started = Instant::now();
    let mut room = [0; 4096];
    loop {
        let left = SERVER_CLOSES_FIRST.saturating_sub(started.elapsed());
        match client_socket.recv(&mut room, Some(left)) {
            Ok([]) => return Ok(()),
            Ok(more) => say_ignored(client_socket.peer().unwrap_or(NOBODY), more.len()),
            Err(Error::Stopped) => return Err(Error::Stopped),
            // The reply is there: how the connection ends does not matter any more.
            Err(_) => return Ok(()),
        }
    }
}

fn say_ignored(server: SocketAddr, bytes: usize) {
    if bytes > 0 {
        tracing::warn!("recv from {server}: {bytes} bytes after the reply's line end are not shown");
    }
}
