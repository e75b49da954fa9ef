//! What belongs to one socket call: what it is given, how long it may wait, what it returns, and its times.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::calls::{CallFailure, event};
use crate::os::cancel::CancelToken;
use crate::os::errors;
use crate::os::poll::{self, Interest, WaitOutcome};

/// What a call waits for, and how long.
pub(super) type Wait<'a> = Option<(Interest, Timeout<'a>)>;

/// How long a call may wait.
pub enum Timeout<'a> {
    /// This long; `None`: forever.
    Fixed(Option<Duration>),
    /// Computed when the call first has to wait; a call that need not wait does not compute it.
    Computed(&'a mut dyn FnMut() -> Duration),
    /// This long; a call that has waited for `silently` says so meanwhile.
    Announced {
        /// How long in all.
        in_all: Duration,
        /// How long without a word.
        silently: Duration,
        /// Says that it takes its time.
        announce: &'a mut dyn FnMut(),
    },
}

/// A wait that has no more than this left is not announced: its end says the same.
const NEARLY_OVER: Duration = Duration::from_millis(500);

impl Timeout<'_> {
    /// The same for one call of several.
    pub(super) fn once(&mut self) -> Timeout<'_> {
        match self {
            Self::Fixed(timeout) => Timeout::Fixed(*timeout),
            Self::Computed(ask) => Timeout::Computed(&mut **ask),
            Self::Announced {
                in_all,
                silently,
                announce,
            } => Timeout::Announced {
                in_all: *in_all,
                silently: *silently,
                announce: &mut **announce,
            },
        }
    }

    /// Waits for the socket for as long as is left.
    pub(super) fn wait(
        &mut self,
        socket: &socket2::Socket,
        interest: Interest,
        cancel: &CancelToken,
        left: Option<Duration>,
    ) -> io::Result<WaitOutcome> {
        let wait = |left| poll::wait(socket, interest, cancel, left);
        let Self::Announced {
            in_all,
            silently,
            announce,
        } = self
        else {
            return wait(left);
        };
        let left = left.unwrap_or(*in_all);
        if silently.saturating_add(NEARLY_OVER) >= left {
            return wait(Some(left));
        }
        match wait(Some(*silently))? {
            WaitOutcome::TimedOut => announce(),
            woken => return Ok(woken),
        }
        wait(Some(left.saturating_sub(*silently)))
    }

    /// Computes the timeout, only once for every call.
    pub(super) fn compute(&mut self) {
        if let Self::Computed(ask) = self {
            *self = Self::Fixed(Some(ask()));
        }
    }
}

impl From<Option<Duration>> for Timeout<'_> {
    fn from(timeout: Option<Duration>) -> Self {
        Self::Fixed(timeout)
    }
}

impl<'a, F: FnMut() -> Duration> From<&'a mut F> for Timeout<'a> {
    fn from(ask: &'a mut F) -> Self {
        Self::Computed(ask)
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
    /// Something in words, which are only made when a report needs them.
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
pub(super) enum CallFault {
    Os(io::Error),
    TimedOut(Duration),
    Stopped,
}

impl CallFault {
    /// The error in the words of the report.
    pub(super) fn failure(&self) -> CallFailure {
        match self {
            Self::Os(error) => CallFailure {
                name: errors::name(error),
                text: errors::text(error),
            },
            Self::TimedOut(timeout) => CallFailure {
                name: "TIMEOUT".into(),
                text: format!("gave up after {} s", timeout.as_secs_f64()),
            },
            Self::Stopped => CallFailure {
                name: "STOPPED".into(),
                text: "the program was told to quit".into(),
            },
        }
    }
}

/// Takes the times of a call, if they are wanted.
pub(super) struct CallTimer {
    entered: DateTime<Utc>,
    started: Instant,
}

/// The times of a call that has returned.
pub(super) struct CallTimes {
    pub(super) entered: DateTime<Utc>,
    pub(super) returned: DateTime<Utc>,
    pub(super) duration: Duration,
}

impl CallTimer {
    pub(super) fn start() -> Option<Self> {
        event::wanted().then(|| Self {
            entered: Utc::now(),
            started: Instant::now(),
        })
    }

    pub(super) fn stop(self) -> CallTimes {
        CallTimes {
            entered: self.entered,
            duration: self.started.elapsed(),
            returned: Utc::now(),
        }
    }
}

/// The socket as the report names it.
pub(super) struct SocketIdentity {
    pub(super) fd: i64,
    pub(super) local: Option<SocketAddr>,
}
