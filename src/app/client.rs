//! What both clients have in common: whom they talk to, and how many lines stayed without an answer.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use super::trouble::{Reason, Trouble};

/// The server that a client was told to talk to.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its address or name, as the person wrote it.
    pub host: String,
    /// Its port, 1 to 65535.
    pub port: u16,
    /// The addresses that `host` stands for, in the order in which they are tried.
    pub addresses: Vec<SocketAddr>,
    /// How long to wait: for a connection, and for the next part of a reply.
    pub timeout: Duration,
}

impl Server {
    /// The trouble of a name that stands for no address at all.
    #[must_use]
    pub fn without_address(&self) -> Trouble {
        Trouble::UnknownHost {
            host: self.host.clone(),
            why: "the name has no address".into(),
        }
    }
}

/// How the lines fared.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Answers {
    /// Lines that got no answer, or not a whole one.
    pub missing: u64,
}

impl Answers {
    /// Says why a line has no answer.
    pub fn missed(&mut self, why: &Trouble) {
        self.missing += 1;
        tracing::error!("{why}");
    }

    /// The same, unless the trouble is no line's own: the program was told to quit, or nobody reads its output.
    ///
    /// # Errors
    /// Such trouble.
    pub fn missed_or(&mut self, trouble: Trouble) -> Result<(), Trouble> {
        match trouble {
            Trouble::Stopped | Trouble::OutputClosed | Trouble::Output(_) | Trouble::Input(_) => Err(trouble),
            why => {
                self.missed(&why);
                Ok(())
            }
        }
    }
}

/// Of two failures at two addresses of one server, the one that tells more: somebody who refuses is there.
#[must_use]
pub fn more_telling(first: Trouble, second: Trouble) -> Trouble {
    let refused =
        |trouble: &Trouble| trouble.call_reason().and_then(Reason::kind) == Some(ErrorKind::ConnectionRefused);
    if !refused(&first) && refused(&second) {
        second
    } else {
        first
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind};

    use super::{Reason, Trouble, more_telling};
    use crate::app::trouble::CallTrouble;
    use crate::calls::{Name, Program};

    fn failed(kind: ErrorKind) -> Trouble {
        Trouble::Call(CallTrouble {
            program: Program::TcpClient,
            call: Name::Connect,
            address: None,
            reason: Reason::Os(io::Error::from(kind)),
        })
    }

    #[test]
    fn a_refusal_tells_more_than_a_way_that_is_missing() {
        let kind = |trouble: &Trouble| trouble.call_reason().and_then(Reason::kind);
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
}
