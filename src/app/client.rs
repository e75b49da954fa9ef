//! What both clients have in common: whom they talk to, and how many lines stayed without an answer.

use std::net::SocketAddr;
use std::time::Duration;

use super::trouble::Trouble;

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
