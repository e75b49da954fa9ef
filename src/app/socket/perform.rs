//! How every socket call is made: tried, waited for, reported, and named in the error.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Instant;

use super::Socket;
use super::address::own_address;
use super::call::{CallArgs, CallResult, Identity, Stopwatch, Timeout, Times, Unfinished, Wait};
use super::sys;
use crate::app::error::{CallError, Error, Reason};
use crate::calls::{Call, Name, event};
use crate::os::poll::{self, Interest, WaitOutcome};

impl Socket {
    /// Makes a call: tries it, waits as long as it would block, reports it, and names it in the error.
    pub(super) fn perform<T>(
        &self,
        name: Name,
        given: &CallArgs,
        wait: Wait<'_>,
        attempt: impl FnMut(&socket2::Socket) -> io::Result<T>,
        brought: impl FnOnce(&T) -> CallResult,
    ) -> Result<T, Error> {
        let socket = self.inner()?;
        let stopwatch = Stopwatch::start();
        let done = self.until_done(socket, wait, attempt);
        if let Some(stopwatch) = stopwatch {
            let times = stopwatch.stop();
            self.report(&times, name, given, done.as_ref().map(brought), &self.identity());
        }
        done.map_err(|unfinished| self.trouble(name, given.remote.or(self.peer), unfinished))
    }

    fn until_done<T>(
        &self,
        socket: &socket2::Socket,
        wait: Wait<'_>,
        mut attempt: impl FnMut(&socket2::Socket) -> io::Result<T>,
    ) -> Result<T, Unfinished> {
        // Under load a call may never have to wait, so whoever waits for work looks at the mark each time.
        if matches!(wait, Some((Interest::Readable, _))) && self.stop.requested() {
            return Err(Unfinished::Stopped);
        }
        let (mut wait, mut deadline) = (wait, None);
        loop {
            let error = match attempt(socket) {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => error,
                other => return other.map_err(Unfinished::Os),
            };
            let (interest, patience) = match &mut wait {
                None => return Err(Unfinished::Os(error)),
                Some((interest, Timeout::Fixed(patience))) => (*interest, *patience),
                Some((interest, Timeout::Told { in_all, .. })) => (*interest, Some(*in_all)),
                Some((_, patience @ Timeout::Asked(_))) => {
                    patience.ask();
                    // What is waited for may have come meanwhile.
                    continue;
                }
            };
            let now = Instant::now();
            deadline = deadline.or_else(|| now.checked_add(patience?));
            let left = deadline.map(|deadline| deadline.saturating_duration_since(now));
            let woken = match &mut wait {
                Some((_, patience)) => patience.wait(socket, interest, &self.stop, left),
                None => poll::wait(socket, interest, &self.stop, left),
            };
            match woken.map_err(Unfinished::Os)? {
                WaitOutcome::Ready => {}
                WaitOutcome::Stopped => return Err(Unfinished::Stopped),
                WaitOutcome::TimedOut => return Err(Unfinished::TimedOut(patience.unwrap_or_default())),
            }
        }
    }

    pub(super) fn inner(&self) -> Result<&socket2::Socket, Error> {
        let gone = || self.trouble(Name::Close, self.peer, Unfinished::Os(ErrorKind::NotConnected.into()));
        self.inner.as_ref().ok_or_else(gone)
    }

    pub(super) fn trouble(&self, call: Name, address: Option<SocketAddr>, unfinished: Unfinished) -> Error {
        let reason = match unfinished {
            Unfinished::Stopped => return Error::Stopped,
            Unfinished::Os(error) => Reason::Os(error),
            Unfinished::TimedOut(patience) => Reason::TimedOut(patience),
        };
        Error::Call(CallError {
            program: self.program,
            call,
            address,
            reason,
        })
    }

    /// Descriptor and address as they are now.
    pub(super) fn identity(&self) -> Identity {
        let inner = self.inner.as_ref();
        let local = inner.and_then(|socket| own_address(socket).ok());
        Identity {
            fd: inner.map_or(-1, sys::descriptor),
            // Before bind() or the first sendto() the system says "port 0 of no address": that is no address.
            local: local.filter(|local| local.port() != 0),
        }
    }

    pub(super) fn report(
        &self,
        times: &Times,
        name: Name,
        given: &CallArgs,
        done: Result<CallResult, &Unfinished>,
        identity: &Identity,
    ) {
        let (result, bytes, from, error) = match done {
            Ok(brought) => (brought.result, brought.bytes, brought.remote, None),
            Err(unfinished) => (-1, None, None, Some(unfinished.failure())),
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
        let stopwatch = Stopwatch::start();
        let closed = sys::close(inner).map_err(Unfinished::Os);
        // A failing close() is reported, and nobody can do more about it: the descriptor is gone in any case.
        if let (Some(stopwatch), Some(identity)) = (stopwatch, identity) {
            let done = closed.as_ref().map(|()| CallResult::result(0));
            self.report(&stopwatch.stop(), Name::Close, &CallArgs::default(), done, &identity);
        }
    }
}
