//! How many threads there are, and how many of them are free.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Leave;

/// So many idle threads are kept for the next clients; starting one takes longer than serving a line.
const SPARE: usize = 8;

/// Counts the threads of the server.
pub(super) struct Staff {
    most: usize,
    counts: Mutex<Counts>,
}

struct Counts {
    /// Threads that exist.
    all: usize,
    /// Those that wait for a connection.
    free: usize,
}

impl Staff {
    /// One thread, the caller's, and it is free. At most `most` of them, which is also how many connections there can be.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            most,
            counts: Mutex::new(Counts { all: 1, free: 1 }),
        }
    }

    /// A free thread got a connection. `true`: nobody is free now, and one more may be started (it is counted already).
    pub(super) fn somebody_is_needed_at_the_door(&self) -> bool {
        let mut counts = self.counts();
        counts.free -= 1;
        let needed = counts.free == 0 && counts.all < self.most;
        if needed {
            counts.all += 1;
            counts.free += 1;
        }
        needed
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
        }
        goes
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Leave, SPARE, Staff};

    #[test]
    fn there_are_never_more_threads_than_allowed() {
        let staff = Staff::new(3);
        // Three connections come and stay: two more threads are started, then none.
        let hired = [(); 3].map(|()| staff.somebody_is_needed_at_the_door());
        assert_eq!(hired, [true, true, false]);
        assert!(!staff.goes_home(Leave::WhenIdle));
        assert!(!staff.somebody_is_needed_at_the_door());
    }

    #[test]
    fn idle_threads_leave_down_to_the_spare_ones() {
        let staff = Staff::new(100);
        for _ in 0..50 {
            assert!(staff.somebody_is_needed_at_the_door());
        }
        let gone = (0..50).filter(|_| staff.goes_home(Leave::WhenIdle)).count();
        assert_eq!(gone, 50 - (SPARE - 1), "one was free all the time");
        assert!(!staff.goes_home(Leave::Never));
    }

    #[test]
    fn a_thread_that_could_not_be_started_is_tried_again() {
        let staff = Staff::new(2);
        assert!(staff.somebody_is_needed_at_the_door());
        staff.could_not_come();
        assert!(!staff.goes_home(Leave::Never));
        assert!(staff.somebody_is_needed_at_the_door());
    }
}
