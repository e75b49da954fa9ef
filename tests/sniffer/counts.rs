//! SIGUSR1: the counts so far.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::frames::{numbered, pcap};
use super::stage::{Ended, capturing, in_namespace, pair, sniffer};
use crate::support::{PATIENCE, Running};

#[test]
fn a_live_capture_tells_its_counts_and_goes_on() {
    in_namespace(|| {
        let (client, _server, port) = pair();
        let running = capturing(&["-p", &port.to_string(), "--view", "summary"]);
        for counted in [
            "1 packet captured\n1 received by filter\n",
            "2 packets captured\n2 received by filter\n",
        ] {
            let shown = running.output().lines().count();
            client.send(b"one more").unwrap();
            running.wait_for_outputs("one more", shown + 1);
            running.signal(Signal::SIGUSR1);
            running.wait_for_errors(&format!("{counted}0 dropped by kernel\n"));
        }
        // Nobody passes in between: the sums are those of before.
        running.signal(Signal::SIGUSR1);
        client.send(b"the last").unwrap();
        running.wait_for_output("the last");
        let ended = Ended::by(running, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let end = "3 packets captured\n3 received by filter\n0 dropped by kernel\n";
        assert!(ended.errors.ends_with(end), "{ended:?}");
    });
}

#[test]
fn a_reading_tells_how_far_it_has_come_also_while_it_waits() {
    let mut running = Running::start(&mut sniffer(&["-r", "-", "--view", "summary"]));
    running.type_bytes(&pcap(&numbered(1000)));
    let deadline = Instant::now() + PATIENCE;
    // It is asked until it has read them all: nothing else tells from outside.
    while !running.errors().contains("standard input: 1000 packets read so far\n") {
        assert!(Instant::now() < deadline, "{}", running.errors());
        std::thread::sleep(Duration::from_millis(50));
        if !running.errors().is_empty() || is_watched(running.id()) {
            running.signal(Signal::SIGUSR1);
        }
    }
    running.end_input();
    let ended = Ended::of(&mut running);
    assert_eq!((ended.code, ended.output.lines().count()), (Some(0), 1000), "{ended:?}");
}

/// Has it begun to watch for the signal, which would end it before? `proc_pid_status(5)`
fn is_watched(process: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
    let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
    caught & (1 << (Signal::SIGUSR1 as u32 - 1)) != 0
}
