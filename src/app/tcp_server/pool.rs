//! How many threads there are, and how many of them are free.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Leave;

/// So many idle threads are kept for the next clients; starting one takes longer than serving a line.
const SPARE: usize = 8;

/// Counts the threads of the server.
pub(super) struct Staff {
    most: usize,
    counts: Mutex<Counts>,
    /// A thread has become idle while there was one that watches.
    freed: Condvar,
}

/// Which thread takes the next connection, when the one in `accept()` has to wait for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Successor {
    /// One that is idle.
    Idle,
    /// One that is to be started; it is counted already.
    Spawn,
    /// None: all are busy, and there may be no more. A thread is to be started that evicts silent clients.
    Full,
    /// The same, and there is such a thread already.
    FullAndWatched,
}

struct Counts {
    /// Threads that exist.
    all: usize,
    /// Those that wait for a connection.
    free: usize,
    /// How often one became free.
    times_freed: u64,
    /// Is there a thread that evicts silent clients while all are busy?
    watched: bool,
}

impl Staff {
    /// One thread, the caller's, and it is free. At most `most` of them, which is also how many connections there can be.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            counts: Mutex::new(Counts {
                all: 1,
                free: 1,
                times_freed: 0,
                watched: false,
            }),
            freed: Condvar::new(),
        }
    }

    /// A free thread got a connection, for which it has to wait: which thread takes the next one?
    pub(super) fn successor(&self) -> Successor {
        let mut counts = self.counts();
        counts.free -= 1;
        if counts.free > 0 {
            Successor::Idle
        } else if counts.all < self.most {
            counts.all += 1;
            counts.free += 1;
            Successor::Spawn
        } else if std::mem::replace(&mut counts.watched, true) {
            Successor::FullAndWatched
        } else {
            Successor::Full
        }
    }

    /// Are all threads busy still? If not, the caller watches no longer.
    pub(super) fn is_full_still(&self) -> bool {
        let mut counts = self.counts();
        counts.watched = counts.free == 0;
        counts.watched
    }

    /// How often a thread has become free so far.
    pub(super) fn times_freed(&self) -> u64 {
        self.counts().times_freed
    }

    /// Waits until threads have become free more often than so many times, or until the time is over.
    pub(super) fn wait_until_freed(&self, times: u64, time: Duration) {
        let counts = self.counts();
        // Which of the two it was is looked at again.
        drop(
            self.freed
                .wait_timeout_while(counts, time, |counts| counts.times_freed == times),
        );
    }

    /// The thread that was to watch could not be started.
    pub(super) fn watch_failed(&self) {
        self.counts().watched = false;
    }

    /// The thread that was counted could not be started.
    pub(super) fn could_not_come(&self) {
        let mut counts = self.counts();
        counts.all -= 1;
        counts.free -= 1;
    }

    /// A thread has finished its connection. `true`: there are idle ones enough, and it may leave.
    pub(super) fn goes_home(&self, leave: Leave) -> bool {
        let mut counts = self.counts();
        let goes = leave == Leave::WhenIdle && counts.free >= SPARE;
        if goes {
            counts.all -= 1;
        } else {
            counts.free += 1;
            counts.times_freed += 1;
            if counts.watched {
                self.freed.notify_all();
            }
        }
        goes
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Leave, SPARE, Staff, Successor};

    #[test]
    fn there_are_never_more_threads_than_allowed() {
        let staff = Staff::new(3);
        // Three connections come and stay: two more threads are started, then none.
        let hired = [(); 3].map(|()| staff.successor());
        assert_eq!(hired, [Successor::Spawn, Successor::Spawn, Successor::Full]);
        assert!(!staff.goes_home(Leave::WhenIdle));
        assert_eq!(staff.successor(), Successor::FullAndWatched);
        assert!(staff.is_full_still());
        assert!(!staff.goes_home(Leave::WhenIdle));
        assert!(!staff.is_full_still());
        assert_eq!(staff.successor(), Successor::Full, "nobody watched any more");
    }

    #[test]
    fn idle_threads_leave_down_to_the_spare_ones() {
        let staff = Staff::new(100);
        for _ in 0..50 {
            assert_eq!(staff.successor(), Successor::Spawn);
        }
        let gone = (0..50).filter(|_| staff.goes_home(Leave::WhenIdle)).count();
        assert_eq!(gone, 50 - (SPARE - 1), "one was free all the time");
        assert!(!staff.goes_home(Leave::Never));
    }

    #[test]
    fn a_thread_that_could_not_be_started_is_tried_again() {
        let staff = Staff::new(2);
        assert_eq!(staff.successor(), Successor::Spawn);
        staff.could_not_come();
        assert!(!staff.goes_home(Leave::Never));
        assert_eq!(staff.successor(), Successor::Spawn);
    }
}
