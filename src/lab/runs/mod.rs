//! The runs there are, one file each: what it does, what it lets one watch, and what was seen.
//!
//! [`exchange`]: a line and its answer, which several of them have in common. [`by_hand`]: steps that no program of the lab takes.

pub mod backlog;
pub mod by_hand;
pub mod close;
pub mod empty;
pub mod exchange;
pub mod idle;
pub mod long;
pub mod refused;
pub mod syn_scan;
pub mod tcp;
pub mod udp;

use super::run::Run;

/// All of them, in the order in which `--help` has them.
pub static ALL: &[&Run] = &[
    &udp::RUN,
    &tcp::RUN,
    &refused::RUN,
    &empty::RUN,
    &long::RUN,
    &idle::RUN,
    &backlog::RUN,
    &syn_scan::RUN,
    &close::RUN,
];

/// Those that are run where none is asked for. Both are compared then.
pub static DEFAULT: [&Run; 2] = [&tcp::RUN, &udp::RUN];

/// The run to try next: the one that follows.
#[must_use]
pub fn after(run: &Run) -> Option<&'static Run> {
    let mut others = ALL.iter().skip_while(|one| **one != run).skip(1);
    others.next().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, DEFAULT};

    #[test]
    fn each_run_has_a_word_of_its_own_that_can_name_a_file() {
        let words: BTreeSet<&str> = ALL.iter().map(|run| run.word).collect();
        assert_eq!(words.len(), ALL.len(), "{words:?}");
        for word in words {
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{word}");
        }
        assert!(DEFAULT.iter().all(|run| ALL.contains(run) && run.takes_lines));
    }
}
