//! What becomes of a frame, by the rules.

use std::time::Duration;

use super::rule::{Action, Effect, Rule, Rules, Sending, Which};
use crate::explain::count;
use crate::flow::Party;
use crate::hosts::random::Random;
use crate::hosts::seen::{FrameCounter, SeenFrame};

/// What becomes of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What the frame is.
    pub seen: SeenFrame,
    /// The rules that were applied to it, by their places in the list, from 0.
    pub applied: Vec<usize>,
    /// What leaves the rules for the wire: nothing where it was lost, several copies where it was repeated.
    pub copies: Vec<Copy>,
}

/// A copy of a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copy {
    /// It comes so much later than it would.
    pub later: Duration,
    /// May others overtake it?
    pub held: bool,
    /// Is the last bit of its last byte changed?
    pub corrupted: bool,
}

/// The rules while they are applied.
#[derive(Debug)]
pub struct RuleState {
    rules: Rules,
    counter: FrameCounter,
    /// How often each rule was applied.
    used: Vec<u64>,
    random: Random,
}

impl RuleState {
    /// Rules with the seed for those that have a chance.
    #[must_use]
    pub fn new(rules: Rules, seed: u64) -> Self {
        let used = vec![0; rules.rules.len()];
        Self {
            rules,
            counter: FrameCounter::default(),
            used,
            random: Random::of(seed),
        }
    }

    /// What becomes of the frame that this end sends now. It begins with its Ethernet header.
    pub fn decide(&mut self, from: Party, frame: &[u8]) -> Decision {
        let seen = self.counter.see(from, frame);
        let mut decision = Decision {
            seen,
            applied: Vec::new(),
            copies: vec![Copy::default()],
        };
        for (index, rule) in self.rules.rules.iter().enumerate() {
            let Effect::Action(action, which) = &rule.effect else {
                continue;
            };
            if rule.from.is_some_and(|end| end != from) || !which.is(&decision.seen) {
                continue;
            }
            // A chance is drawn for each frame that fits, so that what is drawn later stays the same.
            let drawn = self.random.below(1_000_000);
            #[expect(clippy::cast_precision_loss, reason = "it is below a million")]
            if (drawn as f64) >= which.percent * 10_000.0 {
                continue;
            }
            decision.applied.push(index);
            if let Some(used) = self.used.get_mut(index) {
                *used += 1;
            }
            match *action {
                Action::Lose => {
                    decision.copies.clear();
                    break;
                }
                Action::Corrupt => decision.copies.iter_mut().for_each(|copy| copy.corrupted = true),
                Action::Repeat(later) => {
                    let again = decision.copies.last().copied().unwrap_or_default();
                    decision.copies.push(Copy {
                        later: again.later + later,
                        // A copy that comes at once stays behind the first one.
                        held: again.held || !later.is_zero(),
                        ..again
                    });
                }
                Action::Hold(later) => {
                    for copy in &mut decision.copies {
                        copy.later += later;
                        copy.held = true;
                    }
                }
            }
        }
        decision
    }

    /// A sentence for each rule that was never applied: "rule 2 (lose client syn 3) was never used: the client sent 1 SYN".
    #[must_use]
    pub fn unused(&self) -> Vec<String> {
        let rules = self.rules.rules.iter().enumerate().zip(&self.used);
        let unused = rules.filter_map(|((index, rule), &used)| {
            let Effect::Action(_, which) = &rule.effect else {
                return None;
            };
            (used == 0).then(|| {
                format!(
                    "rule {} ({}) was never used: {}",
                    index + 1,
                    rule.text,
                    self.why_unused(rule, which)
                )
            })
        });
        unused.collect()
    }

    fn why_unused(&self, rule: &Rule, which: &Which) -> String {
        let ends = match rule.from {
            Some(end) => vec![end],
            None => vec![Party::Client, Party::Server],
        };
        let sent = ends.iter().map(|&end| {
            let sent = match self.counter.count(end, which.kind) {
                0 => format!("no {}", which.kind.name()),
                number => count(number, which.kind.name()),
            };
            format!("the {end} sent {sent}")
        });
        let sent = sent.collect::<Vec<_>>().join(", ");
        match which.sending {
            Sending::Time(time @ 2..) => format!("{sent}, none of those meant for the time {time}"),
            _ if which.percent < 100.0 => format!("{sent}, and by chance none was met"),
            _ => sent,
        }
    }
}

impl Which {
    fn is(&self, seen: &SeenFrame) -> bool {
        let is_counted = seen
            .number(self.kind)
            .is_some_and(|number| self.numbers.contains(number));
        is_counted
            && match self.sending {
                Sending::Always => true,
                Sending::Time(time) => seen.time == time,
            }
    }
}
