//! What is refused: in one line that says what failed, on what, and what to do next.

use std::io::Write as _;
use std::process::Stdio;

use super::stage::{Ended, Folder, clean, ordinary, ran, readable, sniffer, text};

use crate::support::{copy, path_of_ours, shell};

/// Asserts that it ended with this status and one line, an error with these words.
fn refused(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.output, "", "{ended:?}");
    let lines: Vec<&str> = ended.errors.lines().collect();
    let [line] = lines.as_slice() else {
        panic!("not one line: {ended:?}")
    };
    assert!(line.starts_with("error: "), "{line}");
    for word in words {
        assert!(line.contains(word), "no {word:?} in {line}");
    }
}

#[test]
fn what_is_no_capture_is_named() {
    let folder = Folder::new();
    let text = folder.with("notes.txt", b"no capture at all, but long enough to be one");
    let empty = folder.with("empty.pcap", b"");
    let missing = folder.file("missing.pcap");
    let place = folder.path().to_owned();
    let cases = [
        (&text, "neither pcap nor pcapng"),
        (&empty, "is empty"),
        (&missing, "No such file or directory"),
        (&place, "it is a folder; name a capture file in it"),
    ];
    for (path, words) in cases {
        let path = path.to_str().unwrap();
        refused(&ran(&["-r", path]), 1, &[words, path]);
    }
    let nothing = sniffer(&["-r", "-"]).stdin(Stdio::null()).output().unwrap();
    refused(&nothing.into(), 1, &["empty"]);
}

#[test]
fn a_name_from_elsewhere_does_not_reach_the_terminal_raw() {
    let ended = ran(&["-r", "no\x1b[31msuch\nfile"]);
    refused(&ended, 1, &["such"]);
    assert!(!ended.errors.contains('\x1b'), "{ended:?}");
}

#[test]
fn an_existing_file_is_replaced_by_force_only() {
    let folder = Folder::new();
    let capture = folder.capture(2);
    let precious = folder.with("precious.pcap", b"precious");
    let arguments = ["-q", "-r", capture.to_str().unwrap(), "-w", precious.to_str().unwrap()];
    refused(
        &ran(&arguments),
        1,
        &["exists already", "--force", precious.to_str().unwrap()],
    );
    assert_eq!(std::fs::read(&precious).unwrap(), b"precious");
    let forced = ran(&[&arguments[..], &["--force"]].concat());
    assert_eq!((forced.code, forced.errors.as_str()), (Some(0), ""));
    assert_eq!(std::fs::read(&precious).unwrap(), std::fs::read(&capture).unwrap());
}

#[test]
fn what_belongs_to_a_live_capture_is_refused_beside_a_file() {
    for option in [
        &["-i", "lo"][..],
        &["--duration", "1"],
        &["-s", "10"],
        &["--promiscuous"],
    ] {
        let ended = ran(&[&["-q", "-r", "captures/udp.pcapng"], option].concat());
        refused(&ended, 2, &["--read", "cannot be used with"]);
    }
    // It changes how packets are got and not which: of a file that is true as well.
    let ended = ran(&["-q", "-r", "captures/udp.pcapng", "--no-ring"]);
    assert_eq!((ended.code, ended.errors.as_str()), (Some(0), ""), "{ended:?}");
}

#[test]
fn a_recording_that_was_removed_meanwhile_is_not_said_to_be_written() {
    for replaced in [false, true] {
        let folder = Folder::new();
        let copy = folder.file("copy.pcapng");
        let mut command = sniffer(&["-q", "-r", "-", "-w", copy.to_str().unwrap()]);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(&std::fs::read("captures/udp.pcapng").unwrap()).unwrap();
        input.flush().unwrap();
        while !copy.exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        std::fs::remove_file(&copy).unwrap();
        if replaced {
            std::fs::write(&copy, "another").unwrap();
        }
        drop(input);
        let ended = child.wait_with_output().unwrap();
        let errors = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(1), "{errors}");
        assert!(
            errors.contains("was removed or replaced while it was written") && errors.contains(": 2 packets;"),
            "{errors}"
        );
    }
}

#[test]
fn a_line_that_is_no_call_is_said_without_names_of_types() {
    let folder = Folder::new();
    for (line, part) in [
        ("5", "is not a JSON object"),
        ("[1]", "is not a JSON object"),
        ("{", "is not JSON"),
        ("{}", "missing field"),
    ] {
        let log = folder.with("calls.jsonl", format!("{line}\n").as_bytes());
        let ended = ran(&[
            "-r",
            "captures/udp.pcapng",
            "--view",
            "ladder",
            "--calls",
            log.to_str().unwrap(),
        ]);
        assert!(
            ended.errors.contains(part) && !ended.errors.contains("struct"),
            "{ended:?}"
        );
    }
    let one = std::fs::read_to_string("captures/tcp.calls.jsonl").unwrap();
    let log = folder.with("one.jsonl", one.lines().next().unwrap().as_bytes());
    let ended = ran(&[
        "-r",
        "captures/udp.pcapng",
        "--view",
        "ladder",
        "--calls",
        log.to_str().unwrap(),
    ]);
    assert!(
        ended
            .errors
            .contains("the only call in the call logs belongs to no conversation"),
        "{ended:?}"
    );
}

#[test]
fn a_failed_capture_leaves_the_file_that_it_was_to_replace() {
    let folder = Folder::new();
    let precious = folder.with("precious.pcap", b"precious");
    let missing = folder.file("missing.pcap");
    let ended = ran(&[
        "-r",
        missing.to_str().unwrap(),
        "-w",
        precious.to_str().unwrap(),
        "--force",
    ]);
    refused(&ended, 1, &["missing.pcap"]);
    assert_eq!(std::fs::read(&precious).unwrap(), b"precious");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    let capture = folder.capture(2);
    let bytes = std::fs::File::open(&capture).unwrap();
    let nowhere = folder.file("nowhere/x.pcap");
    let ended = ran(&["-q", "-r", capture.to_str().unwrap(), "-w", nowhere.to_str().unwrap()]);
    refused(&ended, 1, &["nowhere/x.pcap", "No such file or directory"]);

    // Root may write everywhere, so somebody else tries.
    let program = readable(&folder);
    let target = folder.file("mine.pcap");
    let mut command = copy(program);
    command.args(["-q", "-r", "-", "-w", target.to_str().unwrap()]);
    ordinary(&mut command);
    let ended = Ended::from(command.stdin(bytes).output().unwrap());
    refused(&ended, 1, &["mine.pcap", "Permission denied"]);
}

#[test]
fn a_full_disk_is_said() {
    let folder = Folder::new();
    let capture = folder.capture(20_000);
    let capture = capture.to_str().unwrap();
    let recorded = ran(&["-q", "-r", capture, "-w", "/dev/full"]);
    refused(
        &recorded,
        1,
        &[
            "/dev/full",
            "No space left on device",
            "packets lost: 20000, packets whole in it: 0",
        ],
    );
    // Those that were chosen are lost, not those that were not wanted anyway.
    let chosen = ran(&["-q", "-r", capture, "-w", "/dev/full", "-c", "700"]);
    refused(&chosen, 1, &["packets lost: 700,"]);
    let chosen = ran(&["-q", "-r", capture, "-w", "/dev/full", "less 44"]);
    refused(&chosen, 1, &["packets lost: 10,"]);
    // One that fills up on the way: files of at most 8 x 512 bytes.
    let path = folder.file("filled.pcap");
    let mut small = shell("trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"");
    small.arg(path_of_ours("sniffer"));
    clean(&mut small).args(["-q", "-r", capture, "-w", path.to_str().unwrap()]);
    // 24 bytes of the file's header; of each packet 16 and Ethernet 14, IPv4 20, UDP 8, and 2 to 3 of data here.
    let ten = 10 * (16 + 42 + 2);
    let whole = 10 + (8 * 512 - 24 - ten) / (16 + 42 + 3);
    let counts = format!("packets lost: {}, packets whole in it: {whole};", 20_000 - whole);
    refused(
        &small.output().unwrap().into(),
        1,
        &["filled.pcap", "File too large", &counts],
    );
    for view in ["summary", "fields", "diagram"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let shown = sniffer(&["-r", capture, "--view", view])
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let shown = Ended::from(shown.wait_with_output().unwrap());
        refused(&shown, 1, &["standard output", "No space left on device"]);
    }
}

#[test]
fn a_wrong_expression_is_shown_where_it_is_wrong() {
    let cases = [
        ("udp and (port", "character 14", "end"),
        ("udp andd port 3", "character 5", "\"andd\""),
        ("port 70000", "character 6", "70000"),
        ("(udp", "character 5", "end"),
        ("host 300.1.1.1", "character 6", "300.1.1.1"),
    ];
    let folder = Folder::new();
    let capture = folder.capture(1);
    for (expression, place, found) in cases {
        // Before anything is opened: live needs no privileges to say so.
        for arguments in [&["-r", capture.to_str().unwrap(), expression][..], &[expression]] {
            refused(&ran(arguments), 2, &[expression, place, found]);
        }
    }
}

#[test]
fn wrong_arguments_are_named() {
    let cases: [(&[&str], &str); 10] = [
        (&["--no-such"], "--no-such"),
        (&["-p", "0"], "0"),
        (&["-p", "65536"], "65536"),
        (&["-c", "0"], "0"),
        (&["-c", "many"], "many"),
        (&["--duration", "-1"], "-1"),
        (&["--width", "59"], "59"),
        (&["--host", "localhost"], "localhost"),
        (&["--json", "--view", "fields"], "--json"),
        (&["--view", "pretty"], "pretty"),
    ];
    for (arguments, named) in cases {
        refused(&ran(arguments), 2, &[named, "sniffer --help"]);
    }
}

#[test]
fn an_unknown_interface_is_named() {
    let ended = ran(&["-i", "nosuch0"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.errors.starts_with("error: ") && ended.errors.contains("nosuch0"),
        "{ended:?}"
    );
}

#[test]
fn help_shows_examples_and_fits_a_terminal() {
    let help = sniffer(&["--help-all"]).output().unwrap();
    let help = text(&help.stdout);
    assert!(
        help.contains("Examples:") && help.contains("--handshake-only"),
        "{help}"
    );
    assert!(
        help.contains("'icmp or port 80'") && help.contains("packets were lost"),
        "{help}"
    );
    let long: Vec<&str> = help.lines().filter(|line| line.chars().count() > 100).collect();
    assert!(long.is_empty(), "{long:?}");
}
