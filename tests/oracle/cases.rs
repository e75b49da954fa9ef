//! The tests.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use super::files::Files;
use super::pairs;
use super::plan::Size;
use super::runs;
use super::support::{Missing, needs};

/// How many runs are measured, and the first seed.
const RUNS: &str = "SOCKET_LAB_ORACLE_RUNS";
const SEED: &str = "SOCKET_LAB_ORACLE_SEED";
/// How many exchanges are laid together.
const EXCHANGES: &str = "SOCKET_LAB_ORACLE_EXCHANGES";

pub(crate) fn main() -> ExitCode {
    if runs::as_child() {
        return ExitCode::SUCCESS;
    }
    let tests = vec![trial(
        "two_captures_show_what_the_wire_wrote",
        two_captures_show_what_the_wire_wrote,
    )];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn trial(name: &'static str, test: fn()) -> Trial {
    Trial::test(name, move || {
        // A test that is skipped is named after its thread.
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(test)?;
        thread.join().map_err(|_| "it panicked: see above".into())
    })
}

fn number(name: &str, usual: u64) -> u64 {
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
        "{} exchanges of {} packets, {} of them equal to others and {} of these exchanged, {} at the end, {} differences",
        all.len(),
        sum(|one| one.packets),
        sum(|one| one.equal),
        sum(|one| one.exchanged),
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
