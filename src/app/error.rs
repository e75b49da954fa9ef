//! What went wrong, in one line: the call, the address, the reason, and what to do next.

mod call;
mod cause;
mod reply;
mod time;

use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

pub use self::call::{CallError, CallErrorReason};
pub use self::cause::{Cause, IcmpReport};
pub use self::reply::{ReplyEnd, ReplyFault};
use self::time::seconds;
use crate::escape::printable;
use crate::os::errors;
use crate::os::keyboard::LineError;

/// Why a program, or one line of a client, could not go on.
#[derive(Debug)]
pub enum Error {
    /// Told to quit. No error: it travels the same way so that every `?` on the path lets go.
    Stopped,
    /// The reader of standard output is gone (`| head`). No error either.
    OutputClosed,
    /// Standard output cannot be written.
    Output(io::Error),
    /// Standard input cannot be read.
    Input(io::Error),
    /// The system starts no further thread.
    Thread(io::Error),
    /// A socket call failed.
    Call(CallError),
    /// None of the addresses of a name took the connection.
    NoConnection {
        /// The name, as the user wrote it.
        host: String,
        /// How many addresses it has.
        addresses: usize,
        /// How long all of them had together.
        within: Duration,
        /// The failure that says most.
        telling: CallError,
    },
    /// The look-up of a host name took too long.
    LookUpTimedOut {
        /// The name, as the user wrote it.
        host: String,
        /// How long it was waited for.
        within: Duration,
    },
    /// Root's rights cannot be given up.
    Rights(String),
    /// The host name has no address.
    UnknownHost {
        /// As the user wrote it.
        host: String,
        /// What the resolver says.
        why: String,
    },
    /// The line is longer than can be sent.
    LineTooLong {
        /// Its bytes.
        length: u64,
        /// The most that can be sent.
        limit: u64,
        /// What sets the limit.
        because: &'static str,
    },
    /// Of the reply to a line something is missing, or all of it.
    Reply(ReplyFault),
}

impl Error {
    /// The reason, when it is a socket call that failed.
    #[must_use]
    pub fn call_reason(&self) -> Option<&CallErrorReason> {
        match self {
            Self::Call(trouble) => Some(&trouble.reason),
            _ => None,
        }
    }

    /// Does the same attempt make sense again when something else has ended? (Descriptors or memory ran out.)
    #[must_use]
    pub fn is_exhaustion(&self) -> bool {
        matches!(self.call_reason(), Some(CallErrorReason::Os(error)) if errors::is_exhaustion(error))
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("told to quit"),
            Self::OutputClosed => f.write_str("the reader of standard output has left"),
            Self::Output(error) if error.kind() == ErrorKind::FileTooLarge => write!(
                f,
                "writing standard output failed: {}; lift the limit with 'ulimit -f unlimited', or give it another place",
                errors::text(error)
            ),
            Self::Output(error) => write!(
                f,
                "writing standard output failed: {}; give it somewhere with room",
                errors::text(error)
            ),
            Self::Input(error) if errors::is_exhaustion(error) => write!(
                f,
                "reading standard input failed: {}; allow more with 'ulimit -n'",
                errors::text(error)
            ),
            Self::Input(error) => write!(
                f,
                "reading standard input failed: {}; start the program in a terminal, or give it a file or a pipe",
                errors::text(error)
            ),
            Self::Thread(error) => write!(
                f,
                "starting a thread failed: {}; allow more with 'ulimit -u' and 'ulimit -v'",
                errors::text(error)
            ),
            Self::Call(trouble) => trouble.fmt(f),
            Self::Rights(line) => f.write_str(line),
            Self::UnknownHost { host, .. } if with_port(host).is_some() => {
                let (address, port) = with_port(host).unwrap_or_default();
                write!(
                    f,
                    "'{}' is an address and a port: the address is {}; type -p {} for the port",
                    printable(host.as_bytes()),
                    printable(address.as_bytes()),
                    printable(port.as_bytes())
                )
            }
            Self::UnknownHost { host, why } => write!(
                f,
                "'{}' is neither an address nor the name of a known host ({}); use the serverIP that the server prints",
                printable(host.as_bytes()),
                printable(why.as_bytes())
            ),
            Self::NoConnection {
                host,
                addresses,
                within,
                telling,
            } => write!(
                f,
                "no connection within {}: '{}' has {addresses} addresses, and none took it; {telling}, \
                 or allow more with --timeout",
                seconds(*within),
                printable(host.as_bytes())
            ),
            Self::LookUpTimedOut { host, within } => write!(
                f,
                "the look-up of '{}' brought no answer within {}: no name server answers; \
                 use an address, such as the serverIP that the server prints, or allow more with --timeout",
                printable(host.as_bytes()),
                seconds(*within)
            ),
            Self::LineTooLong { length, limit, because } => write!(
                f,
                "the line has {length} bytes, {because} at most {limit}: nothing was sent; type a shorter one"
            ),
            Self::Reply(fault) => fault.fmt(f),
        }
    }
}

/// `192.0.2.1:80`, `[2001:db8::1]:80`, `name:80`, and the servers' `192.0.2.1#80`: address and port.
fn with_port(host: &str) -> Option<(&str, &str)> {
    let (address, port) = host.rsplit_once([':', '#'])?;
    port.parse::<u16>().ok()?;
    let address = address.trim_start_matches('[').trim_end_matches(']');
    let is_plain = !address.is_empty() && !address.contains('/');
    is_plain.then_some((address, port))
}

impl From<LineError> for Error {
    fn from(why: LineError) -> Self {
        match why {
            LineError::Stopped => Self::Stopped,
            LineError::Failed(error) => Self::Input(error),
        }
    }
}

#[cfg(test)]
mod tests;
