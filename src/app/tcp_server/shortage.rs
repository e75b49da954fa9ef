//! When it is worth a warning that all connections are taken and other clients wait.

use std::time::{Duration, Instant};

/// Clients have to wait for this long before there is a warning: one that connects just when another is served waits for
/// microseconds, and nothing has to be closed for it.
const WARN_AFTER: Duration = Duration::from_millis(100);

/// Two observations this far apart, or less, belong together: while a client waits, the thread that watches looks more often.
const SAME_SHORTAGE: Duration = Duration::from_millis(200);

/// If no client has had to wait for this long, the next one that waits causes the warning again.
const WARN_AGAIN_AFTER: Duration = Duration::from_secs(10);

/// What was observed of clients that wait while all connections are taken.
#[derive(Default)]
pub(super) struct Shortage {
    /// Since when a client has been waiting, whichever it was, and when that was seen last.
    waiting: Option<(Instant, Instant)>,
    /// When the last one waited of which there was a warning.
    warned: Option<Instant>,
}

impl Shortage {
    /// No client waits.
    pub(super) const fn none_waits(&mut self) {
        self.waiting = None;
    }

    /// A client waits at this time. `true`: that is to be said now.
    pub(super) fn one_waits(&mut self, now: Instant) -> bool {
        let since = match self.waiting {
            Some((since, seen)) if now.duration_since(seen) <= SAME_SHORTAGE => since,
            _ => now,
        };
        self.waiting = Some((since, now));
        now.duration_since(since) >= WARN_AFTER && self.one_is_closed(now)
    }

    /// A connection is closed for a client that waits. `true`: that is to be said now.
    pub(super) fn one_is_closed(&mut self, now: Instant) -> bool {
        let before = self.warned.replace(now);
        before.is_none_or(|before| now.duration_since(before) >= WARN_AGAIN_AFTER)
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Shortage};

    /// At these milliseconds a client waits (`true`) or none does: when there is a warning.
    fn warnings(observed: &[(u64, bool)]) -> Vec<u64> {
        let start = Instant::now();
        let mut shortage = Shortage::default();
        let mut said = Vec::new();
        for &(milliseconds, waits) in observed {
            if !waits {
                shortage.none_waits();
            } else if shortage.one_waits(start + Duration::from_millis(milliseconds)) {
                said.push(milliseconds);
            }
        }
        said
    }

    #[test]
    fn a_client_that_waits_for_a_moment_is_no_shortage() {
        let one = [(0, true), (50, false), (120, true), (160, false)];
        assert!(warnings(&one).is_empty());
        let three_clients_one_after_the_other = [(0, true), (1000, true), (2000, true)];
        assert!(warnings(&three_clients_one_after_the_other).is_empty());
    }

    #[test]
    fn it_is_said_once_while_clients_wait() {
        let all_the_time: Vec<_> = (0..30_000).step_by(60).map(|at| (at, true)).collect();
        assert_eq!(warnings(&all_the_time), [120]);
    }

    #[test]
    fn it_is_said_again_after_a_time_without() {
        let pauses = [(0, true), (100, true), (150, false), (5000, true), (5100, true)];
        assert_eq!(warnings(&pauses), [100]);
        let longer = [(0, true), (100, true), (150, false), (11_000, true), (11_100, true)];
        assert_eq!(warnings(&longer), [100, 11_100]);
    }
}
