//! Every run with two hosts, judged by tshark at each end.

use std::ops::RangeInclusive;
use std::process::Command;

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
    ("fast-retransmit", [29..=31, 28..=30], [1, 1],
        &[("client", "tcp.analysis.fast_retransmission", 1..=1), ("client", "tcp.analysis.duplicate_ack", 3..=9), ("client", "tcp.options.sack_perm || tcp.options.timestamp.tsval", 0..=0)],
        &["client data 3 (packet ", ": lost.", "without selective acknowledgments", "Segment 3 was sent again"]),
    ("reorder", [28..=34, 28..=34], [1, 2],
        &[("server", "tcp.analysis.out_of_order || tcp.analysis.retransmission || tcp.analysis.fast_retransmission || tcp.analysis.spurious_retransmission", 1..=3)],
        &["client data 3 (packet ", "Segment 3 arrived"]),
    ("zero-window", [20..=26, 20..=26], [0, 0],
        &[("client", "tcp.analysis.zero_window && tcp.srcport == 13000", 2..=5), ("client", "tcp.analysis.keep_alive || tcp.analysis.zero_window_probe", 2..=3), ("client", "tcp.analysis.window_update", 1..=2)],
        &["net.ipv4.tcp_rmem = 4096 8192 8192 at the server", " win=0 ──", "announces a window of 0.", "The client's kernel asked ", " opens the window, "]),
    ("slow-start", [66..=68, 66..=68], [0, 0],
        &[("client", "tcp.dstport == 13000 && tcp.len > 0", 31..=31), ("server", "tcp.dstport == 13000 && tcp.len == 1448", 31..=31)],
        &["an initial window of 1 segment at the client", "The client sent 31 segments in "]),
    ("bottleneck", [5000..=6000, 5000..=6000], [2, 2],
        &[("client", "tcp.analysis.retransmission || tcp.analysis.fast_retransmission || tcp.analysis.out_of_order", 40..=999), ("client", "tcp.analysis.duplicate_ack", 3..=5999)],
        &[": lost: too many frames waited.", " came when 25 waited already, and were lost; the client sent ", "Mbit/s of the wire's 10", " further rows; --full shows all"]),
    ("congestion", [1200..=5000, 1200..=5000], [0, 0],
        &[("client", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 1..=3), ("server", "tcp.dstport == 13000 && tcp.len > 0", 400..=3000)],
        &["reno: 600,000 bytes of data in ", "half of the segments were acknowledged after "]),
    ("path-mtu", [65..=85, 50..=65], [8, 0],
        &[("client", "icmp.type == 3 && icmp.code == 4 && icmp.mtu == 1000", 1..=12), ("server", "icmp", 0..=0), ("server", "ip.len > 1000", 0..=0),
          ("client", "ip.len == 1000 && ip.dst == 10.0.0.2", 8..=20), ("server", "ip.ttl == 63", 20..=40)],
        &["Router: 10.0.0.0 and 10.0.0.3", ": the router did not send it on.", "the longest that it sent on had 1000 bytes", "made on the way"]),
    ("black-hole", [60..=80, 50..=65], [10, 0],
        &[("client", "icmp", 0..=0), ("server", "icmp", 0..=0), ("server", "ip.len > 1000", 0..=0), ("client", "ip.len == 1500 && ip.dst == 10.0.0.2", 9..=16)],
        &["client data 1 (packet 4 at the client): the router did not send it on.", "net.ipv4.tcp_mtu_probing = 1 at the client", "The first bytes were sent "]),
    ("both-open", [12..=14, 12..=14], [2, 2],
        &[("client", "tcp.flags.syn == 1 && tcp.flags.ack == 0", 2..=2), ("client", "tcp.flags.syn == 1 && tcp.flags.ack == 1", 2..=2), ("client", "tcp.len == 18", 2..=2)],
        &["The SYNs crossed: ", "Each end answered the other's SYN with a SYN-ACK: four segments", "without selective acknowledgments"]),
    ("both-close", [10..=12, 10..=12], [0, 0],
        &[("client", "tcp.flags.fin == 1", 2..=2), ("server", "tcp.flags.fin == 1 && tcp.ack == 19", 2..=2)],
        &["The FINs crossed: ", "a socket in TIME-WAIT at both hosts"]),
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
        let run = Run::of(word, &["--style", "unicode", "--short"]);
        // On a busy computer an end may send something once more, because the other one was slow.
        let spare = if run.was_slow() { 4 } else { 0 };
        for ((end, range), again) in ["client", "server"].into_iter().zip(counts).zip(again) {
            let frames = run.frames(end);
            let range = *range.start()..=range.end() + spare;
            let found = count(&run.capture(end), SENT_AGAIN);
            // What a full queue loses is a question of microseconds; what is cut into shorter segments is partly sent again.
            let most = if ["bottleneck", "congestion", "path-mtu", "black-hole"].contains(word) {
                999
            } else {
                again + spare
            };
            assert!(
                (*again..=most).contains(&found),
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

/// A sender that begins with one segment doubles in each round trip, and one that begins with the kernel's ten does as well.
#[test]
fn slow_start_doubles() {
    if !ready() {
        return;
    }
    let own = Run::of("slow-start", &["--style", "ascii", "--rules", "rate 1Mbit"]);
    assert!(!own.told.contains("round trip 1"), "{}", own.told);
    let run = Run::of("slow-start", &["--style", "ascii"]);
    if run.was_slow() {
        return;
    }
    for row in ["round trip 1 # 1\n", "round trip 2 ## 2\n", "round trip 4 ######## 8\n"] {
        assert!(run.told.contains(row), "{row}\n{}", run.told);
    }
    let flowing = run.told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flowing.contains("31 segments in 5 round trips, told apart by their pauses: 1, 2, 4, 8, 16."),
        "{}",
        run.told
    );
}

/// A SYN-ACK that answers a crossing SYN carries the number of the own SYN, and is no repetition of it.
#[test]
fn no_segment_of_both_open_is_drawn_as_sent_before() {
    if !ready() {
        return;
    }
    let run = Run::of("both-open", &["--style", "ascii"]);
    let arrows = run.told.lines().filter(|line| line.contains("SYN-ACK seq=0"));
    assert_eq!(arrows.clone().count(), 2, "{}", run.told);
    assert!(
        arrows.clone().all(|line| !line.contains(">>") && !line.contains("<<")),
        "{}",
        run.told
    );
}

/// The picture of the bottleneck rises slowly and falls by half: more steps up than down, and no step up of more than a few segments once the
/// first loss is over.
#[test]
fn the_window_is_a_sawtooth() {
    if !ready() {
        return;
    }
    let run = Run::of("bottleneck", &["--style", "plain", "--short"]);
    let steps = run
        .told
        .lines()
        .filter_map(|line| line.strip_suffix('.')?.split_once(" s: "));
    let steps: Vec<i64> = steps.filter_map(|(_, number)| number.parse().ok()).collect();
    assert!(steps.len() > 11, "{}", run.told);
    let (ups, downs): (Vec<i64>, Vec<i64>) = steps
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .filter(|step| *step != 0)
        .partition(|step| *step > 0);
    assert!(ups.len() > 2 * downs.len() && downs.len() >= 2, "{steps:?}");
}

#[test]
fn what_is_not_typed_cannot_be_given() {
    let output = crate::support::ours("socket-lab")
        .args(["wire", "slow-start", "--line", "hello"])
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("nothing is typed in the run 'slow-start'"), "{errors}");
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
