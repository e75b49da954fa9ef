//! What both clients share: the server, the time limit, and the number of lines without an answer.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::error::{CallErrorReason, Error};
use super::socket::Timeout;

/// The server that a client talks to.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its address or name, as the user wrote it.
    pub host: String,
    /// Its port, 1 to 65535.
    pub port: u16,
    /// The addresses of `host`, in the order in which they are tried.
    pub addresses: Vec<SocketAddr>,
    /// How long to wait: for a connection, over all addresses together, and for the next part of a reply.
    pub timeout: Duration,
}

/// How long a client waits without a word.
pub const SILENTLY: Duration = Duration::from_secs(1);

/// A time limit that several addresses share. Each address gets an equal part of the remaining time. An address that refuses at
/// once leaves its part to the addresses after it.
///
/// Browsers do not wait for one address before they try the next (RFC 8305); one after the other is easier to follow.
#[derive(Debug, Clone, Copy)]
pub struct SharedTimeout {
    started: Instant,
    in_all: Duration,
}

impl SharedTimeout {
    /// Starts the clock.
    #[must_use]
    pub fn start(in_all: Duration) -> Self {
        Self {
            started: Instant::now(),
            in_all,
        }
    }

    /// The time for an address when this many addresses, itself included, are left: whole milliseconds, at least one.
    #[must_use]
    pub fn part(&self, addresses: usize) -> Duration {
        let left = self.in_all.saturating_sub(self.started.elapsed());
        let part = left / u32::try_from(addresses).unwrap_or(u32::MAX).max(1);
        // The program's own microseconds are not worth a word: 5 s, and not 4.999987 s.
        let milliseconds = part.as_micros().div_ceil(1000).max(1);
        Duration::from_millis(u64::try_from(milliseconds).unwrap_or(u64::MAX))
    }

    /// How long it has taken.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A wait of this length that says after [`SILENTLY`], once, what it is for.
pub fn announced(in_all: Duration, announce: &mut dyn FnMut()) -> Timeout<'_> {
    Timeout::Announced {
        in_all,
        silently: SILENTLY,
        announce,
    }
}

impl Server {
    /// The error for a name without an address.
    #[must_use]
    pub fn without_address(&self) -> Error {
        Error::UnknownHost {
            host: self.host.clone(),
            why: "the name has no address".into(),
        }
    }
}

/// The outcome of the lines.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct ReplyTally {
    /// Lines without a complete answer.
    pub missing: u64,
}

impl ReplyTally {
    /// Says why a line has no answer.
    pub fn missed(&mut self, why: &Error) {
        self.missing += 1;
        tracing::error!("{why}");
    }

    /// The same, except for an error that is not about one line: the program must quit, or its output has no reader any more.
    ///
    /// # Errors
    /// Such trouble.
    pub fn missed_or(&mut self, trouble: Error) -> Result<(), Error> {
        match trouble {
            Error::Stopped | Error::OutputClosed | Error::Output(_) | Error::Input(_) => Err(trouble),
            why => {
                self.missed(&why);
                Ok(())
            }
        }
    }
}

/// The more informative of two failures at two addresses of one server: a host that refuses exists.
#[must_use]
pub fn more_telling(first: Error, second: Error) -> Error {
    let refused =
        |trouble: &Error| trouble.call_reason().and_then(CallErrorReason::kind) == Some(ErrorKind::ConnectionRefused);
    if !refused(&first) && refused(&second) {
        second
    } else {
        first
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::{CallErrorReason, Duration, Error, Instant, SharedTimeout, more_telling};
    use crate::app::error::CallError;
    use crate::calls::{CallName, Program};

    fn failed(kind: ErrorKind) -> Error {
        Error::Call(CallError {
            program: Program::TcpClient,
            call: CallName::Connect,
            address: None,
            reason: CallErrorReason::Os(io::Error::from(kind)),
            cause: None,
        })
    }

    #[test]
    fn a_refusal_tells_more_than_a_way_that_is_missing() {
        let kind = |trouble: &Error| trouble.call_reason().and_then(CallErrorReason::kind);
        let refused = ErrorKind::ConnectionRefused;
        for (first, second, telling) in [
            (ErrorKind::AddrNotAvailable, refused, refused),
            (refused, ErrorKind::NetworkUnreachable, refused),
            (
                ErrorKind::AddrNotAvailable,
                ErrorKind::NetworkUnreachable,
                ErrorKind::AddrNotAvailable,
            ),
        ] {
            assert_eq!(kind(&more_telling(failed(first), failed(second))), Some(telling));
        }
    }

    #[test]
    fn what_one_address_leaves_goes_to_those_after_it() {
        let seconds = Duration::from_secs;
        let Some(started) = Instant::now().checked_sub(seconds(2)) else {
            return;
        };
        let time = SharedTimeout {
            started,
            in_all: seconds(12),
        };
        let near = |addresses, expected| {
            let part = time.part(addresses);
            assert!(
                part <= expected && part + seconds(1) > expected,
                "{part:?} of {expected:?}"
            );
        };
        near(1, seconds(10));
        near(5, seconds(2));
        let over = SharedTimeout {
            started,
            in_all: seconds(1),
        };
        assert_eq!(over.part(3), Duration::from_millis(1));
        assert_eq!(SharedTimeout::start(seconds(5)).part(1), seconds(5));
    }
}
