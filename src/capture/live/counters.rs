//! What the kernel counts, for every thread that asks.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};

use super::{CaptureStatistics, sys};

/// The counts of one capture. Clones are the same counts.
#[derive(Debug, Clone)]
pub struct Counters(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The capture's socket.
    socket: OwnedFd,
    /// The sums: the kernel starts from 0 again each time that they are asked for. packet(7)
    sums: Mutex<CaptureStatistics>,
}

impl Counters {
    pub(super) fn of(socket: OwnedFd) -> Self {
        let sums = Mutex::default();
        Self(Arc::new(Shared { socket, sums }))
    }

    /// What the kernel has counted so far.
    ///
    /// # Errors
    /// Those of getsockopt(2).
    pub fn read(&self) -> io::Result<CaptureStatistics> {
        let mut sums = self.0.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let (received, dropped) = sys::statistics(self.0.socket.as_fd())?;
        sums.received += u64::from(received);
        sums.dropped += u64::from(dropped);
        Ok(*sums)
    }
}
