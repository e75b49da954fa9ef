//! What the wire wrote, against the bytes in both captures.

use std::collections::BTreeSet;

use serde_json::Value;

use super::stage::{Run, ready};
use crate::json::valid;
use crate::support::ours;

const SCHEMA: &str = include_str!("../../docs/wire.schema.json");
const DOCUMENT: &str = include_str!("../../docs/wire.md");

/// Rules as a generator of them writes.
const RULES: &[&str] = &[
    "lose frame 20%; delay 1ms",
    "lose data 30%; repeat 2ms data 20%; jitter 3ms",
    "hold 4ms frame 25%; corrupt data 15%; delay 2ms",
    "rate 3Mbit; queue 4; repeat frame 10%",
    "mtu 600; lose client ack every 3; delay 1ms client",
    "repeat client segment 1-2; corrupt client segment 1",
];

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))).unwrap()
}

/// Every frame of the record is the packet of that number at its sender, and each arrival the packet of that number at the
/// other end, byte for byte but for the bit that was changed. No packet is left over at either end.
#[track_caller]
pub(super) fn assert_true(run: &Run) {
    let captured = |end: &str| run.frames(end);
    let [client, server] = ["client", "server"].map(captured);
    let mut unexplained = [client.len(), server.len()];
    let mut taken = 0;
    let has_router = run.told.contains("Router: ");
    for frame in run.truth() {
        assert_eq!(valid(SCHEMA, &frame), Ok(()), "{frame}");
        let is_clients = frame["from"] == "client";
        let (sender, receiver) = if is_clients {
            (&client, &server)
        } else {
            (&server, &client)
        };
        let [of_sender, of_receiver] = if is_clients { [0, 1] } else { [1, 0] };
        let arrivals = frame["arrivals"].as_array().unwrap();
        if frame["from"] == "router" {
            // It has no capture: there is only what arrived.
            assert!(frame["packet"].is_null() && has_router, "{frame}");
            for arrival in arrivals {
                let arrived = &receiver[number(&arrival["packet"]) - 1];
                assert_eq!(arrived.bytes.len(), number(&frame["length"]), "{frame}");
                unexplained[of_receiver] -= 1;
            }
            continue;
        }
        let sent = &sender[number(&frame["packet"]) - 1];
        assert_eq!(sent.bytes.len(), number(&frame["length"]), "{frame}");
        unexplained[of_sender] -= 1;
        let time = frame["time"].as_i64().unwrap();
        assert!(time >= taken, "the frames are in their order: {frame}");
        taken = time;
        // The kernel captures it before the wire has it.
        assert!(sent.time.unwrap().0 <= time, "{frame}");
        assert_eq!(frame["fate"] == "passed", !arrivals.is_empty(), "{frame}");
        for arrival in arrivals {
            let arrived = &receiver[number(&arrival["packet"]) - 1];
            unexplained[of_receiver] -= 1;
            let handed_over = arrival["time"].as_i64().unwrap();
            assert!(time <= handed_over && handed_over <= arrived.time.unwrap().0, "{frame}");
            let changed = sent.bytes.iter().zip(arrived.bytes.iter()).enumerate();
            // A router changes the Ethernet header, the time to live and the checksum of the header.
            let is_routers = |place: usize| has_router && (place < 12 || [22, 24, 25].contains(&place));
            let changed = changed.filter(|(place, _)| !is_routers(*place));
            let changed = changed.map(|(_, (one, other))| (one ^ other).count_ones());
            assert_eq!(changed.sum::<u32>(), u32::from(arrival["changed"] == true), "{frame}");
            assert_eq!(sent.bytes.len(), arrived.bytes.len(), "{frame}");
        }
    }
    assert_eq!(unexplained, [0, 0], "{}", run.told);
}

#[test]
fn each_run_is_recorded_as_it_was() {
    if !ready() {
        return;
    }
    for word in [
        "rtt",
        "udp-lost",
        "synack-lost",
        "reply-lost",
        "corrupt",
        "duplicate",
        "fast-retransmit",
        "reorder",
        "zero-window",
        "slow-start",
        "bottleneck",
        "congestion",
        "path-mtu",
        "black-hole",
        "both-open",
        "both-close",
    ] {
        assert_true(&Run::of(word, &["--short"]));
    }
}

#[test]
fn whatever_the_rules_are_the_record_is_true() {
    if !ready() {
        return;
    }
    for (seed, rules) in (1..).zip(RULES) {
        let seed = format!("{seed}");
        let options = [
            "--delay", "1ms", "--rules", rules, "--seed", &seed, "--line", "one line", "--line", "another",
        ];
        // What cannot be carried at all ends by the client's own timer; the record is true all the same.
        assert_true(&Run::of("rtt", &options));
    }
}

/// What the router says is lost by the rule, and recorded as the router's.
#[test]
fn a_routers_own_messages_are_recorded() {
    if !ready() {
        return;
    }
    for (word, fate) in [("path-mtu", "passed"), ("black-hole", "lost")] {
        let run = Run::of(word, &["--short"]);
        let own: Vec<Value> = run
            .truth()
            .into_iter()
            .filter(|frame| frame["from"] == "router")
            .collect();
        assert!(!own.is_empty(), "{word}");
        for frame in own {
            assert_eq!(
                (&frame["fate"], &frame["packet"]),
                (&Value::from(fate), &Value::Null),
                "{frame}"
            );
            assert!(frame["is"].as_str().unwrap().starts_with("server icmp "), "{frame}");
        }
    }
}

#[test]
fn the_document_explains_every_key() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let arrivals = &schema["properties"]["arrivals"]["items"]["properties"];
    for keys in [&schema["properties"], arrivals] {
        for key in keys.as_object().unwrap().keys() {
            assert!(
                DOCUMENT.contains(&format!("`{key}`")),
                "docs/wire.md does not explain {key}"
            );
        }
    }
}

/// What the two captures show by themselves, `sniffer --other-end`, against what the wire wrote: which packets were lost, which were
/// changed, which arrived how often.
#[track_caller]
pub(super) fn assert_found(run: &Run, rules: &str) {
    let output = ours("sniffer")
        .arg("-r")
        .arg(run.capture("client"))
        .arg("--other-end")
        .arg(run.capture("server"))
        .arg("--json")
        .output()
        .unwrap();
    assert!(output.status.success(), "{rules}: {output:?}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let first = |value: &Value| value.as_array().and_then(|all| all.first()).map(number);
    // Equal packets cannot be told apart: those without an identification, which RFC 6864 allows, sent again.
    let [client, server] = ["client", "server"].map(|end| run.frames(end));
    let is_certain = |end: &str, packet: usize| {
        let frames = if end == "client" { &client } else { &server };
        let own = &frames[packet - 1].bytes;
        own[18..20] != [0, 0] || frames.iter().filter(|frame| frame.bytes[26..46] == own[26..46]).count() == 1
    };
    let mut found: [BTreeSet<(String, usize)>; 3] = Default::default();
    for pair in lines.iter().filter(|line| line["line"] == "pair") {
        let end = if pair["sent_at"] == "a" { "client" } else { "server" };
        let sent = first(&pair[if end == "client" { "a" } else { "b" }]);
        let [lost, changed, duplicated] = &mut found;
        match pair["fate"].as_str().unwrap() {
            "lost" => drop(lost.insert((end.to_owned(), sent.unwrap()))),
            "changed" => drop(changed.insert((end.to_owned(), sent.unwrap()))),
            "duplicated" => drop(duplicated.insert((end.to_owned(), number(&pair["duplicate_of"])))),
            "arrived" => {}
            // What a router sends of its own.
            "other-conversation" if run.told.contains("Router: ") => {}
            other => {
                let numbers = [("client", first(&pair["a"])), ("server", first(&pair["b"]))];
                let certain = numbers
                    .into_iter()
                    .all(|(end, one)| one.is_none_or(|one| is_certain(end, one)));
                assert!(!certain, "{rules}: {other}: {pair}");
            }
        }
    }
    let mut wrote: [BTreeSet<(String, usize)>; 3] = Default::default();
    for frame in run.truth().into_iter().filter(|frame| frame["from"] != "router") {
        let key = (frame["from"].as_str().unwrap().to_owned(), number(&frame["packet"]));
        let arrivals = frame["arrivals"].as_array().unwrap();
        let [lost, changed, duplicated] = &mut wrote;
        if arrivals.is_empty() {
            lost.insert(key.clone());
        }
        if arrivals.iter().any(|arrival| arrival["changed"] == true) {
            changed.insert(key.clone());
        }
        if arrivals.len() > 1 {
            duplicated.insert(key);
        }
    }
    for set in found.iter_mut().chain(&mut wrote) {
        set.retain(|(end, packet)| is_certain(end, *packet));
    }
    assert_eq!(found, wrote, "{rules}: lost, changed, duplicated\n{}", run.told);
    let clock = &lines[0]["clock"];
    let [offset, error] = ["offset", "error"].map(|key| clock[key].as_i64().unwrap());
    // Both ends have the clock of this machine.
    assert!(offset.abs() <= error, "{rules}: {clock}");
}

#[test]
fn two_captures_alone_show_what_the_wire_did() {
    if !ready() {
        return;
    }
    for word in [
        "rtt",
        "syn-lost",
        "synack-lost",
        "data-lost",
        "corrupt",
        "duplicate",
        "fast-retransmit",
        "reorder",
        "zero-window",
        "slow-start",
        "bottleneck",
        "congestion",
        "path-mtu",
        "black-hole",
        "both-open",
        "both-close",
    ] {
        assert_found(&Run::of(word, &["--short"]), word);
    }
    for (seed, rules) in (1..).zip(RULES) {
        let seed = format!("{seed}");
        let options = ["--delay", "2ms", "--rules", rules, "--seed", &seed];
        assert_found(&Run::of("rtt", &options), rules);
    }
}
