//! The programs of a run as processes of their own: which they are, and what becomes of them.

use std::collections::BTreeSet;
use std::fs;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::stage::{TestFolder, ready};
use crate::support::Running;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Number and command line of each process that this one has started and that is still there. proc(5)
pub fn children(parent: u32) -> Vec<(i32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else {
            continue;
        };
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        if line("PPid:") == parent.to_string() {
            let words = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&words).replace('\0', " ");
            found.push((line("Pid:").parse().unwrap(), words));
        }
    }
    found
}

/// The programs of a run as soon as there are so many. A process that has not become its program yet, execve(2), is none: the lab
/// waits for it inside vfork(2), so it must not be stopped there.
fn started(running: &Running, count: usize) -> Vec<(i32, String)> {
    let since = Instant::now();
    loop {
        let mut found = children(running.id());
        found.retain(|(_, words)| {
            ["tcp-server", "tcp-client"]
                .iter()
                .any(|program| words.contains(program))
        });
        if found.len() >= count {
            return found;
        }
        assert!(since.elapsed() < PATIENCE, "{found:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until none of these processes is there.
fn gone(processes: &[(i32, String)]) {
    let since = Instant::now();
    for (number, words) in processes {
        while fs::read(format!("/proc/{number}/cmdline")).is_ok_and(|now| !now.is_empty()) {
            assert!(since.elapsed() < PATIENCE, "{words} is still there");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[test]
fn server_and_client_are_two_processes() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let running = Running::start(&mut place.command(&["tcp"]));
    let lab = u64::from(running.id());
    let mut running = running;
    assert!(running.wait().success(), "{}", running.errors());
    let calls = fs::read_to_string(place.latest("tcp.calls.jsonl")).unwrap();
    let calls = calls
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let whose: BTreeSet<(String, u64)> = calls
        .map(|call| {
            (
                call["program"].as_str().unwrap().to_owned(),
                call["pid"].as_u64().unwrap(),
            )
        })
        .collect();
    let programs: Vec<&str> = whose.iter().map(|(program, _)| program.as_str()).collect();
    let processes: BTreeSet<u64> = whose.iter().map(|&(_, process)| process).chain([lab]).collect();
    assert_eq!(programs, ["tcp-client", "tcp-server"], "{whose:?}");
    assert_eq!(processes.len(), 3, "{whose:?}, started by {lab}");
}

#[test]
fn no_program_outlives_the_run_however_that_ends() {
    if !ready() {
        return;
    }
    for signal in [None, Some(Signal::SIGINT), Some(Signal::SIGKILL)] {
        let place = TestFolder::new();
        let mut running = Running::start(&mut place.command(&["idle"]));
        let programs = started(&running, 2);
        assert!(
            programs.iter().any(|(_, words)| words.contains("tcp-server")),
            "{programs:?}"
        );
        if let Some(signal) = signal {
            running.signal(signal);
        }
        let status = running.wait();
        assert_eq!(status.success(), signal.is_none(), "{signal:?}: {}", running.errors());
        gone(&programs);
    }
}

#[test]
fn a_program_that_stands_still_does_not_hold_up_a_quit() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let mut running = Running::start(&mut place.command(&["idle"]));
    let programs = started(&running, 2);
    for (number, _) in &programs {
        kill(Pid::from_raw(*number), Signal::SIGSTOP).unwrap();
    }
    running.signal(Signal::SIGINT);
    let asked = Instant::now();
    assert_eq!(running.wait().code(), Some(1));
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}", asked.elapsed());
    gone(&programs);
}

#[test]
fn what_a_user_has_set_for_other_programs_does_not_hide_the_calls() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let output = place.command(&["udp"]).env("RUST_LOG", "off").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let calls = fs::read_to_string(place.latest("udp.calls.jsonl")).unwrap();
    assert!(calls.contains("\"sendto\""), "{calls}");
}
