//! What belongs to one socket call: what it is given, how long it may wait, what it returns, and its times.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::calls::{Failure, event};
use crate::os::cancel::CancelToken;
use crate::os::errors;
use crate::os::poll::{self, Interest, WaitOutcome};

/// What a call waits for, and how long.
pub(super) type Wait<'a> = Option<(Interest, Timeout<'a>)>;

/// How long a call may wait.
pub enum Timeout<'a> {
    /// This long; `None`: forever.
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

impl Timeout<'_> {
    /// The same for one call of several.
    pub(super) fn once(&mut self) -> Timeout<'_> {
        match self {
            Self::Fixed(patience) => Timeout::Fixed(*patience),
            Self::Asked(ask) => Timeout::Asked(&mut **ask),
            Self::Told { in_all, silently, tell } => Timeout::Told {
                in_all: *in_all,
                silently: *silently,
                tell: &mut **tell,
            },
        }
    }

    /// Waits for the socket for as long as is left.
    pub(super) fn wait(
        &mut self,
        socket: &socket2::Socket,
        interest: Interest,
        stop: &CancelToken,
        left: Option<Duration>,
    ) -> io::Result<WaitOutcome> {
        let wait = |left| poll::wait(socket, interest, stop, left);
        let Self::Told { in_all, silently, tell } = self else {
            return wait(left);
        };
        let left = left.unwrap_or(*in_all);
        if *silently >= left {
            return wait(Some(left));
        }
        match wait(Some(*silently))? {
            WaitOutcome::TimedOut => tell(),
            woken => return Ok(woken),
        }
        wait(Some(left.saturating_sub(*silently)))
    }

    /// Has it answered, for good.
    pub(super) fn ask(&mut self) {
        if let Self::Asked(ask) = self {
            *self = Self::Fixed(Some(ask()));
        }
    }
}

impl From<Option<Duration>> for Timeout<'_> {
    fn from(patience: Option<Duration>) -> Self {
        Self::Fixed(patience)
    }
}

impl<'a, F: FnMut() -> Duration> From<&'a mut F> for Timeout<'a> {
    fn from(ask: &'a mut F) -> Self {
        Self::Asked(ask)
    }
}

/// What a call was given, for the report.
#[derive(Default)]
pub(super) struct CallArgs {
    pub(super) argument: Option<String>,
    pub(super) remote: Option<SocketAddr>,
    pub(super) asked: Option<usize>,
}

impl CallArgs {
    /// Something in words, which are only made when a report wants them.
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
pub(super) struct CallResult {
    pub(super) result: i64,
    pub(super) bytes: Option<usize>,
    pub(super) remote: Option<SocketAddr>,
}

impl CallResult {
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
    pub(super) fn failure(&self) -> Failure {
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
    pub(super) entered: DateTime<Utc>,
    pub(super) returned: DateTime<Utc>,
    pub(super) duration: Duration,
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
    pub(super) fd: i64,
    pub(super) local: Option<SocketAddr>,
}
