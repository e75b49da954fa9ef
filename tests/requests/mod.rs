//! UDP requests and their replies, ICMP errors, and what else one small capture shows, in each view.

use std::path::PathBuf;

use crate::support::ours;

fn shown(name: &str, arguments: &[&str]) -> String {
    let file = format!("tests/requests/{name}.pcap");
    let mut sniffer = ours("sniffer");
    let ended = sniffer.args(["-r", &file]).args(arguments).output().unwrap();
    let errors = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{name} {arguments:?}: {errors}");
    String::from_utf8(ended.stdout).unwrap()
}

/// With line breaks made spaces, so that a sentence is found wherever it breaks.
fn joined(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn has(text: &str, parts: &[&str]) {
    let text = joined(text);
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
}

fn json(name: &str) -> Vec<serde_json::Value> {
    let lines = shown(name, &["--json"]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn written(name: &str, option: &str, ending: &str) -> String {
    let mut path: PathBuf = std::env::temp_dir();
    path.push(format!("requests-{name}-{}{ending}", std::process::id()));
    let path_text = path.to_str().unwrap();
    match option {
        // It takes the place of packets: there is nothing to be quiet about.
        "--answer-key" => shown(name, &["--force", option, path_text]),
        _ => shown(name, &["-q", "--force", option, path_text]),
    };
    let text = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

const LOSS: &str = "1 of 5 requests has no captured reply: 20 %";
const TRIPS: &str = "min/avg/max/mdev = 20.000/20.000/20.000/0.000 ms";

#[test]
fn after_one_lost_ping_every_view_has_the_right_pairs() {
    let summary = shown("one-lost", &["--view", "summary"]);
    for (reply, request) in [(2, 1), (5, 4), (7, 6), (9, 8)] {
        let line = summary.lines().nth(reply - 1).unwrap();
        assert!(line.ends_with(&format!("[reply to {request}]")), "{line}");
    }
    has(
        &shown("one-lost", &[]),
        &[
            "the reply to packet 4, 20.0 ms later",
            "the reply to packet 8, 20.0 ms later",
        ],
    );
    let ladder = shown("one-lost", &["--view", "ladder"]);
    has(
        &ladder,
        &[LOSS, TRIPS, "whether packet 3 or its reply was lost or late"],
    );
    assert_eq!(ladder.matches("[no reply captured]").count(), 1);
    let html = written("one-lost", "--html", ".html");
    has(&html, &[LOSS, TRIPS, "no reply captured"]);
    let comments = written("one-lost", "-w", ".pcapng");
    has(
        &comments,
        &["answers=4 certainty=fact evidence=same-data-in-uppercase round_trip=20000000ns"],
    );
    for option in ["--view answers", "--answer-key"] {
        let answers = match option.split_once(' ') {
            Some((option, value)) => shown("one-lost", &[option, value]),
            None => written("one-lost", option, ".md"),
        };
        has(
            &answers,
            &[
                LOSS,
                TRIPS,
                "No reply to packet 3 was captured",
                "Packet 9 answers packet 8",
            ],
        );
    }
}

#[test]
fn json_has_certainty_and_evidence_of_each_pair() {
    let lines = json("one-lost");
    let reply = &lines[4]["conversation"]["datagram"]["replies"];
    assert_eq!(
        (&reply["packet"], &reply["nanoseconds"], &reply["certainty"]),
        (&4.into(), &20_000_000.into(), &"fact".into())
    );
    assert_eq!(reply["evidence"]["packets"], serde_json::json!([4]));
    let udp = &lines.last().unwrap()["udp"];
    assert_eq!(
        (&udp["requests"], &udp["answered"], &udp["unanswered"], &udp["no_reply"]),
        (&5.into(), &4.into(), &1.into(), &serde_json::json!([3]))
    );
    assert_eq!(udp["round_trips"]["avg"], 20_000_000);
}

#[test]
fn a_quotation_of_the_whole_datagram_is_checked() {
    let text = shown("quoted-whole", &[]);
    assert!(
        !text.contains("unchecked") && !joined(&text).contains("only its start"),
        "{text}"
    );
    has(
        &text,
        &[
            "reports to the client that packet 1 reached 198.51.100.2: no socket is bound to port 12000 there, or its firewall says so",
        ],
    );
    assert!(!joined(&text).contains("did not arrive"), "{text}");
    has(
        &shown("quoted-whole", &["--view", "ladder"]),
        &["The request has no captured reply: an ICMP error refused it"],
    );
}

#[test]
fn the_checksum_of_a_sender_away_from_home_is_right() {
    let lines = json("home-address");
    let layers = lines[0]["layers"].as_array().unwrap();
    assert_eq!(layers.last().unwrap()["checksum"]["verdict"], "ok");
}

#[test]
fn a_datagram_put_together_has_a_key_that_says_so() {
    let lines = json("fragments");
    let reassembled: Vec<Option<u64>> = lines.iter().map(|line| line["reassembled"].as_u64()).collect();
    assert_eq!(reassembled, [None, None, Some(2), None]);
    assert_eq!((&lines[1]["number"], &lines[2]["number"]), (&2.into(), &2.into()));
}

#[test]
fn where_the_clock_went_back_no_view_has_a_negative_duration() {
    let back = "the clock went back, or the file is not in order";
    has(
        &shown("clock-back", &[]),
        &["its time is 500 ms before that of the one before", back],
    );
    has(
        &shown("clock-back", &["--view", "ladder"]),
        &["The time of packet 5 is 500 ms before that of the packet before", back],
    );
    has(
        &shown("clock-back", &["--view", "answers"]),
        &["no SampleRTT, for the clock of the capture went back"],
    );
    for text in [
        shown("clock-back", &[]),
        shown("clock-back", &["--view", "ladder"]),
        shown("clock-back", &["--view", "answers"]),
        written("clock-back", "-w", ".pcapng"),
    ] {
        // A time before the first packet's is none: `-478.900` in the ladder, `t=-0.478900 s`.
        let words: Vec<&str> = text.split_whitespace().collect();
        for pair in words.windows(2) {
            let is_negative = pair[0].trim_start_matches('(').starts_with('-') && pair[0].ends_with(char::is_numeric);
            assert!(
                !(is_negative && pair[1].trim_end_matches(['.', ',', ';', ':']) == "ms"),
                "{pair:?}"
            );
        }
        assert!(!text.contains("round_trip=-"), "{text}");
    }
    let packet = &json("clock-back")[4]["conversation"];
    assert_eq!(
        (&packet["pause"], &packet["clock_went_back"]),
        (&serde_json::Value::Null, &500_000_000.into())
    );
    assert!(packet["segment"]["round_trip"].is_null());
}

#[test]
fn several_lines_without_an_end_are_not_called_the_line() {
    let text = shown("lines", &[]);
    assert!(!joined(&text).contains("the line"), "{text}");
}

#[test]
fn what_is_sent_to_all_of_the_link_is_no_request_without_a_reply() {
    let ladder = shown("dhcp", &["--view", "ladder"]);
    has(&ladder, &["2 datagrams from the client"]);
    assert!(!ladder.contains("no captured reply"), "{ladder}");
}

#[test]
fn each_reply_from_another_address_counts() {
    let ladder = shown("another-address", &["--view", "ladder"]);
    has(&ladder, &["reply to 1 from", "reply to 3 from", "reply to 5 from"]);
    assert!(!ladder.contains("no reply captured"), "{ladder}");
    assert!(!ladder.contains("no captured reply"), "{ladder}");
}
