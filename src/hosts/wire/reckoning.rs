//! When a frame counts as sent, where the wire has a rate.
//!
//! With a rate, frames wait for each other, and a queue may be full. Which one finds it full must not depend on the microseconds that a
//! computer needs between a frame and its answer. So an answer counts as sent when the frame arrived that it answers.

use std::time::{Duration, Instant};

use crate::hosts::rules::{Effect, Rules};

/// What is sent so long after an arrival counts as an answer to it. A kernel answers in some microseconds, a program in some hundred.
const ANSWER: Duration = Duration::from_millis(1);

/// The last arrival at each end: when it was due, and when it came.
#[derive(Debug, Default)]
pub(super) struct Reckoning {
    has_rate: bool,
    last: [Option<(Instant, Instant)>; 2],
    /// The last time that was said for each end: no frame counts as sent before one that was.
    said: [Option<Instant>; 2],
}

impl Reckoning {
    /// For a wire with these rules.
    pub(super) fn of(rules: &Rules) -> Self {
        let mut effects = rules.rules.iter().map(|rule| &rule.effect);
        Self {
            has_rate: effects.any(|effect| matches!(effect, Effect::Rate(_))),
            ..Self::default()
        }
    }

    /// A frame that was due then arrives at this end now.
    pub(super) fn arrives(&mut self, at: usize, due: Instant) {
        if let Some(last) = self.last.get_mut(at) {
            *last = Some((due, Instant::now()));
        }
    }

    /// When a frame counts as sent that this end sends now.
    pub(super) fn sent(&mut self, from: usize) -> Instant {
        self.counted(from, Instant::now())
    }

    fn counted(&mut self, from: usize, now: Instant) -> Instant {
        if !self.has_rate {
            return now;
        }
        let last = self.last.get(from).copied().flatten();
        let answered = last.filter(|&(_, came)| now.saturating_duration_since(came) <= ANSWER);
        let sent = answered.map_or(now, |(due, _)| due);
        let Some(said) = self.said.get_mut(from) else {
            return sent;
        };
        let sent = said.map_or(sent, |before| before.max(sent));
        *said = Some(sent);
        sent
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Reckoning;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn an_answer_counts_as_sent_when_its_cause_was_due() {
        let mut reckoning = Reckoning::of(&"rate 1Mbit".parse().unwrap());
        let now = Instant::now();
        reckoning.last = [None, Some((now, now + MS(3)))];
        assert_eq!(reckoning.counted(1, now + MS(4)), now);
        // Not an answer any more; and what comes after it is not before it.
        assert_eq!(reckoning.counted(1, now + MS(9)), now + MS(9));
        reckoning.last[1] = Some((now + MS(8), now + MS(10)));
        assert_eq!(reckoning.counted(1, now + MS(10)), now + MS(9));
        assert_eq!(reckoning.counted(0, now + MS(4)), now + MS(4));
    }

    #[test]
    fn without_a_rate_a_frame_counts_as_sent_when_it_is() {
        let mut reckoning = Reckoning::of(&"delay 1ms".parse().unwrap());
        let now = Instant::now();
        reckoning.last = [Some((now, now)), None];
        assert_eq!(reckoning.counted(0, now + MS(1)), now + MS(1));
    }
}
