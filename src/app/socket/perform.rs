//! How every socket call is made: tried, waited for, reported, and named in the error.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::{Family, Socket, sys};
use crate::app::trouble::{CallTrouble, Reason, Trouble};
use crate::calls::{Call, Failure, Name, event};
use crate::os::errors;
use crate::os::poll::{self, Interest, Woken};
use crate::os::stop::Stop;

/// What a call waits for, and how long.
pub(super) type Wait<'a> = Option<(Interest, Patience<'a>)>;

/// How long a call may wait.
pub enum Patience<'a> {
    /// This long; `None`: for ever.
    Fixed(Option<Duration>),
    /// As long as is answered when the call first has to wait; one that need not wait does not ask.
    Asked(&'a mut dyn FnMut() -> Duration),
    /// This long; a call that has waited for `silently` says so meanwhile.
    Told {
        /// How long in all.
        in_all: Duration,
        /// How long without a word.
        silently: Duration,
        /// Says that it takes its time.
        tell: &'a mut dyn FnMut(),
    },
}

impl Patience<'_> {
    /// The same for one call of several.
    pub(super) fn once(&mut self) -> Patience<'_> {
        match self {
            Self::Fixed(patience) => Patience::Fixed(*patience),
            Self::Asked(ask) => Patience::Asked(&mut **ask),
            Self::Told { in_all, silently, tell } => Patience::Told {
                in_all: *in_all,
                silently: *silently,
                tell: &mut **tell,
            },
        }
    }

    /// Waits for the socket for as long as is left.
    fn wait(
        &mut self,
        socket: &socket2::Socket,
        interest: Interest,
        stop: &Stop,
        left: Option<Duration>,
    ) -> io::Result<Woken> {
        let wait = |left| poll::wait(socket, interest, stop, left);
        let Self::Told { in_all, silently, tell } = self else {
            return wait(left);
        };
        let left = left.unwrap_or(*in_all);
        if *silently >= left {
            return wait(Some(left));
        }
        match wait(Some(*silently))? {
            Woken::TimedOut => tell(),
            woken => return Ok(woken),
        }
        wait(Some(left.saturating_sub(*silently)))
    }

    /// Has it answered, once and for all.
    fn ask(&mut self) {
        if let Self::Asked(ask) = self {
            *self = Self::Fixed(Some(ask()));
        }
    }
}

impl From<Option<Duration>> for Patience<'_> {
    fn from(patience: Option<Duration>) -> Self {
        Self::Fixed(patience)
    }
}

impl<'a, F: FnMut() -> Duration> From<&'a mut F> for Patience<'a> {
    fn from(ask: &'a mut F) -> Self {
        Self::Asked(ask)
    }
}

/// What a call was given, for the report.
#[derive(Default)]
pub(super) struct Given {
    argument: Option<String>,
    remote: Option<SocketAddr>,
    asked: Option<usize>,
}

impl Given {
    /// Something in words, which are only made when somebody wants them.
    pub(super) fn argument(argument: impl FnOnce() -> String) -> Self {
        Self {
            argument: event::wanted().then(argument),
            ..Self::default()
        }
    }

    pub(super) fn bytes(count: usize) -> Self {
        Self {
            asked: Some(count),
            ..Self::default()
        }
    }

    pub(super) fn to(self, remote: Option<SocketAddr>) -> Self {
        Self { remote, ..self }
    }
}

/// What a call brought, for the report.
pub(super) struct Brought {
    result: i64,
    bytes: Option<usize>,
    remote: Option<SocketAddr>,
}

impl Brought {
    pub(super) fn result(result: i64) -> Self {
        Self {
            result,
            bytes: None,
            remote: None,
        }
    }

    pub(super) fn bytes(count: usize) -> Self {
        Self {
            bytes: Some(count),
            ..Self::result(i64::try_from(count).unwrap_or(i64::MAX))
        }
    }

    pub(super) fn from(self, remote: SocketAddr) -> Self {
        Self {
            remote: Some(remote),
            ..self
        }
    }
}

/// Why a call brought nothing.
pub(super) enum Unfinished {
    Os(io::Error),
    TimedOut(Duration),
    Stopped,
}

impl Unfinished {
    /// The error in the words of the report.
    fn failure(&self) -> Failure {
        match self {
            Self::Os(error) => Failure {
                name: errors::name(error),
                text: errors::text(error),
            },
            Self::TimedOut(patience) => Failure {
                name: "TIMEOUT".into(),
                text: format!("gave up after {} s", patience.as_secs_f64()),
            },
            Self::Stopped => Failure {
                name: "STOPPED".into(),
                text: "the program was told to quit".into(),
            },
        }
    }
}

/// Takes the times of a call, if anybody wants them.
pub(super) struct Stopwatch {
    entered: DateTime<Utc>,
    started: Instant,
}

/// The times of a call that has returned.
pub(super) struct Times {
    entered: DateTime<Utc>,
    returned: DateTime<Utc>,
    duration: Duration,
}

impl Stopwatch {
    pub(super) fn start() -> Option<Self> {
        event::wanted().then(|| Self {
            entered: Utc::now(),
            started: Instant::now(),
        })
    }

    pub(super) fn stop(self) -> Times {
        Times {
            entered: self.entered,
            duration: self.started.elapsed(),
            returned: Utc::now(),
        }
    }
}

/// The socket as the report names it.
pub(super) struct Identity {
    fd: i64,
    local: Option<SocketAddr>,
}

impl Socket {
    /// Makes a call: tries it, waits as long as it would block, reports it, and names it in the error.
    pub(super) fn perform<T>(
        &self,
        name: Name,
        given: &Given,
        wait: Wait<'_>,
        attempt: impl FnMut(&socket2::Socket) -> io::Result<T>,
        brought: impl FnOnce(&T) -> Brought,
    ) -> Result<T, Trouble> {
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
                Some((interest, Patience::Fixed(patience))) => (*interest, *patience),
                Some((interest, Patience::Told { in_all, .. })) => (*interest, Some(*in_all)),
                Some((_, patience @ Patience::Asked(_))) => {
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
                Woken::Ready => {}
                Woken::Stopped => return Err(Unfinished::Stopped),
                Woken::TimedOut => return Err(Unfinished::TimedOut(patience.unwrap_or_default())),
            }
        }
    }

    pub(super) fn inner(&self) -> Result<&socket2::Socket, Trouble> {
        let gone = || self.trouble(Name::Close, self.peer, Unfinished::Os(ErrorKind::NotConnected.into()));
        self.inner.as_ref().ok_or_else(gone)
    }

    pub(super) fn trouble(&self, call: Name, address: Option<SocketAddr>, unfinished: Unfinished) -> Trouble {
        let reason = match unfinished {
            Unfinished::Stopped => return Trouble::Stopped,
            Unfinished::Os(error) => Reason::Os(error),
            Unfinished::TimedOut(patience) => Reason::TimedOut(patience),
        };
        Trouble::Call(CallTrouble {
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
        given: &Given,
        done: Result<Brought, &Unfinished>,
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
            let done = closed.as_ref().map(|()| Brought::result(0));
            self.report(&stopwatch.stop(), Name::Close, &Given::default(), done, &identity);
        }
    }
}

/// The socket's own address, as its packets have it. getsockname(2)
pub(super) fn own_address(socket: &socket2::Socket) -> io::Result<SocketAddr> {
    let address = socket.local_addr()?;
    Ok(canonical(address.as_socket().ok_or(ErrorKind::InvalidData)?))
}

/// An IPv4 client of an IPv6 socket has the address `::ffff:a.b.c.d` there; its packets have `a.b.c.d`, and so do we.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V6(v6) => match v6.ip().to_ipv4_mapped() {
            Some(v4) => SocketAddr::from((v4, v6.port())),
            None => address,
        },
        SocketAddr::V4(_) => address,
    }
}

/// The other direction: an IPv6 socket wants the address of an IPv4 client as `::ffff:a.b.c.d`.
pub(super) fn in_form_of(family: Family, address: SocketAddr) -> SocketAddr {
    match (family, address) {
        (Family::Inet6, SocketAddr::V4(v4)) => SocketAddr::from((v4.ip().to_ipv6_mapped(), v4.port())),
        _ => address,
    }
}
