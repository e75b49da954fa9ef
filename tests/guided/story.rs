//! The whole story, `--view story`: the screens, the numbers, the widths, odd lines.

use std::time::{Duration, Instant};

use super::stage::{Ended, TestFolder, ready, tshark};

use crate::support::ours;

/// Runs the program to its end, and has it tell the whole story.
fn story(place: &TestFolder, arguments: &[&str]) -> Ended {
    place.ran(&[arguments, &["--view", "story"]].concat())
}

/// The cells of a row of the table.
fn row<'t>(told: &'t str, what: &str) -> Vec<&'t str> {
    let line = told
        .lines()
        .find(|line| line.starts_with(what))
        .unwrap_or_else(|| panic!("no {what}: {told}"));
    line[what.len()..].split_whitespace().collect()
}

#[test]
fn the_first_command_tells_both_and_compares_them_by_what_was_captured() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let ended = story(&place, &[]);
    let told = ended.fine();
    for line in [
        "│ Press Ctrl+Z to quit. Listening...",
        "│ Input lowercase text: sockets are doors",
        "│ Returned from server: SOCKETS ARE DOORS",
        "│ I'm configured to send UDP packets to 10.0.0.2 on port ",
        "│ I'm configured to send TCP packets to 10.0.0.2 on port ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let (mut packets, mut wire, mut data) = (Vec::new(), Vec::new(), Vec::new());
    for (name, length) in [("udp", "udp.length"), ("tcp", "tcp.len")] {
        let rows = tshark(&place.latest(&format!("{name}.pcapng")), &["frame.len", length]);
        let sum = |column: usize| {
            rows.iter()
                .map(|row| row[column].parse::<usize>().unwrap())
                .sum::<usize>()
        };
        packets.push(rows.len().to_string());
        wire.push(sum(0).to_string());
        // UDP's length counts its own header of 8 bytes.
        data.push((sum(1) - if name == "udp" { 8 * rows.len() } else { 0 }).to_string());
    }
    assert_eq!(row(told, "packets"), packets);
    assert_eq!(row(told, "bytes captured"), wire);
    assert_eq!(row(told, "bytes of data"), data);
    assert_eq!(row(told, "round trips the client waits for"), ["1", "2"]);
    assert_eq!(row(told, "sockets of the client"), ["1", "1"]);
    assert_eq!(row(told, "sockets of the server"), ["1", "2"]);
}

#[test]
fn two_lines_are_two_sockets_each() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let ended = story(&place, &["--line", "one", "--line", "two"]);
    let told = ended.fine();
    assert_eq!(row(told, "packets")[0], "4");
    assert_eq!(row(told, "sockets of the client"), ["2", "2"]);
    assert_eq!(row(told, "round trips the client waits for"), ["2", "4"]);
    assert_eq!(told.matches("│ Returned from server: TWO").count(), 2);
}

#[test]
fn it_takes_less_than_a_second() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let quickest = (0..3).map(|_| {
        let started = Instant::now();
        place.ran(&[]).fine();
        started.elapsed()
    });
    let quickest = quickest.min().unwrap();
    assert!(quickest < Duration::from_secs(1), "{quickest:?}");
}

#[test]
fn no_line_is_wider_than_the_screen_in_any_style() {
    if !ready() {
        return;
    }
    for run in ["udp", "tcp", "refused", "empty", "long", "idle", "syn-scan", "close"] {
        for (style, width) in [("unicode", "80"), ("ascii", "80"), ("plain", "80"), ("unicode", "60")] {
            let place = TestFolder::new();
            let ended = story(&place, &[run, "--style", style, "--width", width]);
            let most = width.parse().unwrap();
            for line in ended.fine().lines() {
                // A screen reader has no columns: its sentences are a line each.
                let fits = line.chars().count() <= most || style == "plain";
                assert!(fits, "{run} {style} {width}: {line:?}");
                assert!(style != "ascii" || line.is_ascii(), "{run} {style}: {line:?}");
            }
        }
    }
}

#[test]
fn a_pipe_gets_80_columns_and_no_colour() {
    if !ready() {
        return;
    }
    let ended = story(&TestFolder::new(), &[]);
    let told = ended.fine();
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(!told.contains('\x1b'));
    let ended = story(&TestFolder::new(), &["--color", "always"]);
    assert!(ended.fine().contains("\x1b[1mA line over UDP\x1b[0m"));
}

/// Runs one transport with one line.
fn with_line(run: &str, line: &str) -> Ended {
    story(&TestFolder::new(), &[run, "--line", line, "--style", "unicode"])
}

#[test]
fn odd_lines_come_back_as_they_should() {
    if !ready() {
        return;
    }
    for run in ["udp", "tcp"] {
        for (line, typed, returned) in [
            ("", "", ""),
            ("straße ñ", "straße ñ", "STRASSE Ñ"),
            ("-x", "-x", "-X"),
            ("a\x1b[2Jb\tc", "a\\x1b[2Jb\\tc", "A\\x1b[2JB\\tC"),
            ("日本語", "日本語", "日本語"),
        ] {
            let ended = with_line(run, line);
            let told = ended.fine();
            assert!(
                told.contains(format!("│ Input lowercase text: {typed}").trim_end()),
                "{line:?}: {told}"
            );
            assert!(
                told.contains(format!("│ Returned from server: {returned}").trim_end()),
                "{line:?}: {told}"
            );
            assert!(!told.contains('\x1b'), "{line:?}");
        }
    }
}

#[test]
fn a_line_too_long_for_a_datagram_is_told_and_fails() {
    if !ready() {
        return;
    }
    let long = "x".repeat(100_000);
    let ended = with_line("udp", &long);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let flat = ended.output.replace("\n│ ", " ");
    assert!(
        flat.contains("the line has 100000 bytes, and a UDP datagram carries at most 65507"),
        "{}",
        ended.output
    );
    assert!(ended.output.contains("characters in all]"), "{}", ended.output);
    assert_eq!(
        ended.errors,
        "error: a line got no answer: the client's screen says why\n"
    );
    // TCP takes it.
    with_line("tcp", &long).fine();
}

#[test]
fn wrong_arguments_are_one_line_with_status_2() {
    let place = TestFolder::new();
    for (arguments, words) in [
        (["udp", "--line", "a\nb"].as_slice(), "end of line"),
        (&["--line", "a\r"], "end of line"),
        (&["long", "--line", "a"], "lines of its own"),
        (&["--force"], "--output"),
        (&["nothing"], "invalid value 'nothing'"),
        (&["--width", "20"], "60..=1000"),
    ] {
        let ended = place.ran(arguments);
        assert_eq!((ended.code, ended.output.as_str()), (Some(2), ""), "{ended:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{ended:?}");
        assert!(ended.errors.contains(words), "{ended:?}");
        assert!(!ended.errors.contains("the server prints both"), "{ended:?}");
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn each_view_shows_the_packets() {
    if !ready() {
        return;
    }
    for (view, words) in [
        ("summary", "SYN-ACK"),
        ("fields", "sequence number"),
        ("diagram", "sequence number"),
        ("ladder", "connect(3) called"),
        ("follow", "SOCKETS ARE DOORS"),
        ("answers", "The flags SYN and ACK are both 1"),
    ] {
        let ended = TestFolder::new().ran(&["tcp", "--view", view]);
        let told = ended.fine();
        assert!(told.contains(words), "{view}: {told}");
        assert!(!told.contains("The screen of"), "{view}: {told}");
    }
}

#[test]
fn full_breaks_every_packet_down() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    let headlines = |told: &str| told.lines().filter(|line| line.starts_with("Packet ")).count();
    let ended = place.ran(&["tcp", "--full"]);
    let packets = tshark(&place.latest("tcp.pcapng"), &["frame.number"]).len();
    assert_eq!(headlines(ended.fine()), packets);
    assert_eq!(headlines(story(&place, &["tcp"]).fine()), 3, "the handshake");
    assert_eq!(headlines(story(&place, &["udp"]).fine()), 2, "both datagrams");
}

#[test]
fn the_sniffer_draws_the_same_ladder_from_the_files() {
    if !ready() {
        return;
    }
    for run in ["udp", "tcp", "refused", "idle", "close"] {
        let place = TestFolder::new();
        let ended = place.ran(&[run, "--view", "ladder"]);
        let [capture, calls] = ["pcapng", "calls.jsonl"].map(|ending| place.latest(&format!("{run}.{ending}")));
        let mut sniffer = ours("sniffer");
        sniffer
            .arg("-r")
            .arg(capture)
            .arg("--calls")
            .arg(calls)
            .args(["--view", "ladder"]);
        let again = Ended::from(place.as_user(&mut sniffer).output().unwrap());
        assert_eq!(again.fine(), ended.fine(), "{run}");
    }
}
