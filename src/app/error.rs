//! What went wrong, in one line: the call, the address, the reason, and what to do next.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use crate::calls::{CallName, Program};
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
    /// The TCP connection ended in the middle of the reply, or before it.
    ReplyCut {
        /// The server.
        server: SocketAddr,
        /// How many bytes of the reply came.
        came: u64,
        /// How many bytes the line had, its end included.
        sent: u64,
        /// How it ended; `None` for an orderly end of the stream.
        how: Option<CallErrorReason>,
    },
    /// More came back than a line of this length can become.
    ReplyTooLong {
        /// The server.
        server: SocketAddr,
        /// The most that the line can become, in bytes.
        limit: u64,
    },
}

/// A socket call that did not succeed.
#[derive(Debug)]
pub struct CallError {
    /// Whose call.
    pub program: Program,
    /// Which call.
    pub call: CallName,
    /// The address it was about.
    pub address: Option<SocketAddr>,
    /// Why.
    pub reason: CallErrorReason,
}

/// Why a call did not succeed.
#[derive(Debug)]
pub enum CallErrorReason {
    /// The operating system said so.
    Os(io::Error),
    /// Nothing happened for this long.
    TimedOut(Duration),
}

impl CallErrorReason {
    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Os(error) => Some(error.kind()),
            Self::TimedOut(_) => None,
        }
    }

    /// Did the other end break the connection off?
    #[must_use]
    pub fn is_broken_connection(&self) -> bool {
        matches!(
            self.kind(),
            Some(ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
        )
    }
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
            Self::ReplyCut {
                server,
                came,
                sent,
                how,
            } => {
                match how {
                    Some(CallErrorReason::TimedOut(timeout)) => {
                        write!(f, "recv from {server}: nothing more came within {}", seconds(*timeout))?;
                    }
                    Some(CallErrorReason::Os(error)) => {
                        write!(f, "recv from {server}: the connection broke ({})", errors::text(error))?;
                    }
                    None => write!(f, "recv from {server}: the server closed the connection")?,
                }
                write!(
                    f,
                    " after {came} bytes of the reply, before its line end (the line had {sent}); \
                     type the line again, and look at the server if that repeats"
                )
            }
            Self::ReplyTooLong { server, limit } => write!(
                f,
                "recv from {server}: more came back than the line can become ({limit} bytes); \
                 that is not a tcp-server: check the port"
            ),
        }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = match self.call {
            CallName::Connect => "connect to",
            CallName::Bind => "bind to",
            CallName::Send => "send to",
            CallName::Recv => "recv from",
            CallName::Listen => "listen on",
            CallName::Accept => "accept on",
            other => other.word(),
        };
        let (reason, next) = self.reason_and_next();
        match self.address {
            Some(address) => write!(f, "{call} {address} {reason}; {next}"),
            None => write!(f, "{} {reason}; {next}", self.call),
        }
    }
}

impl CallError {
    /// What happened, and what the user can do about it.
    fn reason_and_next(&self) -> (String, String) {
        let server = match self.program {
            Program::UdpClient | Program::TcpClient => self.program.counterpart(),
            own => own,
        };
        match &self.reason {
            CallErrorReason::TimedOut(timeout) => self.timed_out(*timeout, server),
            CallErrorReason::Os(error) => self.refused_by_system(error, server),
        }
    }

    fn timed_out(&self, timeout: Duration, server: Program) -> (String, String) {
        let timeout = seconds(timeout);
        match self.call {
            CallName::Connect => (
                format!("got no answer within {timeout}"),
                "check the address, that the machine is on, and that no firewall drops the segments".into(),
            ),
            CallName::RecvFrom => (
                format!(
                    "brought no reply within {timeout}: UDP promises no delivery, so the line or its reply may be lost"
                ),
                format!("type it again, and check address, {server} and firewall if that repeats"),
            ),
            _ => (
                format!("made no progress within {timeout}"),
                format!("look whether {server} still runs, or allow more with --timeout"),
            ),
        }
    }

    fn refused_by_system(&self, error: &io::Error, server: Program) -> (String, String) {
        let port = self.address.map_or(0, |address| address.port());
        let (reason, next) = match (self.call, error.kind()) {
            (CallName::Connect, ErrorKind::ConnectionRefused) => (
                "refused: no program listens on that port",
                format!("start {server} first and use the port it prints"),
            ),
            (CallName::RecvFrom | CallName::SendTo, ErrorKind::ConnectionRefused) => (
                "refused: no program listens on that port, says ICMP (port unreachable)",
                format!("start {server} first and use the port it prints"),
            ),
            (_, ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => (
                "failed: there is no way to that address",
                "check the address and this machine's network; on the same machine use 127.0.0.1".into(),
            ),
            (CallName::SendTo, _) if errors::is_too_long(error) => (
                "failed: the line is too long for a datagram",
                "type a shorter one: at most 65507 bytes over IPv4".into(),
            ),
            (_, ErrorKind::InvalidInput) if is_of_one_link(self.address) => (
                "failed: that address holds on one link only, and it does not say which",
                "write the interface behind it, as in fe80::1%eth0".into(),
            ),
            (CallName::Bind, ErrorKind::AddrInUse) => (
                "failed: another program has that port",
                "take another with -p, or leave -p out, or end that program".into(),
            ),
            (CallName::Bind, ErrorKind::PermissionDenied) if port < 1024 => (
                "not permitted: ports below 1024 are for the administrator",
                "take a port from 1024 to 65535, or leave -p out".into(),
            ),
            (CallName::Bind, ErrorKind::AddrNotAvailable) => (
                "failed: no interface of this machine has that address",
                "take one that it has, or leave --bind out for all of them".into(),
            ),
            (CallName::SendTo | CallName::Connect, ErrorKind::AddrNotAvailable) => (
                "failed: this machine has no free port, or no address, to send from",
                "wait a minute for ports to come back, and check the address".into(),
            ),
            (CallName::SendTo | CallName::Connect, ErrorKind::PermissionDenied) => (
                "not permitted: it is a broadcast address, or a firewall rule of this machine forbids it",
                "use the serverIP that the server prints".into(),
            ),
            (CallName::Socket | CallName::Accept, _) if errors::is_exhaustion(error) => (
                "failed: too many open files or too little memory",
                "allow more with 'ulimit -n', or end other programs".into(),
            ),
            (CallName::Send | CallName::Recv, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe)
                if self.program == Program::TcpServer =>
            {
                (
                    "failed: the client broke the connection off",
                    "nothing is to be done here".into(),
                )
            }
            (CallName::Send | CallName::Recv, ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => (
                "failed: the other end broke the connection off",
                format!("look whether {server} still runs, and type the line again"),
            ),
            _ => {
                let next = "run it with -v to see every socket call".into();
                return (format!("failed: {}", errors::text(error)), next);
            }
        };
        (reason.into(), next)
    }
}

/// An IPv6 address of the kind that every interface has for itself. RFC 4007
fn is_of_one_link(address: Option<SocketAddr>) -> bool {
    matches!(address, Some(SocketAddr::V6(v6)) if v6.ip().is_unicast_link_local() && v6.scope_id() == 0)
}

impl From<LineError> for Error {
    fn from(why: LineError) -> Self {
        match why {
            LineError::Stopped => Self::Stopped,
            LineError::Failed(error) => Self::Input(error),
        }
    }
}

/// `5 s`, `0.5 s`.
fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests;
