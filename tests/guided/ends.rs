//! How it ends: of its own accord, by Ctrl+C, with nobody reading.

use std::fs;
use std::io::Read as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::{TestFolder, count, ready};
use crate::support::Running;

#[test]
fn ctrl_c_ends_it_at_once_and_leaves_nothing() {
    if !ready() {
        return;
    }
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGTSTP] {
        let place = TestFolder::new();
        // This run waits for a second for the retransmission of a SYN.
        let mut running = Running::start(&mut place.command(&["backlog"]));
        std::thread::sleep(Duration::from_millis(500));
        let asked = Instant::now();
        running.signal(signal);
        let status = running.wait();
        assert!(
            asked.elapsed() < Duration::from_millis(400),
            "{signal}: {:?}",
            asked.elapsed()
        );
        assert_eq!(status.code(), Some(1), "{signal}");
        assert_eq!(running.errors(), "error: interrupted: nothing was recorded\n");
        assert_eq!(running.output(), "");
        assert_eq!(
            fs::read_dir(place.path()).unwrap().count(),
            0,
            "{signal}: nothing is left"
        );
    }
}

#[test]
fn killed_it_leaves_no_file() {
    if !ready() {
        return;
    }
    for arguments in [&["backlog"][..], &["wire", "syn-lost"], &["tcp", "-o", "mine"]] {
        let place = TestFolder::new();
        let mut running = Running::start(&mut place.command(arguments));
        // Until its folder is there: the files are opened next.
        let folder = place.path().join(if arguments[0] == "tcp" {
            "mine"
        } else {
            "captures/latest"
        });
        let started = Instant::now();
        while !folder.exists() && started.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(20));
        running.signal(Signal::SIGKILL);
        running.wait();
        let left: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert!(left.is_empty(), "{arguments:?}: {left:?}");
    }
}

#[test]
fn a_reader_who_leaves_is_no_failure_and_costs_no_file() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let mut command = place.command(&["--full"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0; 8];
    output.read_exact(&mut first).unwrap();
    drop(output);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
    assert_eq!(&first, b"Network:");
    assert_eq!(count(&place.latest("tcp.pcapng"), "tcp.flags.syn == 1"), 2);
}

#[test]
fn a_full_standard_output_is_a_failure() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = place.command(&["udp"]).stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("writing standard output failed: No space left on device"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}
