//! The size of the pool: how many threads there are, and how many of them are leader or follower.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The number of followers that stay for the next clients: starting a thread takes longer than serving a line.
const SPARE: usize = 8;

/// Counts the threads of the pool.
pub(super) struct PoolSize {
    most: usize,
    counts: Mutex<Counts>,
    /// A thread has become a follower while there was one that watches.
    freed: Condvar,
}

/// Which thread becomes the leader, when the present one has to wait for its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promotion {
    /// A follower.
    Follower,
    /// One that is to be started; it is counted already.
    SpawnWorker,
    /// None: all are processing, and the limit is reached. The caller starts a thread that closes silent connections.
    Full,
    /// The same, and there is such a thread already.
    FullAndWatched,
}

/// May a thread end when there are followers enough?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Retire {
    /// Yes.
    WhenIdle,
    /// No: it is the thread that called [`super::run`].
    Never,
}

struct Counts {
    /// Threads that exist.
    all: usize,
    /// The leader and the followers: those that wait for a connection.
    free: usize,
    /// How often one became free.
    times_freed: u64,
    /// Is there a thread that evicts silent clients while all are processing?
    watched: bool,
}

impl PoolSize {
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

    /// The leader got a connection for which it has to wait: which thread leads now?
    pub(super) fn promote(&self) -> Promotion {
        let mut counts = self.counts();
        counts.free -= 1;
        if counts.free > 0 {
            Promotion::Follower
        } else if counts.all < self.most {
            counts.all += 1;
            counts.free += 1;
            Promotion::SpawnWorker
        } else if std::mem::replace(&mut counts.watched, true) {
            Promotion::FullAndWatched
        } else {
            Promotion::Full
        }
    }

    /// Are all threads processing still? If not, the caller watches no longer.
    pub(super) fn is_full_still(&self) -> bool {
        let mut counts = self.counts();
        counts.watched = counts.free == 0;
        counts.watched
    }

    /// How often a thread has become free so far.
    pub(super) fn times_freed(&self) -> u64 {
        self.counts().times_freed
    }

    /// Waits until the count of free threads exceeds this number, or until the time is over.
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
    pub(super) fn spawn_failed(&self) {
        let mut counts = self.counts();
        counts.all -= 1;
        counts.free -= 1;
    }

    /// A thread has finished its connection. `true`: there are followers enough, and it ends. `false`: it becomes one.
    pub(super) fn retire(&self, retire: Retire) -> bool {
        let mut counts = self.counts();
        let retires = retire == Retire::WhenIdle && counts.free >= SPARE;
        if retires {
            counts.all -= 1;
        } else {
            counts.free += 1;
            counts.times_freed += 1;
            if counts.watched {
                self.freed.notify_all();
            }
        }
        retires
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{PoolSize, Promotion, Retire, SPARE};

    #[test]
    fn there_are_never_more_threads_than_allowed() {
        let pool = PoolSize::new(3);
        // Three connections come and stay: two more threads are started, then none.
        let promoted = [(); 3].map(|()| pool.promote());
        assert_eq!(
            promoted,
            [Promotion::SpawnWorker, Promotion::SpawnWorker, Promotion::Full]
        );
        assert!(!pool.retire(Retire::WhenIdle));
        assert_eq!(pool.promote(), Promotion::FullAndWatched);
        assert!(pool.is_full_still());
        assert!(!pool.retire(Retire::WhenIdle));
        assert!(!pool.is_full_still());
        assert_eq!(pool.promote(), Promotion::Full, "no thread watched any more");
    }

    #[test]
    fn followers_retire_down_to_the_spare_ones() {
        let pool = PoolSize::new(100);
        for _ in 0..50 {
            assert_eq!(pool.promote(), Promotion::SpawnWorker);
        }
        let retired = (0..50).filter(|_| pool.retire(Retire::WhenIdle)).count();
        assert_eq!(retired, 50 - (SPARE - 1), "one was free all the time");
        assert!(!pool.retire(Retire::Never));
    }

    #[test]
    fn a_thread_that_could_not_be_started_is_tried_again() {
        let pool = PoolSize::new(2);
        assert_eq!(pool.promote(), Promotion::SpawnWorker);
        pool.spawn_failed();
        assert!(!pool.retire(Retire::Never));
        assert_eq!(pool.promote(), Promotion::SpawnWorker);
    }
}
