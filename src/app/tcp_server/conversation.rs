//! One client of the TCP server: from its first byte to `close()`.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::connections::ClientConnection;
use crate::app::error::{CallErrorReason, Error};
use crate::app::socket::Socket;
use crate::app::transcript::Transcript;
use crate::app::uppercase;
use crate::calls::text::counted;

/// Room for one `recv()`, in bytes. With [`SHOWN`], this is what bounds the memory of a connection.
const ROOM: usize = 16_384;

/// Bytes of a line that are kept for printing: as many as the longest datagram has.
const SHOWN: usize = 65_535;

/// If a client pauses this long in the middle of a line, the part so far is printed.
const PAUSE: Duration = Duration::from_secs(1);

/// How long, and how many bytes, the server reads and discards after the line.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1024 * 1024;

/// Serves one line: converts the text to uppercase and returns it as it arrives, until the line's end or until the client has finished.
/// `before_waiting` is called before each wait for the client, and returns how long to wait.
///
/// # Errors
/// Only errors of the whole server; an error of this client is a line in the log.
pub(super) fn serve(
    connection: &ClientConnection,
    transcript: &Transcript,
    before_waiting: &mut impl FnMut() -> Duration,
) -> Result<(), Error> {
    let client = connection.client;
    let mut line = LineSoFar::new(client);
    let served = answer(connection, transcript, before_waiting, &mut line);
    // What arrived of a line that never ended is shown too.
    line.show(transcript)?;
    match served {
        Ok(()) | Err(Error::Call(_)) if connection.evicted() => {
            tracing::info!("closed the connection of {client}, which was silent: other clients wait");
            Ok(())
        }
        Ok(()) => {
            if !line.shown_before {
                tracing::info!("{client} connected and left without a line");
            }
            Ok(())
        }
        Err(Error::Call(trouble)) => {
            match trouble.reason {
                CallErrorReason::TimedOut(idle) => {
                    tracing::info!("closed the connection of {client}: silent for {} s", idle.as_secs_f64());
                }
                CallErrorReason::Os(_) => tracing::warn!("{trouble}"),
            }
            Ok(())
        }
        Err(trouble) => Err(trouble),
    }
}

fn answer(
    connection: &ClientConnection,
    transcript: &Transcript,
    before_waiting: &mut impl FnMut() -> Duration,
    line: &mut LineSoFar,
) -> Result<(), Error> {
    let connection_socket = &connection.socket;
    let mut room = [0; ROOM];
    let mut text = uppercase::UppercaseStream::default();
    let mut capitalized = Vec::new();
    loop {
        // recv() returns what has arrived, which need not be a line, nor end with a whole character.
        let sentence = connection_socket.recv(&mut room, &mut *before_waiting)?;
        connection.is_heard();
        capitalized.clear();
        if sentence.is_empty() {
            text.finish(&mut capitalized);
            return connection_socket.send_all(&capitalized, &mut *before_waiting);
        }
        let end = sentence.iter().position(|&byte| byte == b'\n');
        let (sentence, beyond) = match end {
            Some(end) => sentence.split_at_checked(end + 1).unwrap_or((sentence, &[])),
            None => (sentence, &[][..]),
        };
        text.push(sentence, &mut capitalized);
        // The line's end is not part of its text.
        line.add(sentence.strip_suffix(b"\n").unwrap_or(sentence));
        if end.is_some() {
            line.end();
            line.show(transcript)?;
            connection_socket.send_all(&capitalized, &mut *before_waiting)?;
            // A room filled to the last byte may mean that more waits in the kernel.
            if sentence.len() + beyond.len() == ROOM || !beyond.is_empty() {
                before_waiting();
                discard_rest(connection_socket, beyond.len(), line.client)?;
            }
            return Ok(());
        }
        connection_socket.send_all(&capitalized, &mut *before_waiting)?;
        before_waiting();
        if !connection_socket.wait_readable(PAUSE)? {
            line.show(transcript)?;
            line.warn_once();
        }
    }
}

/// If the socket is closed with unread bytes, the kernel sends a RST, which can overtake the answer (RFC 2525 section 2.17).
/// So the server sends a FIN first, and then reads and discards the client's further bytes for a while.
fn discard_rest(connection_socket: &Socket, mut ignored: usize, client: SocketAddr) -> Result<(), Error> {
    connection_socket.shutdown_sending()?;
    let started = Instant::now();
    let mut room = [0; 4096];
    while ignored < LINGER_BYTES {
        let left = LINGER.saturating_sub(started.elapsed());
        match connection_socket.recv(&mut room, Some(left)) {
            Ok([]) | Err(Error::Call(_)) => break,
            Ok(more) => ignored += more.len(),
            Err(trouble) => return Err(trouble),
        }
    }
    if ignored > 0 {
        tracing::warn!(
            "{client} sent {} after its line: not answered, a connection is for one line",
            counted(ignored as u64, "byte")
        );
    }
    Ok(())
}

/// The line as far as it is kept to be shown.
struct LineSoFar {
    client: SocketAddr,
    kept: Vec<u8>,
    length: u64,
    /// Has anything arrived that was not shown yet? An empty line is something.
    unshown: bool,
    /// Has anything been shown at all?
    shown_before: bool,
    /// Bytes of the line so far, those shown included.
    arrived: u64,
    /// Has it been said that the line has no end yet?
    warned: bool,
}

impl LineSoFar {
    const fn new(client: SocketAddr) -> Self {
        Self {
            client,
            kept: Vec::new(),
            length: 0,
            unshown: false,
            shown_before: false,
            arrived: 0,
            warned: false,
        }
    }

    fn add(&mut self, arrived: &[u8]) {
        self.unshown = true;
        self.arrived += arrived.len() as u64;
        self.length += arrived.len() as u64;
        let room = SHOWN.saturating_sub(self.kept.len());
        self.kept.extend(arrived.iter().take(room));
    }

    /// The line's end has come: a carriage return in front of it belongs to it.
    fn end(&mut self) {
        if self.length == self.kept.len() as u64 && self.kept.last() == Some(&b'\r') {
            self.kept.pop();
            self.length -= 1;
        }
    }

    /// A client that forgets the line's end waits forever, and so does the server: says so, once.
    fn warn_once(&mut self) {
        if !std::mem::replace(&mut self.warned, true) {
            let (client, bytes) = (self.client, counted(self.arrived, "byte"));
            tracing::warn!(
                "no line end yet from {client}, after {bytes}: waiting for a line feed, or for the client to close its direction (FIN)"
            );
        }
    }

    /// Shows what has arrived since the last time, if anything.
    fn show(&mut self, transcript: &Transcript) -> Result<(), Error> {
        if !std::mem::take(&mut self.unshown) {
            return Ok(());
        }
        transcript.received_shortened(self.client, &self.kept, self.length)?;
        self.kept.clear();
        self.length = 0;
        self.shown_before = true;
        Ok(())
    }
}
