//! The runs with two hosts, one file each: what the wire does, what to predict, and what the packets show.

mod ack_lost;
mod black_hole;
mod both_close;
mod both_open;
mod bottleneck;
mod by_hand;
mod congestion;
mod corrupt;
mod data_lost;
mod duplicate;
mod fast_retransmit;
mod lines;
mod path_mtu;
mod reorder;
mod reply_lost;
mod rtt;
mod slow_start;
mod syn_lost;
mod synack_lost;
mod udp_lost;
mod zero_window;

use super::run::WireRun;

/// All of them, in the order in which `--help` has them and in which a course would take them.
pub static ALL: &[&WireRun] = &[
    &rtt::RUN,
    &udp_lost::RUN,
    &syn_lost::RUN,
    &synack_lost::RUN,
    &ack_lost::RUN,
    &data_lost::RUN,
    &reply_lost::RUN,
    &corrupt::RUN,
    &duplicate::RUN,
    &fast_retransmit::RUN,
    &reorder::RUN,
    &zero_window::RUN,
    &slow_start::RUN,
    &bottleneck::RUN,
    &congestion::RUN,
    &path_mtu::RUN,
    &black_hole::RUN,
    &both_open::RUN,
    &both_close::RUN,
];

/// The one where none is asked for.
pub static DEFAULT: &WireRun = &rtt::RUN;

/// The run to try next: the one that follows.
#[must_use]
pub fn after(run: &WireRun) -> Option<&'static WireRun> {
    let mut others = ALL.iter().skip_while(|one| **one != run).skip(1);
    others.next().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, DEFAULT};
    use crate::hosts::addresses::IpVersion;
    use crate::hosts::rules::Rules;
    use crate::lab::wire::run::Traffic;

    #[test]
    fn each_run_has_a_word_of_its_own_and_rules_that_are_understood() {
        let words: BTreeSet<&str> = ALL.iter().map(|run| run.word).collect();
        assert_eq!(words.len(), ALL.len(), "{words:?}");
        for run in ALL {
            assert!(
                run.word.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{}",
                run.word
            );
            run.rules.parse::<Rules>().unwrap();
            assert!(run.question.ends_with('?'), "{}", run.word);
            if let Traffic::Typed { lines, .. } = run.traffic {
                assert!(!lines(IpVersion::V4).is_empty(), "{}", run.word);
            }
        }
        assert!(ALL.contains(&DEFAULT));
    }
}
