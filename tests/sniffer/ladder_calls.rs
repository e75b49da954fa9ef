//! Ladders with the calls of both programs beside the packets, and call logs that do not fit.

use std::path::{Path, PathBuf};

use nix::sys::signal::Signal;

use super::ladders::{CALLS, RECORDED, shown};
use super::stage::{Ended, Folder, capturing, in_namespace, ran};
use crate::support::{Running, Side, port_in};

#[test]
fn what_is_no_call_log_is_refused_in_one_line() {
    let folder = Folder::new();
    let text = folder.with("text", b"dear diary\n");
    let pcap = Path::new(RECORDED).to_owned();
    let missing = folder.file("missing");
    let zero = PathBuf::from("/dev/zero");
    for path in [&text, &pcap, &missing, &zero, &folder.path().to_owned()] {
        let path = path.to_str().unwrap();
        let ended = ran(&["-r", RECORDED, "--view", "ladder", "--calls", path]);
        assert_eq!((ended.code, ended.output.as_str()), (Some(1), ""), "{path}");
        assert!(
            ended.errors.starts_with("error: ") && ended.errors.lines().count() == 1,
            "{}",
            ended.errors
        );
        assert!(
            ended.errors.contains(path) && ended.errors.contains("--calls"),
            "{}",
            ended.errors
        );
    }
    let ended = ran(&["-r", RECORDED, "--calls", CALLS]);
    assert_eq!(ended.code, Some(2), "calls are for the ladder: {}", ended.errors);
}

#[test]
fn a_log_that_was_cut_or_knows_more_is_used() {
    let folder = Folder::new();
    let whole = std::fs::read_to_string(CALLS).unwrap();
    let fixed = ["-r", RECORDED, "--view", "ladder", "--utc", "--calls"];
    let expected = shown(&[&fixed[..], &[CALLS]].concat());

    let wiser = folder.with(
        "wiser",
        whole.replace("{\"program\"", "{\"mood\":7,\"program\"").as_bytes(),
    );
    assert_eq!(shown(&[&fixed[..], &[wiser.to_str().unwrap()]].concat()), expected);

    let cut = folder.with("cut", &whole.as_bytes()[..whole.len() - 200]);
    let ended = ran(&[&fixed[..], &[cut.to_str().unwrap()]].concat());
    assert_eq!(ended.code, Some(0));
    assert!(
        ended.errors.starts_with("warning: ") && ended.errors.contains("is not a socket call"),
        "{}",
        ended.errors
    );
    assert!(ended.output.contains("connect(3) called"));

    let long = folder.with("long", format!("{}\n{whole}", "x".repeat(3_000_000)).as_bytes());
    let ended = ran(&[&fixed[..], &[long.to_str().unwrap()]].concat());
    assert_eq!((ended.code, ended.output), (Some(0), expected));
    assert!(ended.errors.contains("line 1 is far too long"), "{}", ended.errors);

    // The same calls in two files, and in another order of files.
    let lines: Vec<&str> = whole.lines().collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let one = folder.with("one", first.join("\n").as_bytes());
    let other = folder.with("other", second.join("\n").as_bytes());
    let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
    let output = shown(&[&fixed[..], &[one, "--calls", other]].concat());
    assert!(output.contains("connect(3) called") && output.contains("accept(3) called"));

    let empty = folder.with("empty", b"");
    let output = shown(&[&fixed[..], &[empty.to_str().unwrap()]].concat());
    assert!(output.contains("The call logs have no call of the client"), "{output}");
}

#[test]
fn a_log_of_another_run_is_said_not_to_belong() {
    let folder = Folder::new();
    let other = std::fs::read_to_string(CALLS).unwrap().replace(":57900", ":57901");
    let other = other.replace(":12000", ":12002").replace(":12001", ":12003");
    let log = folder.with("other", other.replace("127.0.0.1:1\"", "127.0.0.1:2\"").as_bytes());
    let ended = ran(&["-r", RECORDED, "--view", "ladder", "--calls", log.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.errors.contains("are they of another run?"), "{}", ended.errors);
}

#[test]
fn a_server_whose_clock_is_an_hour_off_is_shown_and_said() {
    let folder = Folder::new();
    let lines = std::fs::read_to_string(CALLS).unwrap();
    let late: Vec<String> = lines
        .lines()
        .map(|line| {
            let program = "tcp-server";
            line.replace("T16:", if line.contains(program) { "T17:" } else { "T16:" })
        })
        .collect();
    let log = folder.with("late", late.join("\n").as_bytes());
    let output = shown(&[
        "-r",
        RECORDED,
        "--view",
        "ladder",
        "--style",
        "ascii",
        "--flow",
        "1",
        "--calls",
        log.to_str().unwrap(),
    ]);
    assert!(
        output.contains("The clock of tcp-server (process 6184) differs from the capture's by"),
        "{output}"
    );
    let accept = output.lines().find(|line| line.contains("accept(3) = 4")).unwrap();
    assert!(accept.trim_start().starts_with('~'), "{accept}");
    in_this_order(
        &output,
        &[
            "SYN seq=0",
            "SYN-ACK",
            "ACK seq=1 ack=1",
            "accept(3) = 4",
            "PSH-ACK",
            "recv(4) = 12",
        ],
    );
}

#[test]
fn hostile_call_logs_reach_no_terminal_raw() {
    let folder = Folder::new();
    let hostile = std::fs::read_to_string(CALLS)
        .unwrap()
        .replace("AF_INET, SOCK_STREAM", "\\u001b[31mred\\u0007\\u202e")
        .replace("ECONNREFUSED", "E\\u001b]0;title\\u0007");
    let log = folder.with("hostile", hostile.as_bytes());
    for style in ["unicode", "ascii", "plain"] {
        for width in ["60", "200"] {
            let log = log.to_str().unwrap();
            let output = shown(&[
                "-r", RECORDED, "--view", "ladder", "--style", style, "--width", width, "--calls", log,
            ]);
            let raw: Vec<char> = output
                .chars()
                .filter(|one| one.is_control() && *one != '\n' || *one == '\u{202e}')
                .collect();
            assert!(raw.is_empty(), "{style}: {raw:?}");
        }
    }
}

/// Asserts that each of these stands in a line after the one before.
fn in_this_order(output: &str, words: &[&str]) {
    let mut lines = output.lines();
    for word in words {
        assert!(
            lines.any(|line| line.contains(word)),
            "no {word:?} in its place: {output}"
        );
    }
}

/// A program of ours with a call log.
fn logging(name: &str, arguments: &[&str], log: &Path) -> Running {
    let mut command = Side::Ours.command(name);
    command.args(arguments).arg("--calls").arg(log);
    Running::start(&mut command)
}

#[test]
fn calls_and_packets_of_a_live_run_stand_in_one_order() {
    in_namespace(|| {
        let folder = Folder::new();
        let (server_log, client_log) = (folder.file("server.jsonl"), folder.file("client.jsonl"));
        let (server_path, client_path) = (server_log.to_str().unwrap(), client_log.to_str().unwrap());
        let file = folder.file("live.pcapng");
        let ladder = [
            "--view",
            "ladder",
            "--style",
            "ascii",
            "--calls",
            server_path,
            "--calls",
            client_path,
        ];
        let record = ["-w", file.to_str().unwrap()];
        // The logs do not exist yet: the programs start later.
        let sniffer = capturing(&[&ladder[..], &record].concat());
        let server = logging("tcp-server", &["-b", "127.0.0.1"], &server_log);
        let port = port_in(&server.wait_for_output("Listening...\n")).to_string();
        let mut client = logging("tcp-client", &["-ip", "127.0.0.1", "-p", &port], &client_log);
        client.wait_for_output("Input lowercase text: ");
        client.type_line("see it live");
        client.wait_for_output("SEE IT LIVE");
        // It is drawn when it has ended, while the capture goes on.
        sniffer.wait_for_output("The server closed first");
        client.end_input();
        let ended = Ended::by(sniffer, Signal::SIGINT);
        assert_eq!(ended.code, Some(0), "{ended:?}");

        let again = shown(&[&["-r", file.to_str().unwrap()], &ladder[..]].concat());
        for output in [&ended.output, &again] {
            let first = output.split("Conversation 2").next().unwrap();
            in_this_order(
                first,
                &["listen(3) = 0", "LISTEN", "accept(3) called", "connect(3) called"],
            );
            in_this_order(
                first,
                &[
                    "connect(3) called",
                    "SYN seq=0",
                    "SYN-ACK seq=0 ack=1",
                    "connect(3) = 0",
                    "send(3) called",
                    "len=12",
                ],
            );
            in_this_order(
                first,
                &["SYN-ACK seq=0 ack=1", "ACK seq=1 ack=1", "accept(3) = ", "recv(4) = 12"],
            );
            in_this_order(
                first,
                &["len=12", "recv(4) = 12", "send(4) called", "len=12", "recv(3) = 12"],
            );
            in_this_order(
                first,
                &[
                    "close(4) called",
                    "FIN-ACK",
                    "recv(3) = 0",
                    "close(3) called",
                    "FIN-ACK",
                    "ACK seq",
                ],
            );
            assert!(!first.contains('~'), "one machine has one clock: {first}");
            assert!(!first.contains("Note:"), "{first}");
        }
    });
}
