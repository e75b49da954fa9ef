//! Looking whether there is something to receive, without receiving it.

use std::mem::MaybeUninit;
use std::time::Duration;

use super::Socket;
use super::call::{CallArgs, CallFault, CallResult};
use super::unread::Unread;
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

    /// What is there to receive? Takes no byte of the stream. Makes a call only when there is something: `recv(MSG_PEEK)`.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn unread(&self) -> Result<Unread, Error> {
        if !self.wait_readable(Duration::ZERO)? {
            return Ok(Unread::Nothing);
        }
        let mut room = [MaybeUninit::uninit(); 4096];
        let peeked = self.perform(
            CallName::Recv,
            &CallArgs::argument(|| "MSG_PEEK".to_owned()).to(self.peer),
            None,
            |socket| socket.peek(&mut room),
            |&length| CallResult::bytes(length),
        );
        Ok(match peeked {
            Ok(count @ 1..) => Unread::Bytes(count),
            _ => Unread::End,
        })
    }
}
