//! Warnings that senders can cause: as many as a user can read, however many datagrams come.

use std::time::{Duration, Instant};

/// Number of warnings in this time.
const MOST: u32 = 20;
const WITHIN: Duration = Duration::from_secs(30);

/// What is added to the last of them.
const LAST: &str = " (no more of these warnings within 30 s)";

/// Counts the warnings.
#[derive(Default)]
pub(super) struct Warnings {
    since: Option<Instant>,
    given: u32,
}

impl Warnings {
    /// Warns, unless there were too many already.
    pub(super) fn say(&mut self, text: impl FnOnce() -> String) {
        self.say_at(Instant::now(), text);
    }

    /// The same when the time is known.
    pub(super) fn say_at(&mut self, now: Instant, text: impl FnOnce() -> String) {
        if let Some(more) = self.next(now) {
            tracing::warn!("{}{more}", text());
        }
    }

    /// May one more be said? Then with what is to be added to it.
    fn next(&mut self, now: Instant) -> Option<&'static str> {
        if self
            .since
            .is_none_or(|since| now.saturating_duration_since(since) >= WITHIN)
        {
            (self.since, self.given) = (Some(now), 0);
        }
        self.given = self.given.saturating_add(1);
        match self.given {
            ..MOST => Some(""),
            MOST => Some(LAST),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Instant, LAST, MOST, WITHIN, Warnings};

    #[test]
    fn forged_senders_do_not_fill_the_log() {
        let (mut warnings, now) = (Warnings::default(), Instant::now());
        let given: Vec<&str> = (0..10_000).filter_map(|_| warnings.next(now)).collect();
        assert_eq!(given.len(), MOST as usize);
        assert_eq!(given.iter().position(|&more| more == LAST), Some(given.len() - 1));
        assert_eq!(warnings.next(now + WITHIN / 2), None);
        assert_eq!(warnings.next(now + WITHIN), Some(""));
    }
}
