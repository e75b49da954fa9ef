//! Waiting for a descriptor or for the request to quit, whichever comes first. poll(2)

/// What a call waits for before it is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Something to take: data, a connection, the end of the stream, an error.
    Readable,
    /// Room to send, or the end of a connection attempt.
    Writable,
}

/// The token that ends every wait when it is set ([`CancelToken`](super::cancel::CancelToken)).
pub trait Cancellation {
    /// Is it set?
    fn is_set(&self) -> bool;

    /// A descriptor that becomes readable when the token is set, and stays so.
    #[cfg(unix)]
    fn descriptor(&self) -> std::os::fd::BorrowedFd<'_>;
}

/// How a waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitOutcome {
    /// The descriptor is ready.
    Ready,
    /// The program was told to quit.
    Stopped,
    /// The time was over.
    TimedOut,
}

#[cfg(unix)]
pub use unix::{is_readable_before, wait};

#[cfg(not(unix))]
pub use elsewhere::{is_readable_before, wait};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::fd::AsFd;
    use std::time::{Duration, Instant};

    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

    use super::{Cancellation, Interest, WaitOutcome};

    /// Waits until the descriptor is ready, the program is told to quit, or the time is over. poll(2)
    ///
    /// # Errors
    /// Those of poll(2), except for interruptions, after which it waits on.
    pub fn wait(
        descriptor: &impl AsFd,
        interest: Interest,
        cancel: &impl Cancellation,
        timeout: Option<Duration>,
    ) -> io::Result<WaitOutcome> {
        let flags = match interest {
            Interest::Readable => PollFlags::POLLIN,
            Interest::Writable => PollFlags::POLLOUT,
        };
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let timeout = match deadline {
                None => PollTimeout::NONE,
                Some(deadline) => whole_milliseconds(deadline.saturating_duration_since(Instant::now())),
            };
            let mut watched = [
                PollFd::new(descriptor.as_fd(), flags),
                PollFd::new(cancel.descriptor(), PollFlags::POLLIN),
            ];
            match poll(&mut watched, timeout) {
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            }
            let [descriptor_ready, stop_ready] = watched.map(|fd| fd.any().unwrap_or(true));
            if stop_ready {
                return Ok(WaitOutcome::Stopped);
            }
            if descriptor_ready {
                return Ok(WaitOutcome::Ready);
            }
            if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(WaitOutcome::TimedOut);
            }
        }
    }

    /// Waits until either descriptor is readable, the program is told to quit, or the time is over: is it the first? poll(2)
    #[must_use]
    pub fn is_readable_before(
        descriptor: &impl AsFd,
        other: &impl AsFd,
        cancel: &impl Cancellation,
        timeout: Duration,
    ) -> bool {
        let watched = [descriptor.as_fd(), other.as_fd(), cancel.descriptor()];
        let mut watched = watched.map(|watched| PollFd::new(watched, PollFlags::POLLIN));
        let [own, ..] = match poll(&mut watched, whole_milliseconds(timeout)) {
            Ok(_) => watched,
            Err(_) => return false,
        };
        own.any().unwrap_or(true)
    }

    /// poll(2) counts in milliseconds: rounded up, so that it does not return before the deadline and spin. A time past its range is
    /// cut; the caller's loop then waits again.
    fn whole_milliseconds(left: Duration) -> PollTimeout {
        let milliseconds = left.as_micros().div_ceil(1000);
        i32::try_from(milliseconds)
            .ok()
            .and_then(|milliseconds| PollTimeout::try_from(milliseconds).ok())
            .unwrap_or(PollTimeout::MAX)
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::io;
    use std::time::Duration;

    use super::{Cancellation, Interest, WaitOutcome};

    /// How long a waiting call sleeps before it is tried again.
    const SLICE: Duration = Duration::from_millis(10);

    /// Without poll(2): sleeps a little and lets the caller try again.
    ///
    /// # Errors
    /// None.
    pub fn wait<T>(
        _: &T,
        _: Interest,
        cancel: &impl Cancellation,
        timeout: Option<Duration>,
    ) -> io::Result<WaitOutcome> {
        if cancel.is_set() {
            return Ok(WaitOutcome::Stopped);
        }
        match timeout {
            Some(Duration::ZERO) => Ok(WaitOutcome::TimedOut),
            Some(timeout) => {
                std::thread::sleep(SLICE.min(timeout));
                Ok(WaitOutcome::Ready)
            }
            None => {
                std::thread::sleep(SLICE);
                Ok(WaitOutcome::Ready)
            }
        }
    }

    /// Not known here.
    #[must_use]
    pub fn is_readable_before<T>(_: &T, _: &T, _: &impl Cancellation, _: Duration) -> bool {
        false
    }
}
