//! What is missing of a reply over TCP.

use std::fmt;
use std::net::SocketAddr;

use super::call::CallErrorReason;
use super::time::seconds;
use crate::calls::text::counted;
use crate::os::errors;

/// The reply to a line is not whole, or there is none. What came of it has been shown.
#[derive(Debug)]
pub struct ReplyFault {
    /// The server.
    pub server: SocketAddr,
    /// How many bytes of the reply came.
    pub came: u64,
    /// How many bytes the line had, its end included.
    pub sent: u64,
    /// Why no more of it is read.
    pub end: ReplyEnd,
}

/// Why no more of a reply is read, though it has no line end.
#[derive(Debug)]
pub enum ReplyEnd {
    /// The server closed the connection: an orderly end of the stream.
    Closed,
    /// A call failed, or nothing more came in time.
    Failed(CallErrorReason),
    /// More came than is kept: this many bytes.
    TooLong(u64),
}

impl ReplyFault {
    /// Did the server close the connection, or break it off, before any byte of the reply?
    #[must_use]
    pub const fn is_connection_lost(&self) -> bool {
        self.came == 0 && !matches!(self.end, ReplyEnd::Failed(CallErrorReason::TimedOut(_)))
    }
}

fn bytes(count: u64) -> String {
    counted(count, "byte")
}

impl fmt::Display for ReplyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            server,
            came,
            sent,
            end,
        } = self;
        let came_so_far = bytes(*came);
        write!(f, "recv from {server}: ")?;
        match end {
            ReplyEnd::Failed(CallErrorReason::TimedOut(timeout)) if *came == 0 => write!(
                f,
                "no byte of a reply within {}, and the server keeps the connection open; \
                 look whether it waits for more than the line, or allow more with --timeout",
                seconds(*timeout)
            ),
            ReplyEnd::Failed(CallErrorReason::TimedOut(timeout)) => write!(
                f,
                "no line end after {came_so_far}: nothing more came within {}, and the server keeps the connection open; \
                 a server has to end its reply with a line end, or close",
                seconds(*timeout)
            ),
            ReplyEnd::TooLong(limit) => write!(
                f,
                "no line end within {}, of which the beginning is shown: the line in uppercase is shorter; \
                 if that should be tcp-server, check the port",
                bytes(*limit)
            ),
            ReplyEnd::Failed(CallErrorReason::Os(error)) => write!(
                f,
                "the connection broke ({}) after {came_so_far} of the reply, before its line end (the line had {sent}); \
                 type the line again, and look at the server if that repeats",
                errors::text(error)
            ),
            ReplyEnd::Closed => write!(
                f,
                "the server closed the connection after {came_so_far} of the reply, before its line end \
                 (the line had {sent}); type the line again, and look at the server if that repeats"
            ),
        }
    }
}
