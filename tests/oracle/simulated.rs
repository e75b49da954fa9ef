//! The tests with the simulator.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use super::cases::{SEED, UPDATE, number};
use super::reference::{Reference, SIMULATED};
use super::score::Score;
use super::simulator;

/// How many runs are simulated.
const RUNS: &str = "SOCKET_LAB_ORACLE_SIMULATED";
/// A folder in which their captures are kept.
const KEEP: &str = "SOCKET_LAB_ORACLE_KEEP";
/// As many as the reference has: then all counts are compared exactly.
const USUAL: u64 = 300;
/// Runs at a time.
const AT_A_TIME: usize = 4;

/// The score of these runs, the same each time.
fn measured(first: u64, runs: u64) -> Score {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::var_os(KEEP).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let (next, sum) = (AtomicU64::new(first), Mutex::new(Score::default()));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + runs {
                        break;
                    }
                    let score = simulator::judged(seed, &folder);
                    sum.lock().unwrap().add(score);
                }
            });
        }
    });
    let mut score = sum.into_inner().unwrap();
    score.examples.sort();
    score
}

pub(crate) fn what_is_said_of_other_systems_is_true() {
    let (first, runs) = (number(SEED, 1), number(RUNS, USUAL));
    let score = measured(first, runs);
    for (class, what, example) in &score.examples {
        println!("{what}: {class}: {example}");
    }
    for (class, count) in &score.counts {
        println!(
            "{class:65} {:6} told {:5} wrong {:5} missed",
            count.told, count.wrong, count.missed
        );
    }
    if std::env::var_os(UPDATE).is_some() {
        return Reference::of(runs, [&score, &Score::default()]).keep(&SIMULATED);
    }
    let reference = Reference::kept(&SIMULATED);
    let worse = if (first, runs) == (1, reference.runs()) {
        reference.exactly_worse(&score)
    } else {
        reference.worse(&score)
    };
    assert!(worse.is_empty(), "{}", worse.join("\n"));
    for (class, count) in &score.counts {
        assert!(count.wrong == 0 || !class.contains("as a fact"), "{class}: {count:?}");
    }
}

pub(crate) fn the_page_shows_the_simulated_reference() {
    Reference::kept(&SIMULATED).assert_shown(&SIMULATED);
}
