//! What is said of one end's capture: nothing that is said as a fact contradicts what the wire wrote, and what both ends are needed for is
//! left open.

use socket_lab::flow::Party;
use socket_lab::flow::segment::SegmentPart;

use super::proved::{assert_proved, captured, sent};
use super::stage::{Run, ready};
use crate::support::ours;

/// The closing sentence of the ladder, if something is open.
fn open(run: &Run, end: &str) -> Vec<String> {
    let output = ours("sniffer")
        .arg("-r")
        .arg(run.capture(end))
        .args(["--view", "ladder", "--full", "--style", "plain"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let open = told.lines().filter(|line| line.contains("it cannot be told"));
    open.map(str::to_owned).collect()
}

/// The recorded runs: at which end something stays open, and of which packet.
#[test]
fn a_recorded_run_says_at_each_end_what_stays_open() {
    let sentence = |what: &str, answer: &str, end: &str, none: &str| {
        format!(
            "From these packets it cannot be told whether {what} or its {answer} was lost or late, or {none}, unless they were \
             captured at {end}; a capture there shows it (sniffer --other-end)."
        )
    };
    let of_server = |what, answer| sentence(what, answer, "the server's end", "the server sent none");
    for (word, client, server) in [
        ("rtt", None, None::<String>),
        (
            "udp-lost",
            Some(sentence(
                "packet 3",
                "reply",
                "the server's end",
                "the server's program sent none",
            )),
            None,
        ),
        ("syn-lost", Some(of_server("packet 1", "answer")), None),
        // The answer echoes the first SYN's timestamp, and the SYN that comes again shows that the SYN-ACK had not arrived.
        ("synack-lost", None, None),
        ("data-lost", Some(of_server("packet 4", "acknowledgment")), None),
        // What came here changed, the kernel drops and does not acknowledge; its checksum shows that, at this end.
        ("corrupt", Some(of_server("packet 4", "acknowledgment")), None),
        ("duplicate", None, None),
        ("fast-retransmit", None, None),
    ] {
        let run = Run::recorded(word);
        assert_proved(&run, "recorded");
        assert_eq!(open(&run, "client"), Vec::from_iter(client), "{word}, client");
        assert_eq!(open(&run, "server"), Vec::from_iter(server), "{word}, server");
    }
}

/// Rules that lose, delay, repeat and change whatever there is.
const RULES: &[(&str, &str)] = &[
    ("rtt", "lose client syn 1-2"),
    ("rtt", "lose server syn-ack 1; lose client ack 1"),
    ("rtt", "lose client ack 1; lose client data 1"),
    ("rtt", "lose client fin 1; lose server fin 1"),
    ("rtt", "hold 1500ms client syn 1"),
    ("rtt", "repeat 300ms server syn-ack 1; repeat 2ms client syn 1"),
    ("rtt", "hold 400ms client data 1"),
    ("rtt", "lose server ack until 3"),
    ("rtt", "lose frame 30%; repeat 5ms frame 20%; delay 5ms"),
    ("rtt", "corrupt segment 30%; hold 300ms segment 15%"),
    ("slow-start", "lose client data 5-8"),
    (
        "slow-start",
        "lose client data 20%; hold 30ms client data 10%; repeat 10ms client data 10%",
    ),
    ("slow-start", "lose server ack 40%"),
    ("fast-retransmit", "lose client data 5"),
    ("fast-retransmit", "lose client data 30%"),
    ("reorder", "hold 60ms client data 4"),
    ("both-open", "lose server syn 1"),
    ("both-close", "lose fin 1"),
];

#[test]
fn what_one_end_is_said_to_prove_is_what_the_wire_did() {
    if !ready() {
        return;
    }
    let mut checked = Vec::new();
    for word in [
        "reply-lost",
        "ack-lost",
        "reorder",
        "duplicate",
        "zero-window",
        "slow-start",
        "bottleneck",
        "path-mtu",
        "black-hole",
        "both-open",
        "both-close",
    ] {
        checked.extend(assert_proved(&Run::of(word, &["--short"]), word));
    }
    for (seed, (word, rules)) in (1..).zip(RULES) {
        let seed = format!("{seed}");
        checked.extend(assert_proved(
            &Run::of(word, &["--rules", rules, "--seed", &seed]),
            rules,
        ));
    }
    for kind in [
        "Open",
        "Acknowledged",
        "Missing",
        "AskedFor",
        "Undelivered",
        "NotCaptured",
        "Arrived",
        "Twice",
    ] {
        assert!(
            checked.iter().any(|one| one == kind),
            "{kind} was never said: {checked:?}"
        );
    }
}

/// Zero-window probes and keep-alives repeat a byte, and ask something: nothing was lost.
#[test]
fn a_probe_is_not_called_lost() {
    if !ready() {
        return;
    }
    let run = Run::of("zero-window", &["--short"]);
    let frames = ["client", "server"].map(|end| run.frames(end));
    let sent = sent(&run, &frames);
    let mut probes = 0;
    for (end, own) in [Party::Client, Party::Server].into_iter().zip(&frames) {
        for packet in captured(end, own, &sent).iter().flatten() {
            let is_probe = matches!(packet.segment.part, SegmentPart::WindowProbe | SegmentPart::KeepAlive);
            assert!(!is_probe || packet.segment.repetition.is_none(), "{:?}", packet.segment);
            probes += usize::from(is_probe);
        }
        if !run.was_slow() {
            assert_eq!(open(&run, end.word()), Vec::<String>::new());
        }
    }
    assert!(probes >= 4, "{probes}");
    assert!(sent.iter().any(|(_, sent)| sent.has_data));
}
