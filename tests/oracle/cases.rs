//! The tests.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use super::case::Case;
use super::files::Files;
use super::plan::Size;
use super::reference::{KERNELS, Reference, a_worse_measurement_is_seen};
use super::runs::{self, Run};
use super::score::Score;
use super::segment::laid_together;
use super::support::{Missing, needs};
use super::walk::walk;
use super::{datagrams, judge, pairs, said, simulated, states};

/// How many runs are measured, and the first seed.
const RUNS: &str = "SOCKET_LAB_ORACLE_RUNS";
pub(crate) const SEED: &str = "SOCKET_LAB_ORACLE_SEED";
/// Whether tshark is measured too.
const TSHARK: &str = "SOCKET_LAB_ORACLE_TSHARK";
/// Whether files that tests compare with are written again.
pub(crate) const UPDATE: &str = "SOCKET_LAB_UPDATE";
/// How many exchanges are laid together.
const EXCHANGES: &str = "SOCKET_LAB_ORACLE_EXCHANGES";

pub(crate) fn main() -> ExitCode {
    if runs::as_child() {
        return ExitCode::SUCCESS;
    }
    let tests = vec![
        trial(
            "two_captures_show_what_the_wire_wrote",
            two_captures_show_what_the_wire_wrote,
        ),
        trial("what_is_said_is_true", what_is_said_is_true),
        trial(
            "what_is_said_of_other_systems_is_true",
            simulated::what_is_said_of_other_systems_is_true,
        ),
        trial(
            "the_page_shows_the_simulated_reference",
            simulated::the_page_shows_the_simulated_reference,
        ),
        trial("the_page_shows_the_reference", the_page_shows_the_reference),
        trial("a_worse_measurement_is_seen", a_worse_measurement_is_seen),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::test(name, move || {
        // A test that is skipped is named after its thread.
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(test)?;
        thread.join().map_err(|_| "it panicked: see above".into())
    })
}

pub(crate) fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// Can two hosts be made here?
fn ready() -> bool {
    if !needs::namespaces() {
        return false;
    }
    let opens = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/net/tun")
        .is_ok();
    if !opens && !nix::unistd::geteuid().is_root() {
        needs::skip(Missing::Part("/dev/net/tun"));
        return false;
    }
    true
}

fn two_captures_show_what_the_wire_wrote() {
    if !ready() {
        return;
    }
    let first = number(SEED, 1);
    let seeds = first..first + number(EXCHANGES, 200);
    let all = runs::each(seeds, Size::Short, |run| {
        run.map(|run| pairs::compare(run, &Files::of(run)))
    });
    let sum = |of: fn(&pairs::Compared) -> usize| all.iter().flatten().map(of).sum::<usize>();
    println!(
        "{} exchanges of {} packets, {} of them equal to others and {} of these exchanged, {} left open, {} at the end, {} differences",
        all.len(),
        sum(|one| one.packets),
        sum(|one| one.equal),
        sum(|one| one.exchanged),
        sum(|one| one.left_open),
        sum(|one| one.at_the_end),
        sum(|one| one.differences.len()),
    );
    let wrong: Vec<&String> = all.iter().flatten().flat_map(|one| &one.differences).collect();
    let failed: Vec<&String> = all.iter().filter_map(|one| one.as_ref().err()).collect();
    for line in wrong.iter().chain(&failed) {
        println!("{line}");
    }
    assert!(wrong.is_empty() && failed.is_empty());
}

/// The scores of the sniffer and of tshark.
fn judged(run: &Run, with_tshark: bool) -> [Score; 2] {
    let ends = laid_together(&Files::of(run));
    let mut scores = [Score::default(), Score::default()];
    let steps = [0, 1].map(|end: usize| walk(&ends[end], end == 1));
    for end in [0, 1] {
        let by_sniffer = said::by_sniffer(run, end);
        if run.plan.traffic.is_udp() {
            datagrams::judge(run, &ends, end, &by_sniffer, &mut scores[0]);
            continue;
        }
        let case = Case {
            run,
            ends: &ends,
            steps: &steps,
        };
        judge::judge(&case, end, &by_sniffer, false, &mut scores[0]);
        states::judge(&case, end, &by_sniffer, &mut scores[0]);
        if let Some(by_tshark) = with_tshark.then(|| said::by_tshark(run, end)).flatten() {
            judge::judge(&case, end, &by_tshark, true, &mut scores[1]);
        }
    }
    scores
}

fn what_is_said_is_true() {
    if !ready() {
        return;
    }
    let (first, runs) = (number(SEED, 1), number(RUNS, 200));
    // Only who says how many are measured gets a new reference: it differs a little from time to time.
    let updates = std::env::var_os(UPDATE).is_some() && std::env::var_os(RUNS).is_some();
    let with_tshark = updates || std::env::var_os(TSHARK).is_some();
    let all = runs::each(first..first + runs, Size::Whole, |run| {
        run.map(|run| judged(run, with_tshark))
    });
    let [mut sniffer, mut tshark] = [Score::default(), Score::default()];
    let mut failed = Vec::new();
    for one in all {
        match one {
            Ok([by_sniffer, by_tshark]) => {
                sniffer.add(by_sniffer);
                tshark.add(by_tshark);
            }
            Err(why) => failed.push(why),
        }
    }
    sniffer.examples.sort();
    for (class, what, example) in &sniffer.examples {
        println!("{what}: {class}: {example}");
    }
    for (class, count) in &sniffer.counts {
        let other = tshark.counts.get(class).copied().unwrap_or_default();
        println!(
            "{class:65} {:6} told {:5} wrong {:5} missed | {:5} {:5} {:5}",
            count.told, count.wrong, count.missed, other.told, other.wrong, other.missed
        );
    }
    assert!(failed.is_empty(), "{failed:?}");
    if updates {
        return Reference::of(runs, [&sniffer, &tshark]).keep(&KERNELS);
    }
    let worse = Reference::kept(&KERNELS).worse(&sniffer);
    assert!(worse.is_empty(), "{}", worse.join("\n"));
}

fn the_page_shows_the_reference() {
    Reference::kept(&KERNELS).assert_shown(&KERNELS);
}
