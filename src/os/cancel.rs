//! Ctrl+Z, Ctrl+C, SIGTERM and SIGHUP: the requests to quit.
//!
//! The classic scripts say "Press Ctrl+Z to quit", but Ctrl+Z only suspends them: the port stays taken, and clients that
//! still connect hang. Here the four signals set a [`CancelToken`], and every waiting call checks it: before it waits, and
//! by also waiting for the token's descriptor. So no call keeps waiting, and none is interrupted halfway.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::poll::Cancellation;
#[cfg(unix)]
use super::poll::{Interest, wait};

/// The exit status of a program that a signal ended before everything was whole.
pub const ENDED: i32 = 1;

/// A token that, once set, ends every waiting call with "stopped". Clones are the same token.
#[derive(Debug, Clone)]
pub struct CancelToken {
    requested: Arc<AtomicBool>,
    /// A signal ends the process at once.
    at_once: Arc<AtomicBool>,
    #[cfg(unix)]
    pipe: Arc<unix::Pipe>,
}

impl CancelToken {
    /// A token that is not set.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            requested: Arc::new(AtomicBool::new(false)),
            at_once: Arc::new(AtomicBool::new(false)),
            #[cfg(unix)]
            pipe: Arc::new(unix::Pipe::new()?),
        })
    }

    /// A token that SIGTSTP (Ctrl+Z), SIGINT (Ctrl+C), SIGTERM and SIGHUP (the terminal is gone) set, signal(7). A SIGHUP that is
    /// ignored when the program starts stays so: that is what nohup(1) is for. Where there are no such signals, nothing sets the
    /// token, and Ctrl+C ends the program in the system's way.
    ///
    /// # Errors
    /// When the process may open no more files.
    pub fn on_signals() -> io::Result<Self> {
        let cancel = Self::new()?;
        #[cfg(unix)]
        unix::watch_signals(&cancel)?;
        Ok(cancel)
    }

    /// From now on, or no longer, one of the signals ends the process at once, with exit status [`ENDED`]: for calls that
    /// may not return, while there is nothing to lose and no thread may be started that would watch them.
    pub fn end_at_once(&self, yes: bool) {
        self.at_once.store(yes, Ordering::SeqCst);
    }

    /// How many of the signals have come, 16 at most. Those of one kind that come together may count as one, signal(7).
    #[cfg(unix)]
    #[must_use]
    pub fn signals(&self) -> usize {
        self.pipe.signals()
    }

    /// Sets the token, as the signals do.
    pub fn request(&self) {
        self.requested.store(true, Ordering::SeqCst);
        #[cfg(unix)]
        self.pipe.write();
    }

    /// Waits until it is set.
    pub fn wait(&self) {
        while !self.requested() {
            // Waits for the token's descriptor twice, because `wait` takes two: both wake at once.
            #[cfg(unix)]
            let woken = wait(&self.descriptor(), Interest::Readable, self, None).is_ok();
            #[cfg(not(unix))]
            let woken = false;
            if !woken {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// Is it set?
    #[must_use]
    pub fn requested(&self) -> bool {
        self.requested.load(Ordering::SeqCst)
    }
}

impl Cancellation for CancelToken {
    fn is_set(&self) -> bool {
        self.requested()
    }

    #[cfg(unix)]
    fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        self.pipe.reader()
    }
}

#[cfg(unix)]
mod unix {
    use std::io::{self, Write};
    use std::os::fd::{AsFd, AsRawFd as _, BorrowedFd};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use nix::sys::socket::{MsgFlags, recv};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGTSTP};

    use super::super::descriptors::out_of_the_way;
    use super::super::sys::ignores_hang_up;
    use super::{CancelToken, ENDED};

    /// What [`CancelToken::request`] writes; signals write another byte.
    const REQUEST: u8 = b'!';

    /// A byte written into it stays there, so that the reading end is ready for every thread that waits.
    #[derive(Debug)]
    pub(super) struct Pipe {
        reader: UnixStream,
        writer: UnixStream,
        signals: AtomicUsize,
    }

    impl Pipe {
        pub(super) fn new() -> io::Result<Self> {
            let (reader, writer) = UnixStream::pair()?;
            let (reader, writer) = (out_of_the_way(reader.into()), out_of_the_way(writer.into()));
            let (reader, writer) = (UnixStream::from(reader), UnixStream::from(writer));
            writer.set_nonblocking(true)?;
            Ok(Self {
                reader,
                writer,
                signals: AtomicUsize::new(0),
            })
        }

        pub(super) fn reader(&self) -> BorrowedFd<'_> {
            self.reader.as_fd()
        }

        pub(super) fn write(&self) {
            // When it is full it is ready to read, which is all that is wanted.
            let _ = (&self.writer).write(&[REQUEST]);
        }

        /// How many bytes in it are those of signals.
        pub(super) fn signals(&self) -> usize {
            let mut bytes = [REQUEST; 16];
            let there = recv(
                self.reader.as_raw_fd(),
                &mut bytes,
                MsgFlags::MSG_PEEK | MsgFlags::MSG_DONTWAIT,
            );
            let there = bytes.get(..there.unwrap_or(0)).unwrap_or_default();
            let count = there.iter().filter(|&&byte| byte != REQUEST).count();
            // The call may have failed for a reason that passes: no count is ever less than the one before.
            self.signals.fetch_max(count, Ordering::Relaxed).max(count)
        }
    }

    /// The signals that mean "quit".
    fn quitting() -> impl Iterator<Item = i32> {
        let hup = (!ignores_hang_up()).then_some(SIGHUP);
        [SIGTSTP, SIGINT, SIGTERM].into_iter().chain(hup)
    }

    pub(super) fn watch_signals(cancel: &CancelToken) -> io::Result<()> {
        for signal in quitting() {
            signal_hook::flag::register_conditional_shutdown(signal, ENDED, Arc::clone(&cancel.at_once))?;
            // The flag first: the thread that the pipe wakes must find it set.
            signal_hook::flag::register(signal, Arc::clone(&cancel.requested))?;
            let writer = out_of_the_way(cancel.pipe.writer.try_clone()?.into());
            signal_hook::low_level::pipe::register(signal, writer)?;
        }
        Ok(())
    }
}

/// From now on, this thread and those that it starts do not get the signals that mean "quit", and SIGUSR1;
/// `pthread_sigmask(3)`.
///
/// The kernel gives a signal of the process to its main thread if it may, also while that waits for a disk that does not answer.
/// Such a wait ends by SIGKILL alone, so the handler would never run. In a thread that only watches it does.
#[cfg(unix)]
pub fn leave_signals_to_others() {
    use nix::sys::signal::{SigSet, Signal};
    let signals = [
        Signal::SIGTSTP,
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGUSR1,
    ];
    // It fails for numbers that are not signals.
    let _ = signals.into_iter().collect::<SigSet>().thread_block();
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::poll::{self, Interest, WaitOutcome};
    use super::CancelToken;

    #[test]
    fn a_request_wakes_whoever_waits_and_stays() {
        let cancel = CancelToken::new().unwrap();
        let (silent, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let timeout = Some(Duration::from_millis(1));
        let wait = |timeout| poll::wait(&silent, Interest::Readable, &cancel, timeout).unwrap();
        assert_eq!(wait(timeout), WaitOutcome::TimedOut);
        assert!(!cancel.requested());
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| wait(None));
            cancel.clone().request();
            assert_eq!(waiting.join().unwrap(), WaitOutcome::Stopped);
        });
        assert!(cancel.requested());
        assert_eq!(wait(None), WaitOutcome::Stopped);
    }
}
