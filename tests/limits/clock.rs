//! The clock is set back and forward by a day meanwhile. For the programs by faketime(1), which answers their `clock_gettime(2)`;
//! in captures by the times that the kernel would have written.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::stage::{ended, works_or_says};
use crate::sniffer::frames::{SECOND, pcap, udp};
use crate::support::{Running, Tool, client, need, ours, port_in, tool};

/// Seconds.
const DAY: u32 = 86_400;

/// A file that tells how far the programs' clock is from the machine's.
struct Clock {
    folder: tempfile::TempDir,
    preloaded: String,
}

impl Clock {
    fn new() -> Option<Self> {
        if !need(Tool::Faketime) {
            return None;
        }
        // The program only sets variables, with the library's path among them.
        let output = tool(Tool::Faketime).args(["-f", "+0", "env"]).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        let library = told.lines().find_map(|line| line.strip_prefix("LD_PRELOAD="));
        let clock = Self {
            folder: tempfile::tempdir().unwrap(),
            preloaded: library.expect("faketime preloads its library").to_owned(),
        };
        clock.set("+0");
        Some(clock)
    }

    /// In the words of faketime(1): `-1d`, `+1d`.
    fn set(&self, distance: &str) {
        fs::write(self.folder.path().join("clock"), distance).unwrap();
    }

    /// A program under this clock. `CLOCK_MONOTONIC` stays as it is.
    fn command(&self, program: &str) -> Command {
        let mut command = ours(program);
        command
            .env("LD_PRELOAD", &self.preloaded)
            .env("FAKETIME_TIMESTAMP_FILE", self.folder.path().join("clock"))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        command
    }
}

/// The times of the calls in this file, in whole days since 1970, and whether each call took less than ten seconds.
fn days(calls: &Path) -> Vec<i64> {
    let text = fs::read_to_string(calls).unwrap();
    let calls = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    calls
        .filter(|call| call["entered"].is_string())
        .map(|call| {
            let took = call["duration_ns"].as_u64().unwrap();
            assert!(took < 10_000_000_000, "{call}");
            let entered = call["entered"].as_str().unwrap();
            chrono::DateTime::parse_from_rfc3339(entered).unwrap().timestamp() / i64::from(DAY)
        })
        .collect()
}

#[test]
fn conversations_go_on_and_the_calls_are_told_as_the_clock_told_them() {
    let Some(clock) = Clock::new() else { return };
    for transport in ["udp", "tcp"] {
        clock.set("+0");
        let calls = clock.folder.path().join(transport);
        let mut command = clock.command(&format!("{transport}-server"));
        let mut server = Running::start(command.args(["--bind", "127.0.0.1", "--calls"]).arg(&calls));
        let port = port_in(&server.wait_for_output("Listening...\n"));
        let mut first = client(&format!("{transport}-client"), port);
        first.type_line("before");
        first.wait_for_output("BEFORE");
        for distance in ["-1d", "+1d"] {
            clock.set(distance);
            let mut next = client(&format!("{transport}-client"), port);
            next.type_line("after");
            next.wait_for_output("AFTER");
        }
        server.signal(nix::sys::signal::Signal::SIGTERM);
        assert_eq!(server.wait().code(), Some(0));
        assert_eq!(server.errors(), "");
        let days = days(&calls);
        let (first, last) = (days[0], *days.last().unwrap());
        assert!(days.contains(&(first - 1)), "{transport}: {days:?}");
        assert_eq!(last, first + 1, "{transport}: {days:?}");
    }
}

/// A limit of time is measured by the clock that cannot be set.
#[test]
fn a_time_limit_neither_ends_at_once_nor_a_day_later() {
    let Some(clock) = Clock::new() else { return };
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    for distance in ["-1d", "+1d"] {
        clock.set("+0");
        let mut command = clock.command("udp-client");
        let mut client = Running::start(command.args(["-ip", "127.0.0.1", "-p", &port, "--timeout", "1"]));
        client.wait_for_output("Input lowercase text: ");
        let begin = Instant::now();
        client.type_line("unanswered");
        silent.recv(&mut [0; 100]).unwrap();
        clock.set(distance);
        let said = client.wait_for_errors("no reply within 1 s");
        let took = begin.elapsed();
        assert!(took >= Duration::from_millis(900), "{distance}: {took:?}: {said}");
        client.end_input();
        client.wait();
    }
}

/// Frames whose times jump back by a day and forward by two, in every form.
#[test]
fn a_capture_in_which_the_clock_was_set_is_shown_whole() {
    let texts: [&[u8]; 3] = [b"one", b"two", b"six"];
    let mut bytes = pcap(&texts.map(|text| udp(40_000, 9000, text)));
    // A header of 24 bytes, then records of the same length, the seconds first.
    let record = (bytes.len() - 24) / 3;
    let seconds = [SECOND, SECOND - DAY, SECOND + DAY];
    for (second, place) in seconds.iter().zip(0..) {
        let at = 24 + place * record;
        bytes[at..at + 4].copy_from_slice(&second.to_le_bytes());
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jumps.pcap");
    fs::write(&file, &bytes).unwrap();
    let file = file.to_str().unwrap();
    for form in [
        &["--view", "summary"][..],
        &["--view", "fields"],
        &["--view", "ladder"],
        &["--view", "diagram"],
        &["--json"],
        &["-q", "--html", "FOLDER"],
        &["-q", "--svg", "FOLDER", "--flow", "1"],
        &["-q", "--plot", "FOLDER"],
        &["-w", "-"],
    ] {
        let words = [&["sniffer", "-r", file], form].concat();
        let output = ended(ours("sniffer"), &words);
        works_or_says(&output, &format!("{form:?}"));
        assert_eq!(output.status.code(), Some(0), "{form:?}: {output:?}");
    }
    let copy = folder.path().join("copy.pcap");
    let words = ["sniffer", "-q", "-r", file, "-w", copy.to_str().unwrap()];
    works_or_says(&ended(ours("sniffer"), &words), "a copy");
    let copied = fs::read(&copy).unwrap();
    assert_eq!(copied, bytes, "a copy has the same times in the same order");
}
