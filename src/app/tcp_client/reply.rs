//! The reply to a line: received until its line end, with everything that came, also from a server that is not `tcp-server`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use crate::app::client::announced;
use crate::app::error::{Error, ReplyEnd, ReplyFault};
use crate::app::socket::{Socket, Unread};
use crate::app::transcript::Transcript;
use crate::app::uppercase;
use crate::calls::text::counted;
use crate::escape::printable;

/// Room for one `recv()`.
const ROOM: usize = 65_536;

/// Uppercase has at most three times the bytes of the text ([`crate::app::uppercase::UppercaseStream::push`]).
const LARGEST_GROWTH: u64 = 3;

/// The most that is kept of a reply that is longer than the line can become, in bytes.
const KEPT: u64 = 65_536;

/// The most that is shown of what has no end, or comes after the end, in bytes.
const SHOWN: usize = 100;

/// How long the client leaves the first `close()` to the server, once it has the reply.
const SERVER_CLOSES_FIRST: Duration = Duration::from_millis(200);

/// The most that is read after the reply's line end, in bytes.
const READ_BEYOND: u64 = 1024 * 1024;

/// Stands for the other end in a message, should a socket without one ever get that far.
const NO_ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// What came back for a line.
pub(super) struct Reply {
    /// The bytes of the reply that are to be shown, without the line end.
    text: Vec<u8>,
    /// How many bytes came, the line end not counted.
    length: u64,
    /// What is odd about it, in sentences.
    odd: Vec<String>,
    /// Why it is not whole.
    pub(super) fault: Option<Error>,
    beyond: Beyond,
}

/// What came after the reply's line end.
#[derive(Default)]
struct Beyond {
    bytes: u64,
    start: Vec<u8>,
}

impl Beyond {
    fn add(&mut self, arrived: &[u8]) {
        self.bytes += arrived.len() as u64;
        let room = SHOWN.saturating_sub(self.start.len());
        self.start.extend(arrived.iter().take(room));
    }

    /// The sentence about it, if anything came.
    fn sentence(&self) -> Option<String> {
        let more = if self.bytes > self.start.len() as u64 {
            "…"
        } else {
            ""
        };
        let at_least = if self.bytes >= READ_BEYOND { "at least " } else { "" };
        let bytes = bytes_of(self.bytes);
        (self.bytes > 0).then(|| {
            let start = printable(&self.start);
            format!("{at_least}{bytes} came after the reply's line end: {start}{more}")
        })
    }
}

fn bytes_of(count: u64) -> String {
    counted(count, "byte")
}

/// Says what the client waits for.
fn say_waiting(server: SocketAddr, came: u64, timeout: Duration) {
    let limit = timeout.as_secs_f64();
    if came == 0 {
        tracing::warn!("no reply from {server} yet: waiting for it, {limit} s in all");
    } else {
        let came = bytes_of(came);
        tracing::warn!("no line end yet from {server}, after {came}: waiting for more, {limit} s in all");
    }
}

/// Receives until the line's end, or until the server has finished. `sentence`: the line that was sent, its end included.
///
/// # Errors
/// Nothing came, or the program must quit.
pub(super) fn receive(client_socket: &Socket, sentence: &[u8], timeout: Duration) -> Result<Reply, Error> {
    let server = client_socket.peer().unwrap_or(NO_ADDRESS);
    let sent = sentence.len() as u64;
    let limit = sent.saturating_mul(LARGEST_GROWTH).max(KEPT);
    let (mut room, mut bytes) = (vec![0; ROOM], Vec::new());
    let mut beyond = Beyond::default();
    let mut is_said = false;
    let end = loop {
        let came = bytes.len() as u64;
        let mut announce = || {
            let is_again = std::mem::replace(&mut is_said, true);
            if !is_again {
                say_waiting(server, came, timeout);
            }
        };
        let end = match client_socket.recv(&mut room, announced(timeout, &mut announce)) {
            Ok([]) => ReplyEnd::Closed,
            Ok(arrived) => {
                if let Some(end) = arrived.iter().position(|&byte| byte == b'\n') {
                    let (line, after) = arrived.split_at_checked(end + 1).unwrap_or((arrived, &[]));
                    bytes.extend_from_slice(line);
                    beyond.add(after);
                    break None;
                }
                bytes.extend_from_slice(arrived);
                if bytes.len() as u64 <= limit {
                    continue;
                }
                ReplyEnd::TooLong(limit)
            }
            Err(Error::Call(call)) => ReplyEnd::Failed(call.reason),
            Err(other) => return Err(other),
        };
        break Some(end);
    };
    let came = bytes.len() as u64;
    let mut odd = Vec::new();
    let fault = match end {
        None => None,
        Some(ReplyEnd::Closed) if came > 0 => {
            odd.push(format!(
                "{} and no line end: the server closed the connection after them, so the reply may not be whole",
                bytes_of(came)
            ));
            None
        }
        Some(end) => Some(Error::Reply(ReplyFault {
            server,
            came,
            sent,
            end,
        })),
    };
    if came == 0 {
        if let Some(fault) = fault {
            return Err(fault);
        }
    }
    let longest = sent.saturating_mul(LARGEST_GROWTH);
    if fault.is_none() && came > longest {
        odd.push(format!(
            "the reply has {}, the line in uppercase at most {longest}: a server other than tcp-server",
            bytes_of(came)
        ));
    }
    bytes.truncate(uppercase::without_line_end(&bytes).len());
    let length = bytes.len() as u64;
    if matches!(&fault, Some(Error::Reply(fault)) if matches!(fault.end, ReplyEnd::TooLong(_))) {
        bytes.truncate(SHOWN);
    }
    Ok(Reply {
        text: bytes,
        length,
        odd,
        fault,
        beyond,
    })
}

impl Reply {
    /// Shows it.
    ///
    /// # Errors
    /// As [`Transcript::returned`].
    pub(super) fn show(&self, transcript: &Transcript) -> Result<(), Error> {
        if self.length > self.text.len() as u64 {
            transcript.returned_start(&self.text, self.length)
        } else {
            transcript.returned(&self.text)
        }
    }

    /// What waited in the connection before the line was sent cannot be an answer to it.
    pub(super) fn note_early(&mut self, unread: Unread) {
        if let Unread::Bytes(count) = unread {
            let count = bytes_of(count as u64);
            self.odd.push(format!(
                "the server spoke first: {count} had come before the line was sent, so the reply begins with them"
            ));
        }
    }

    /// Lets the server close first, as it does in the lab. A server that keeps the connection open is not waited for.
    ///
    /// # Errors
    /// The program must quit.
    pub(super) fn await_end(&mut self, client_socket: &Socket) -> Result<(), Error> {
        let started = Instant::now();
        let mut room = [0; 4096];
        while self.beyond.bytes < READ_BEYOND {
            let left = SERVER_CLOSES_FIRST.saturating_sub(started.elapsed());
            match client_socket.recv(&mut room, Some(left)) {
                Ok([]) => break,
                Ok(more) => self.beyond.add(more),
                Err(Error::Stopped) => return Err(Error::Stopped),
                // The reply is there: how the connection ends does not matter any more.
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Says what is odd about a reply that has been shown, in one line.
    pub(super) fn warn(&self, client_socket: &Socket) {
        let server = client_socket.peer().unwrap_or(NO_ADDRESS);
        let all: Vec<String> = self.odd.iter().cloned().chain(self.beyond.sentence()).collect();
        if !all.is_empty() {
            tracing::warn!("recv from {server}: {}", all.join("; "));
        }
    }
}
