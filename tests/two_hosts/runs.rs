//! Every run with two hosts, judged by tshark at each end.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::process::Command;

use serde_json::{Value, json};

use super::stage::{Run, ready};
use crate::support::tshark::tshark;

/// A run; how many packets there are at the client and at the server, and how many of them tshark takes for sent again; at which end
/// tshark counts what how often; what is said.
type Case = (
    &'static str,
    [RangeInclusive<usize>; 2],
    [usize; 2],
    &'static [(&'static str, &'static str, RangeInclusive<usize>)],
    &'static [&'static str],
);

#[rustfmt::skip] // a table: a run in a few lines
const CASES: &[Case] = &[
    ("rtt", [10..=11, 10..=11], [0, 0],
        &[("client", "tcp.analysis.initial_rtt > 0.04", 1..=99)],
        &["Every frame arrived, once and as it was sent.", "At the client the SYN-ACK comes ", "connect() took "]),
    ("udp-lost", [5..=5, 4..=4], [0, 0],
        &[("client", "udp", 5..=5), ("server", "udp", 4..=4), ("server", "frame contains \"two\"", 0..=0)],
        &["client datagram 2 (packet ", ": lost.", "══× lost on the way", "The client sent 3, the server answered 2."]),
    ("syn-lost", [11..=12, 10..=11], [1, 0],
        &[("client", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 2..=2), ("server", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 1..=1),
          ("client", "tcp.analysis.retransmission && tcp.flags.syn == 1", 1..=1)],
        &["client syn 1 (packet ", ": lost.", "The client sent its SYN again after 1.", "» sent before"]),
    ("synack-lost", [13..=14, 14..=15], [2, 3],
        &[("client", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 2..=2), ("server", "tcp.flags.syn == 1 && tcp.flags.ack == 1", 2..=3)],
        &["server syn-ack 1 (packet ", ": lost.", "The client sent its SYN again after 1."]),
    ("ack-lost", [10..=11, 9..=10], [0, 0],
        &[("client", "tcp.analysis.retransmission && tcp.len > 0", 0..=0), ("server", "tcp.flags.syn == 1 && tcp.flags.ack == 1", 1..=1)],
        &["client ack 1 (packet ", ": lost.", "The server sent 1 SYN-ACK: it missed nothing."]),
    ("data-lost", [11..=12, 10..=11], [1, 0],
        &[("client", "tcp.analysis.retransmission && tcp.len > 0", 1..=1), ("server", "tcp.dstport == 13000 && tcp.len > 0", 1..=1)],
        &["client data 1 (packet ", ": lost.", "The line was sent again after "]),
    ("reply-lost", [11..=12, 12..=13], [1, 1],
        &[("server", "tcp.analysis.retransmission", 1..=2), ("server", "tcp.srcport == 13000 && tcp.len > 0", 2..=2), ("client", "tcp.srcport == 13000 && tcp.len > 0", 1..=1)],
        &["server data 1 (packet ", ": lost.", "The server sent its reply again after "]),
    ("corrupt", [11..=12, 11..=12], [1, 1],
        &[("server", "tcp.checksum.status == 0", 1..=1), ("client", "tcp.checksum.status == 0", 0..=0)],
        &["client data 1 (packet ", ": arrived, with a bit changed", "The server replied once."]),
    ("duplicate", [11..=12, 12..=13], [0, 1],
        &[("client", "tcp.dstport == 13000 && tcp.len > 0", 1..=1), ("server", "tcp.dstport == 13000 && tcp.len > 0", 2..=2), ("client", "tcp.options.sack_le", 1..=1)],
        &["client data 1 (packet ", ": arrived 2 times", "The server sent 1 segment with data"]),
    ("fast-retransmit", [35..=64, 34..=63], [1, 1],
        &[("client", "tcp.analysis.fast_retransmission", 1..=1), ("client", "tcp.analysis.duplicate_ack", 3..=9), ("client", "tcp.options.sack_perm || tcp.options.timestamp.tsval", 0..=0)],
        &["client data 3 (packet ", ": lost.", "without selective acknowledgments", "Segment 3 was sent again"]),
    ("reorder", [35..=64, 35..=64], [1, 2],
        &[("server", "tcp.analysis.out_of_order || tcp.analysis.retransmission || tcp.analysis.fast_retransmission || tcp.analysis.spurious_retransmission", 1..=3)],
        &["client data 3 (packet ", "Segment 3 arrived"]),
];

/// What tshark takes for sent again.
const SENT_AGAIN: &str = "tcp.analysis.retransmission || tcp.analysis.fast_retransmission || \
                          tcp.analysis.spurious_retransmission || tcp.analysis.out_of_order";

/// How many packets of the capture pass tshark's filter. Checksums are looked at: these hosts make whole ones.
fn count(path: &std::path::Path, filter: &str) -> usize {
    let mut command: Command = tshark();
    command.args(["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"]);
    let output = command.arg("-r").arg(path).args(["-Y", filter]).output().unwrap();
    assert!(output.status.success(), "{filter}: {output:?}");
    String::from_utf8_lossy(&output.stdout).lines().count()
}

#[test]
fn each_run_is_what_it_says_at_both_ends() {
    if !ready() {
        return;
    }
    for (word, counts, again, filters, words) in CASES {
        let run = Run::of(word, &["--style", "unicode"]);
        // On a busy computer an end may send something once more, because the other one was slow.
        let spare = if run.was_slow() { 4 } else { 0 };
        for ((end, range), again) in ["client", "server"].into_iter().zip(counts).zip(again) {
            let frames = run.frames(end);
            let range = *range.start()..=range.end() + spare;
            let found = count(&run.capture(end), SENT_AGAIN);
            assert!(
                (*again..=again + spare).contains(&found),
                "{word}: {found} sent again at the {end}
{}",
                run.told
            );
            assert!(
                range.contains(&frames.len()),
                "{word}: {} at the {end}\n{}",
                frames.len(),
                run.told
            );
            // Nothing but IPv4 is on this wire: no ARP, no router is asked for.
            assert_eq!(count(&run.capture(end), "!ip"), 0, "{word}, {end}");
        }
        for (end, filter, range) in *filters {
            let found = count(&run.capture(end), filter);
            assert!(range.contains(&found), "{word}, {end}: {filter}: {found}\n{}", run.told);
        }
        let flowing = run.told.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in *words {
            assert!(flowing.contains(words), "{word}: {words:?}\n{}", run.told);
        }
        assert!(run.told.lines().all(|line| line.chars().count() <= 80), "{}", run.told);
    }
}

#[test]
fn the_table_has_every_run() {
    let help = crate::support::ours("socket-lab")
        .args(["wire", "--help-all"])
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let listed = help
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- ")?.split_once(':'));
    let listed: Vec<&str> = listed
        .map(|(word, _)| word)
        .filter(|word| {
            ![
                "unicode", "ascii", "plain", "local", "utc", "relative", "auto", "always", "never",
            ]
            .contains(word)
        })
        .collect();
    let tested: Vec<&str> = CASES.iter().map(|(word, ..)| *word).collect();
    assert_eq!(listed, tested, "{help}");
}

/// The same data, SYNs and FINs with the same fate in the same order, again and again. On a busy computer timers may end early; then it is
/// what the rules are about, and what is sent for the first time.
#[test]
fn a_run_repeats() {
    if !ready() {
        return;
    }
    for word in ["data-lost", "synack-lost", "fast-retransmit"] {
        let (mut all, mut least) = (BTreeSet::new(), BTreeSet::new());
        for _ in 0..5 {
            let run = Run::of(word, &[]);
            let sent = run.truth().into_iter().filter(|frame| {
                let is = frame["is"].as_str().unwrap();
                [" data ", " syn", " fin "].iter().any(|kind| is.contains(kind))
            });
            let (client, server): (Vec<_>, Vec<_>) = sent.partition(|frame| frame["from"] == "client");
            let told = |frames: &[Value], wanted: fn(&Value) -> bool| -> Vec<(String, String)> {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                let wanted = frames.iter().filter(|frame| wanted(frame));
                wanted.map(|frame| (text(&frame["is"]), text(&frame["fate"]))).collect()
            };
            let is_certain = |frame: &Value| {
                let is = frame["is"].as_str().unwrap();
                frame["rules"] != json!([]) || is.contains(" data ") && !is.contains(" time ")
            };
            least.insert([told(&client, is_certain), told(&server, is_certain)]);
            if !run.was_slow() {
                all.insert([told(&client, |_| true), told(&server, |_| true)]);
            }
        }
        assert_eq!(least.len(), 1, "{word}: {least:#?}");
        assert!(all.len() <= 1, "{word}: {all:#?}");
    }
}

#[test]
fn it_fits_60_columns_and_a_screen_reader_gets_sentences() {
    if !ready() {
        return;
    }
    let run = Run::of("data-lost", &["--width", "60", "--style", "ascii"]);
    assert!(run.told.is_ascii(), "{}", run.told);
    assert!(
        run.told.lines().all(|line| line.len() <= 60 || line.contains('/')),
        "{}",
        run.told
    );
    let run = Run::of("data-lost", &["--style", "plain"]);
    assert!(run.told.contains("lost on the way; sent again"), "{}", run.told);
    assert!(!run.told.contains('│') && !run.told.contains("--"), "{}", run.told);
}
