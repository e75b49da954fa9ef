//! The shell's limits and settings: a small stack, files that may not grow, a time zone that is not a file.

use std::process::{Command, Stdio};

use super::stage::{Ended, Folder, clean, sniffer};
use crate::support::{PATIENCE, Running, Side, path_of_ours, shell};

/// The program with these arguments in a shell with this limit.
fn under(limit: &str, program: &str, arguments: &[&str]) -> Command {
    let mut command = shell(&format!("ulimit {limit} && exec \"$0\" \"$@\""));
    command.arg(path_of_ours(program)).args(arguments);
    clean(&mut command);
    command.stdin(Stdio::null());
    command
}

fn ended(mut command: Command) -> Ended {
    command.output().unwrap().into()
}

#[test]
fn a_small_stack_is_said_in_a_line_or_enough() {
    let folder = Folder::new();
    let capture = folder.capture(3);
    let capture = capture.to_str().unwrap();
    let all: [(&str, &[&str]); 8] = [
        ("sniffer", &["-r", capture]),
        ("sniffer", &["--help"]),
        ("sniffer", &["-r", capture, "--mermaid"]),
        ("socket-lab", &["--help"]),
        ("udp-client", &["-ip", "127.0.0.1", "-p", "9"]),
        ("tcp-client", &["--help"]),
        ("udp-server", &["--help"]),
        ("tcp-server", &["--man"]),
    ];
    for limit in ["-s 64", "-s 128"] {
        for (program, arguments) in all {
            let ended = ended(under(limit, program, arguments));
            // Who may lift the upper limit has it lifted.
            if ended.code == Some(0) {
                continue;
            }
            assert_eq!(ended.code, Some(1), "{limit} {program} {arguments:?}: {ended:?}");
            assert!(
                ended.errors.starts_with("error: the stack may have ") && ended.errors.lines().count() == 1,
                "{ended:?}"
            );
        }
    }
    // The lower limit alone is lifted by the program.
    for (program, arguments) in all {
        let ended = ended(under("-S -s 64", program, arguments));
        assert_eq!(ended.code, Some(0), "{program} {arguments:?}: {ended:?}");
    }
}

#[test]
fn a_file_that_may_not_grow_further_is_said_in_a_line() {
    let folder = Folder::new();
    let capture = folder.capture(100);
    let capture = capture.to_str().unwrap();
    let file = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let (html, svg, plot, key, sheet) = (
        file("r.html"),
        file("l.svg"),
        file("p.svg"),
        file("k.md"),
        file("s.html"),
    );
    let (pcapng, pcap) = (file("c.pcapng"), file("c.pcap"));
    for written in [
        ["--html", &html],
        ["--svg", &svg],
        ["--plot", &plot],
        ["--answer-key", &key],
        ["--worksheet", &sheet],
        ["-w", &pcapng],
        ["-w", &pcap],
    ] {
        let mut arguments = vec!["-r", capture];
        if !matches!(written[0], "--answer-key" | "--worksheet") {
            arguments.push("-q");
        }
        arguments.extend(written);
        let ended = ended(under("-f 1", "sniffer", &arguments));
        assert_eq!(ended.code, Some(1), "{written:?}: {ended:?}");
        let errors: Vec<&str> = ended
            .errors
            .lines()
            .filter(|line| line.starts_with("error: "))
            .collect();
        let [error] = errors[..] else {
            panic!("{written:?}: {ended:?}")
        };
        assert!(
            error.contains(written[1]) && error.contains("File too large") && error.contains("'ulimit -f unlimited'"),
            "{error}"
        );
    }
    for arguments in [
        &["-r", capture][..],
        &["-r", capture, "--json"],
        &["-r", capture, "--mermaid"],
        &["--help"],
        &["--man"],
    ] {
        let mut command = under("-f 1", "sniffer", arguments);
        command.stdout(std::fs::File::create(folder.file("out")).unwrap());
        let ended = ended(command);
        assert_eq!(ended.code, Some(1), "{arguments:?}: {ended:?}");
        let error = ended.errors.lines().last().unwrap();
        assert!(
            error.starts_with(
                "error: writing standard output failed: File too large; lift the limit with 'ulimit -f unlimited'"
            ),
            "{arguments:?}: {ended:?}"
        );
    }
}

#[test]
fn a_time_zone_that_is_not_a_file_is_said_and_not_waited_for() {
    let folder = Folder::new();
    let fifo = folder.file("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let fifo = fifo.to_str().unwrap();
    let capture = folder.capture(2);
    for zone in [
        fifo,
        &format!(":{fifo}"),
        "/dev/zero",
        ":/dev/tty",
        "/proc/self/environ",
        "/",
    ] {
        let mut command = sniffer(&["-r", capture.to_str().unwrap(), "--view", "summary", "--time", "local"]);
        let mut running = Running::start(command.env("TZ", zone));
        let status = running
            .wait_within(PATIENCE)
            .unwrap_or_else(|| panic!("{zone} is waited for"));
        assert_eq!(status.code(), Some(0), "{zone}");
        let errors = running.errors();
        assert!(
            errors.starts_with(&format!("warning: TZ={zone} names ")) && errors.lines().count() == 1,
            "{zone}: {errors}"
        );
        assert!(running.output().contains("22:13:20.000000"), "{zone}: UTC");
    }
    // A program that shows times of its own calls.
    let mut client = Side::Ours.command("udp-client");
    client.args(["-ip", "127.0.0.1", "-p", "9", "-v"]).env("TZ", fifo);
    let mut running = Running::start(&mut client);
    running.end_input();
    assert!(running.wait_within(PATIENCE).is_some(), "the client waits for {fifo}");
}
