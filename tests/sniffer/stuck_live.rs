//! The end of a live capture that waits for what does not come, from a ring and without one.

use std::os::fd::OwnedFd;

use nix::sys::signal::Signal::{self, SIGHUP, SIGINT, SIGTERM};
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::stage::{Folder, in_namespace, pair, sniffer, tshark};
use crate::support::stuck::{IN_TIME, Outcome, Output, Stuck, hold};

/// So many datagrams pass.
const COUNT: usize = 60;

struct Scene {
    folder: Folder,
    _held: Option<OwnedFd>,
}

/// Captures with these arguments, lets datagrams pass, waits until nothing goes on, and sends the signals.
fn outcome(arguments: &str, is_held: bool, output: &Output, both: bool, signals: &[Signal]) -> (Outcome, Scene) {
    let folder = Folder::new();
    let (pipe, new) = (folder.file("pipe"), folder.file("new"));
    mkfifo(&pipe, Mode::S_IRWXU).unwrap();
    let held = is_held.then(|| hold(&pipe));
    let scene = Scene { folder, _held: held };
    let (client, _server, port) = pair();
    let text = arguments
        .replace("{pipe}", pipe.to_str().unwrap())
        .replace("{new}", new.to_str().unwrap());
    let port = port.to_string();
    let words: Vec<&str> = ["-p", &port].into_iter().chain(text.split(' ')).collect();
    let mut stuck = Stuck::start(&mut sniffer(&words), output, both);
    stuck.wait_until_still();
    for _ in 0..COUNT {
        client.send(&[b'x'; 1000]).unwrap();
    }
    stuck.wait_until_still();
    (stuck.end_by(signals), scene)
}

#[track_caller]
fn assert_ended(outcome: &Outcome, arguments: &str) {
    assert_eq!(outcome.code, Some(1), "{arguments}: {outcome:?}");
    assert!(outcome.took < IN_TIME, "{arguments}: {outcome:?}");
}

#[test]
fn a_pipe_that_nobody_reads_cannot_keep_it() {
    in_namespace(|| {
        for (arguments, is_held, signal, said) in [
            (
                "-q -w {pipe}",
                false,
                SIGINT,
                "pipe: not written, no program has opened this pipe for reading",
            ),
            ("-q -w {pipe}", true, SIGTERM, "pipe: no packet is known to be written"),
            (
                "-q --html {pipe}",
                false,
                SIGHUP,
                "pipe: not written, no program has opened this pipe for reading",
            ),
            ("-q --html {pipe}", true, SIGINT, "pipe: nothing is known to be written"),
            ("-q --svg {pipe}", true, SIGTERM, "pipe: nothing is known to be written"),
            ("-q --html {new} -w {pipe}", true, SIGINT, "new: not written"),
        ] {
            let (outcome, scene) = outcome(arguments, is_held, &Output::Null, false, &[signal]);
            assert_ended(&outcome, arguments);
            assert!(
                outcome.errors.contains(&format!("/{said}\n")),
                "{arguments}: {outcome:?}"
            );
            assert!(
                outcome.errors.contains(" received by filter\n"),
                "{arguments}: {outcome:?}"
            );
            assert!(!scene.folder.file("new").exists(), "{arguments}");
        }
    });
}

#[test]
fn a_standard_output_that_nobody_reads_keeps_neither_it_nor_its_files() {
    in_namespace(|| {
        for (arguments, output, signal) in [
            ("-w {new}.pcap --html {new}.html", Output::FullPipe, SIGINT),
            ("--json -w {new}.pcap --html {new}.html", Output::Socket, SIGTERM),
            (
                "--view summary -w {new}.pcap --html {new}.html",
                Output::FullPipe,
                SIGHUP,
            ),
        ] {
            let (outcome, scene) = outcome(arguments, false, &output, false, &[signal]);
            assert_ended(&outcome, arguments);
            let lines: Vec<&str> = outcome.errors.lines().skip(1).collect();
            let expected = [
                format!("{COUNT} packets captured"),
                format!("{COUNT} received by filter"),
                "0 dropped by kernel".to_owned(),
                "error: standard output: nothing is known to be written".to_owned(),
            ];
            assert_eq!(lines, expected, "{arguments}");
            assert_eq!(tshark(&scene.folder.file("new.pcap"), &["udp.length"]).len(), COUNT);
            let report = std::fs::read_to_string(scene.folder.file("new.html")).unwrap();
            assert!(report.trim_end().ends_with("</html>"), "it is whole");
        }
    });
}

#[test]
fn a_second_signal_and_a_full_standard_error_change_nothing() {
    in_namespace(|| {
        let (ended, _scene) = outcome("--view summary", false, &Output::FullPipe, true, &[SIGINT]);
        assert_ended(&ended, "both outputs");
        let (ended, _scene) = outcome("--view summary", false, &Output::FullPipe, true, &[SIGINT, SIGINT]);
        assert_ended(&ended, "both outputs, two signals");
        assert!(ended.took.as_millis() < 400, "{ended:?}");
        let (ended, _scene) = outcome("-q -w {pipe}", true, &Output::Null, false, &[SIGHUP, SIGTERM]);
        assert_ended(&ended, "two signals");
        assert!(ended.took.as_millis() < 400, "{ended:?}");
    });
}

#[test]
fn what_goes_on_is_finished_however_often_the_terminal_hangs_up() {
    in_namespace(|| {
        let folder = Folder::new();
        let path = folder.file("whole.pcap");
        let (client, _server, port) = pair();
        let report = folder.file("whole.html");
        let (port, report) = (port.to_string(), report.to_str().unwrap());
        let words = ["-q", "-p", &port, "-w", path.to_str().unwrap(), "--html", report];
        let mut running = super::stage::capturing(&words);
        for _ in 0..COUNT {
            client.send(b"kept").unwrap();
        }
        // As the kernel and the shell send each their own; writing the report takes longer than a look at the signals.
        running.signal(SIGHUP);
        running.signal(SIGTERM);
        let ended = super::stage::Ended::of(&mut running);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(std::fs::metadata(report).unwrap().len() > 1000);
        assert_eq!(tshark(&path, &["udp.length"]).len(), COUNT);
    });
}
