//! How every socket call is made: tried, waited for, reported, and named in the error.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Instant;

use super::Socket;
use super::address::own_address;
use super::call::{CallArgs, CallFault, CallResult, CallTimer, CallTimes, SocketIdentity, Timeout, Wait};
use super::sys;
use crate::app::error::{CallError, CallErrorReason, Error};
use crate::calls::{Call, CallName, event};
use crate::os::poll::{self, Interest, WaitOutcome};

impl Socket {
    /// Makes a call: tries it, waits as long as it would block, reports it, and names it in the error.
    pub(super) fn perform<T>(
        &self,
        name: CallName,
        given: &CallArgs,
        wait: Wait<'_>,
        attempt: impl FnMut(&socket2::Socket) -> io::Result<T>,
        brought: impl FnOnce(&T) -> CallResult,
    ) -> Result<T, Error> {
        let socket = self.inner()?;
        let call_timer = CallTimer::start();
        let done = self.until_done(socket, wait, attempt);
        if let Some(call_timer) = call_timer {
            let times = call_timer.stop();
            self.report(&times, name, given, done.as_ref().map(brought), &self.identity());
        }
        done.map_err(|fault| self.trouble(name, given.remote.or(self.peer), fault))
    }

    fn until_done<T>(
        &self,
        socket: &socket2::Socket,
        wait: Wait<'_>,
        mut attempt: impl FnMut(&socket2::Socket) -> io::Result<T>,
    ) -> Result<T, CallFault> {
        // Under load a call may never have to wait, so a call that waits for work looks at the token each time.
        if matches!(wait, Some((Interest::Readable, _))) && self.cancel.requested() {
            return Err(CallFault::Stopped);
        }
        let (mut wait, mut deadline) = (wait, None);
        loop {
            let error = match attempt(socket) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => error,
                other => return other.map_err(CallFault::Os),
            };
            let (interest, timeout) = match &mut wait {
                None => return Err(CallFault::Os(error)),
                Some((interest, Timeout::Fixed(timeout))) => (*interest, *timeout),
                Some((interest, Timeout::Announced { in_all, .. })) => (*interest, Some(*in_all)),
                Some((_, timeout @ Timeout::Computed(_))) => {
                    timeout.compute();
                    // What is waited for may have come meanwhile.
                    continue;
                }
            };
            let now = Instant::now();
            deadline = deadline.or_else(|| now.checked_add(timeout?));
            let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
            let woken = match &mut wait {
                Some((_, timeout)) => timeout.wait(socket, interest, &self.cancel, left),
                None => poll::wait(socket, interest, &self.cancel, left),
            };
            match woken.map_err(CallFault::Os)? {
                WaitOutcome::Ready => {}
                WaitOutcome::Stopped => return Err(CallFault::Stopped),
                WaitOutcome::TimedOut => return Err(CallFault::TimedOut(timeout.unwrap_or_default())),
            }
        }
    }

    pub(super) fn inner(&self) -> Result<&socket2::Socket, Error> {
        let gone = || {
            self.trouble(
                CallName::Close,
                self.peer,
                CallFault::Os(ErrorKind::NotConnected.into()),
            )
        };
        self.inner.as_ref().ok_or_else(gone)
    }

    pub(super) fn trouble(&self, call: CallName, address: Option<SocketAddr>, fault: CallFault) -> Error {
        let (reason, cause) = match fault {
            CallFault::Stopped => return Error::Stopped,
            CallFault::Os(error) => {
                let cause = self.cause(call, address, &error).map(Box::new);
                (CallErrorReason::Os(error), cause)
            }
            CallFault::TimedOut(timeout) => (CallErrorReason::TimedOut(timeout), None),
        };
        Error::Call(CallError {
            program: self.program,
            call,
            address,
            reason,
            cause,
        })
    }

    /// Descriptor and address as they are now.
    pub(super) fn identity(&self) -> SocketIdentity {
        let inner = self.inner.as_ref();
        let local = inner.and_then(|socket| own_address(socket).ok());
        SocketIdentity {
            fd: inner.map_or(-1, sys::descriptor),
            // Before bind() or the first sendto() the system says "port 0 of no address": that is not an address.
            local: local.filter(|local| local.port() != 0),
        }
    }

    pub(super) fn report(
        &self,
        times: &CallTimes,
        name: CallName,
        given: &CallArgs,
        done: Result<CallResult, &CallFault>,
        identity: &SocketIdentity,
    ) {
        let (result, bytes, from, error) = match done {
            Ok(brought) => (brought.result, brought.bytes, brought.remote, None),
            Err(fault) => (-1, None, None, Some(fault.failure())),
        };
        event::emit(&Call {
            program: self.program,
            pid: std::process::id(),
            role: self.role,
            socket: self.number,
            fd: identity.fd,
            call: name,
            argument: given.argument.clone(),
            local: identity.local,
            remote: from.or(given.remote).or(self.peer),
            asked: given.asked.map(|asked| asked as u64),
            bytes: bytes.map(|bytes| bytes as u64),
            result,
            error,
            entered: times.entered,
            returned: times.returned,
            duration_ns: u64::try_from(times.duration.as_nanos()).unwrap_or(u64::MAX),
        });
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let identity = event::wanted().then(|| self.identity());
        let Some(inner) = self.inner.take() else { return };
        let call_timer = CallTimer::start();
        let closed = sys::close(inner).map_err(CallFault::Os);
        // A failing close() is reported, and no more can be done about it: the descriptor is gone in any case.
        if let (Some(call_timer), Some(identity)) = (call_timer, identity) {
            let done = closed.as_ref().map(|()| CallResult::result(0));
            self.report(
                &call_timer.stop(),
                CallName::Close,
                &CallArgs::default(),
                done,
                &identity,
            );
        }
    }
}
