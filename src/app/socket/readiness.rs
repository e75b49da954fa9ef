//! Looking whether there is something to receive, without receiving it.

use std::mem::MaybeUninit;
use std::time::Duration;

use super::Socket;
use super::call::{CallArgs, CallFault, CallResult};
use crate::app::error::Error;
use crate::calls::CallName;
use crate::os::poll::{self, Interest, WaitOutcome};

impl Socket {
    /// Waits, without a socket call, until there is something to receive; `false` when `timeout` is over before.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn wait_readable(&self, timeout: Duration) -> Result<bool, Error> {
        let woken = poll::wait(self.inner()?, Interest::Readable, &self.cancel, Some(timeout));
        match woken {
            Ok(WaitOutcome::Ready) => Ok(true),
            Ok(WaitOutcome::TimedOut) => Ok(false),
            Ok(WaitOutcome::Stopped) => Err(Error::Stopped),
            Err(error) => Err(self.trouble(CallName::Recv, self.peer, CallFault::Os(error))),
        }
    }

    /// Waits, without a socket call, for something to receive here or at the other socket; `true` when it is here. `false` also
    /// when `timeout` is over or the program is told to quit.
    #[must_use]
    pub fn is_readable_before(&self, other: &Self, timeout: Duration) -> bool {
        let sockets = self.inner.as_ref().zip(other.inner.as_ref());
        sockets.is_some_and(|(own, other)| poll::is_readable_before(own, other, &self.cancel, timeout))
    }

    /// Has the other end closed or reset the connection unnoticed? Takes no byte of the stream. Makes a call
    /// only when there is something to receive: `recv(MSG_PEEK)`.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn is_finished_by_peer(&self) -> Result<bool, Error> {
        if !self.wait_readable(Duration::ZERO)? {
            return Ok(false);
        }
        let mut one = [MaybeUninit::uninit(); 1];
        let peeked = self.perform(
            CallName::Recv,
            &CallArgs::argument(|| "MSG_PEEK".to_owned()).to(self.peer),
            None,
            |socket| socket.peek(&mut one),
            |&length| CallResult::bytes(length),
        );
        Ok(!matches!(peeked, Ok(1..)))
    }
}
