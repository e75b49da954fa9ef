//! Every run of the lab, as root and as nobody, judged by tshark.

use std::io::BufReader;
use std::ops::RangeInclusive;
use std::path::Path;

use socket_lab::calls::{Call, CallName, Role, lines};

use super::stage::{TestFolder, counts, ready, tshark};
use crate::support::{essential, needs};

/// A run, how many packets it has, and what tshark counts in it: display filter, how many.
type Case = (
    &'static str,
    RangeInclusive<usize>,
    &'static [(&'static str, RangeInclusive<usize>)],
);

const CASES: &[Case] = &[
    (
        "udp",
        2..=2,
        &[("udp", 2..=2), ("data.data == \"SOCKETS ARE DOORS\"", 1..=1)],
    ),
    (
        "tcp",
        10..=11,
        &[
            ("tcp.flags.syn == 1", 2..=2),
            ("tcp.flags.fin == 1", 2..=2),
            ("tcp.analysis.flags", 0..=0),
            ("tcp.completeness == 31", 1..=11),
        ],
    ),
    (
        "refused",
        4..=4,
        &[
            ("icmp.type == 3 && icmp.code == 3", 1..=1),
            ("tcp.flags.reset == 1", 1..=1),
        ],
    ),
    (
        "empty",
        12..=13,
        &[
            ("udp.length == 8", 2..=2),
            ("tcp.len == 1", 2..=2),
            ("tcp.analysis.flags", 0..=0),
        ],
    ),
    (
        "long",
        100..=300,
        &[
            ("tcp.len > 1448", 0..=0),
            ("tcp.len == 1448", 60..=100),
            ("tcp.analysis.lost_segment", 0..=0),
            // Probes for a lost tail, on a busy machine.
            ("tcp.analysis.retransmission", 0..=4),
            ("tcp.options.mss_val == 1460", 2..=2),
            ("frame.len > 1514", 0..=0),
        ],
    ),
    (
        "idle",
        16..=18,
        &[
            ("tcp.flags.syn == 1 && tcp.flags.ack == 0", 2..=2),
            ("tcp.analysis.flags", 0..=0),
        ],
    ),
    (
        "backlog",
        28..=36,
        &[
            ("tcp.analysis.retransmission && tcp.flags.syn == 1", 1..=1),
            ("tcp.analysis.flags", 1..=1),
            ("tcp.stream == 2 && tcp.flags.fin == 1", 2..=2),
        ],
    ),
    (
        "syn-scan",
        5..=5,
        &[
            ("tcp.flags == 0x002", 2..=2),
            ("tcp.flags == 0x012", 1..=1),
            ("tcp.flags == 0x004", 1..=1),
            ("tcp.flags == 0x014", 1..=1),
            ("ip.checksum.status == 0 || tcp.checksum.status == 0", 0..=0),
        ],
    ),
    (
        "close",
        24..=30,
        &[
            ("tcp.flags.fin == 1", 6..=6),
            ("tcp.stream == 0 && tcp.flags.fin == 1", 2..=2),
            ("tcp.stream == 2 && tcp.len == 19", 2..=2),
        ],
    ),
];

fn calls(path: &Path) -> Vec<Call> {
    let file = BufReader::new(std::fs::File::open(path).unwrap());
    lines::read(file)
        .map(|line| line.map_err(|bad| bad.why).unwrap())
        .collect()
}

/// Runs it and judges the files.
fn check(place: &TestFolder, (run, packets, judgements): &Case) -> Vec<Call> {
    let ended = place.ran(&[run]);
    ended.fine();
    let [new, old, log] = ["pcapng", "pcap", "calls.jsonl"].map(|ending| place.latest(&format!("{run}.{ending}")));
    let rows = tshark(&new, &["frame.number", "frame.len", "frame.comment"]);
    assert!(packets.contains(&rows.len()), "{run}: {} packets", rows.len());
    assert!(
        rows.iter().any(|row| !row[2].is_empty()),
        "{run}: no packet has a comment"
    );
    let number = rows.len();
    let without_comments = |rows: Vec<Vec<String>>| rows.into_iter().map(|row| row[..2].to_vec()).collect::<Vec<_>>();
    let twin = tshark(&old, &["frame.number", "frame.len"]);
    assert_eq!(
        without_comments(twin),
        without_comments(rows),
        "{run}: the twin has the same packets"
    );
    // The report is of this capture, and has each of its packets.
    let report = std::fs::read_to_string(place.latest(&format!("{run}.html"))).unwrap();
    let leads_to = |packet: usize| report.contains(&format!("href=\"#packet-{packet}\""));
    assert!((1..=number).all(leads_to) && !leads_to(number + 1), "{run}");
    // It is handed in: it names no folder of this computer.
    let folder = place.latest("").parent().unwrap().display().to_string();
    assert!(!report.contains(&folder), "{run}: {folder}");
    let sum = essential("sha256sum").arg(&new).output().unwrap().stdout;
    let sum = String::from_utf8_lossy(&sum).chars().take(64).collect::<String>();
    assert!(report.contains(&sum), "{run}: {sum}");
    let always = [("frame", number..=number), ("_ws.malformed", 0..=0)];
    let judgements = [judgements, &always[..]].concat();
    let filters: Vec<&str> = judgements.iter().map(|(filter, _)| *filter).collect();
    for ((filter, expected), found) in judgements.iter().zip(counts(&new, &filters)) {
        assert!(expected.contains(&found), "{run}: {found} packets for {filter}");
    }
    let left: Vec<_> = std::fs::read_dir(new.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter().all(|name| !name.to_string_lossy().starts_with('.')),
        "{run}: {left:?}"
    );
    calls(&log)
}

#[test]
fn each_run_is_real_traffic_as_root() {
    if !needs::root() || !ready() {
        return;
    }
    for case in CASES {
        check(&TestFolder::new(), case);
    }
}

#[test]
fn each_run_is_real_traffic_without_any_privilege() {
    if !ready() {
        return;
    }
    let Some(place) = TestFolder::of_nobody() else { return };
    for case in CASES {
        let calls = check(&place, case);
        assert!(!calls.is_empty());
    }
}

/// The calls of a run of this name.
fn calls_of(run: &str) -> Option<Vec<Call>> {
    if !ready() {
        return None;
    }
    let place = TestFolder::new();
    place.ran(&[run]).fine();
    Some(calls(&place.latest(&format!("{run}.calls.jsonl"))))
}

#[test]
fn the_handshake_happens_between_connect_entered_and_connect_returned() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    place.ran(&["tcp"]).fine();
    let calls = calls(&place.latest("tcp.calls.jsonl"));
    let connect = calls.iter().find(|call| call.call == CallName::Connect).unwrap();
    let accept = calls
        .iter()
        .find(|call| call.call == CallName::Accept && call.result >= 0)
        .unwrap();
    let rows = tshark(&place.latest("tcp.pcapng"), &["frame.time_epoch"]);
    let times: Vec<f64> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
    let at = |time: chrono::DateTime<chrono::Utc>| {
        #[expect(clippy::cast_precision_loss, reason = "microseconds are enough here")]
        let seconds = time.timestamp_micros() as f64 / 1e6;
        seconds
    };
    let slack = 2e-6;
    assert!(at(connect.entered) <= times[0] + slack && times[1] <= at(connect.returned) + slack);
    assert!(
        times[2] <= at(accept.returned) + slack,
        "accept() takes a finished connection"
    );
}

#[test]
fn a_refusal_is_told_by_the_clients_own_lines() {
    if !ready() {
        return;
    }
    let ended = TestFolder::new().ran(&["refused", "--view", "story"]);
    let told = ended.fine();
    let flat = told.replace("\n│ ", " ");
    for line in [
        "refused: no program listens on that port, says ICMP (port unreachable)",
        "error: connect to 10.0.0.2:",
        "start tcp-server first and use the port it prints",
    ] {
        assert!(flat.contains(line), "{line}: {told}");
    }
}

#[test]
fn two_of_three_connections_are_complete_before_accept() {
    let Some(calls) = calls_of("backlog") else { return };
    let accept = calls
        .iter()
        .filter(|call| call.call == CallName::Accept)
        .map(|call| call.entered)
        .min()
        .unwrap();
    let connects: Vec<&Call> = calls.iter().filter(|call| call.call == CallName::Connect).collect();
    assert_eq!(connects.iter().filter(|call| call.returned < accept).count(), 2);
    assert_eq!(connects.len(), 3);
    // RFC 6298 section 2: the first retransmission of a SYN comes after a second.
    assert!(connects.iter().any(|call| call.duration_ns > 900_000_000));
}

#[test]
fn a_half_open_connection_is_never_accepted() {
    let Some(calls) = calls_of("syn-scan") else { return };
    let accepted = calls.iter().filter(|call| call.call == CallName::Accept);
    assert!(accepted.clone().count() > 0 && accepted.clone().all(|call| call.result == -1));
}

#[test]
fn an_idle_client_has_a_socket_beside_the_other_one() {
    let Some(calls) = calls_of("idle") else { return };
    let mut sockets: Vec<u64> = calls
        .iter()
        .filter(|call| call.role == Role::ConnectionSocket)
        .map(|call| call.socket)
        .collect();
    sockets.sort_unstable();
    sockets.dedup();
    assert_eq!(sockets.len(), 2);
    assert!(
        calls
            .iter()
            .any(|call| call.role == Role::ConnectionSocket && call.bytes == Some(0))
    );
}

#[test]
fn time_wait_is_the_kernels_own_word() {
    if !ready() {
        return;
    }
    let ended = TestFolder::new().ran(&["close", "--width", "200"]);
    let told = ended.fine();
    for words in [
        "in TIME-WAIT: the server's end.",
        "in TIME-WAIT: the client's end.",
        "failed without SO_REUSEADDR",
        "With SO_REUSEADDR bind() to port",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn a_half_closed_connection_carries_the_answer_after_the_fin() {
    if !ready() {
        return;
    }
    let place = TestFolder::new();
    place.ran(&["close"]).fine();
    let rows = tshark(
        &place.latest("close.pcapng"),
        &["tcp.stream", "tcp.flags.fin", "tcp.len", "tcp.srcport"],
    );
    let third: Vec<&Vec<String>> = rows.iter().filter(|row| row[0] == "2").collect();
    let fin = third
        .iter()
        .position(|row| ["1", "True"].contains(&row[1].as_str()))
        .unwrap();
    let answer = third.iter().rposition(|row| row[2] != "0").unwrap();
    assert!(fin < answer && third[fin][3] != third[answer][3], "{third:?}");
    let log = calls(&place.latest("close.calls.jsonl"));
    assert!(
        log.iter()
            .any(|call| call.call == CallName::Shutdown && call.result == 0)
    );
}
