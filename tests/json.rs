//! The view `json` as a reader of its documents meets it: every line is valid by the published schema, and the documented
//! example is what is written.

mod validator;

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use socket_lab::flow::Tracker;
use socket_lab::frame::{Direction, Frame, Time};
use socket_lab::record::Reader;
use socket_lab::render::json;
use socket_lab::render::text_style::TextStyle;
use socket_lab::render::view::ShownPacket;
use socket_lab::wire::LinkType;

use self::validator::Validator;
use crate::support::{needs, ours};

const SCHEMA: &str = include_str!("../docs/packet.schema.json");
const CONVERSATION: &str = include_str!("../docs/conversation.schema.json");
const CALL: &str = include_str!("../docs/call.schema.json");
const EXPLAIN_LIST: &str = include_str!("../docs/explain-list.schema.json");
const EXCHANGE: &str = include_str!("../docs/exchange.schema.json");
const PAIR: &str = include_str!("../docs/pair.schema.json");
const DOCUMENT: &str = include_str!("../docs/json.md");
const SAMPLES: &str = include_str!("../src/render/samples.txt");

fn line(frame: &Frame<'_>) -> String {
    let packet = frame.decode();
    let mut out = Vec::new();
    let step = Tracker::new().follow(1, frame.time, &packet);
    let shown = ShownPacket {
        in_flow: step.as_ref(),
        first: frame.time,
        ..ShownPacket::alone(1, frame, &packet)
    };
    json::write(&mut out, &TextStyle::PIPE, &shown).unwrap();
    String::from_utf8(out).unwrap()
}

fn sample(text: &str) -> Option<(&str, Frame<'_>)> {
    let words: Vec<&str> = text.split(' ').collect();
    let [name, link, length, hex] = words[..] else {
        return None;
    };
    if name == "#" {
        return None;
    }
    let pairs = (0..hex.len()).step_by(2);
    let frame = Frame {
        time: Some(Time(1_772_600_767_123_456_789)),
        link: LinkType(link.parse().unwrap()),
        interface: 0,
        direction: Some(Direction::Inbound),
        original_length: length.parse().unwrap(),
        bytes: pairs
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect(),
        comments: vec!["the first\ncomment".into()],
    };
    Some((name, frame))
}

#[test]
fn every_line_is_valid_by_the_published_schema() {
    let validator = Validator::of(SCHEMA);
    let mut count = 0;
    for (name, frame) in SAMPLES.lines().filter_map(sample) {
        let line = line(&frame);
        assert_eq!(validator.validate(&line), Ok(()), "{name}: {line}");
        count += 1;
    }
    assert!(count > 10, "{count}");
}

#[test]
fn the_schema_does_find_faults() {
    let validator = Validator::of(SCHEMA);
    let (_, frame) = SAMPLES.lines().find_map(sample).unwrap();
    let good: Value = serde_json::from_str(&line(&frame)).unwrap();
    let faults: [fn(&mut Value); 6] = [
        |packet| packet["number"] = (-1).into(),
        |packet| packet["direction"] = "sideways".into(),
        |packet| packet["extra"] = true.into(),
        |packet| packet["layers"][0]["fields"][0]["raw"] = "0".into(),
        |packet| packet["layers"][1]["checksum"]["verdict"] = "fine".into(),
        |packet| {
            packet.as_object_mut().unwrap().remove("payload");
        },
    ];
    for fault in faults {
        let mut bad = good.clone();
        fault(&mut bad);
        assert!(validator.validate(&format!("{bad}\n")).is_err(), "{bad}");
    }
}

/// The code block of the document under its heading "An example".
#[test]
fn the_documented_example_is_what_is_written() {
    let (_, after) = DOCUMENT.split_once("```json\n").unwrap();
    let (block, _) = after.split_once("```").unwrap();
    let documented: Value = serde_json::from_str(block).unwrap();
    let (_, mut frame) = SAMPLES
        .lines()
        .filter_map(sample)
        .find(|(name, _)| *name == "udp")
        .unwrap();
    frame.comments.clear();
    let line = line(&frame);
    let mut written: Value = serde_json::from_str(&line).unwrap();
    // The document shows one header of the three, and says so.
    let layers = written["layers"].as_array_mut().unwrap();
    layers.retain(|layer| layer["protocol"] == "UDP");
    assert_eq!(documented, written, "{line}");
}

#[test]
fn every_key_is_documented() {
    for schema in [SCHEMA, CONVERSATION, CALL, EXPLAIN_LIST, EXCHANGE, PAIR] {
        keys_are_documented(&serde_json::from_str(schema).unwrap());
    }
}

fn keys_are_documented(schema: &Value) {
    let none = Map::new();
    let definitions = schema["$defs"].as_object().unwrap_or(&none).values().chain([schema]);
    let choices = |definition: &Value| definition["oneOf"].as_array().cloned().unwrap_or_default();
    for definition in definitions.flat_map(|definition| [vec![definition.clone()], choices(definition)].concat()) {
        for key in definition["properties"].as_object().into_iter().flat_map(Map::keys) {
            assert!(
                DOCUMENT.contains(&format!("`{key}`")),
                "docs/json.md does not explain {key}"
            );
        }
        if let Some(word) = definition["const"].as_str() {
            assert!(
                DOCUMENT.contains(&format!("`{word}`")),
                "docs/json.md does not explain {word}"
            );
        }
    }
}

/// Is this object valid by the schema?
pub fn valid(schema: &str, value: &Value) -> Result<(), String> {
    Validator::of(schema).validate(&format!("{value}\n"))
}

/// What the program writes of a real run: a line and a connection without one over TCP, a line over UDP, and both clients
/// against a port where nobody listens.
fn written(arguments: &[&str]) -> Vec<String> {
    let ended = ours("sniffer")
        .args(["-r", "tests/sniffer/ladder/recorded.pcap", "--json"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    let output = String::from_utf8(ended.stdout).unwrap();
    output.split_inclusive('\n').map(str::to_owned).collect()
}

/// Validates each line by the schema of its kind; gives the lines of one kind.
pub(crate) fn of_kind(lines: &[String], kind: &str) -> Vec<Value> {
    let mut found = Vec::new();
    for line in lines {
        let value: Value = serde_json::from_str(line).unwrap();
        let own = value["line"].as_str().unwrap_or("packet");
        let schema = match own {
            "packet" => SCHEMA,
            "conversation" => CONVERSATION,
            "exchange" => EXCHANGE,
            "pair" => PAIR,
            _ => CALL,
        };
        let validator = Validator::of(schema);
        assert_eq!(validator.validate(line), Ok(()), "{line}");
        if own == kind {
            found.push(value);
        }
    }
    found
}

#[test]
fn conversations_follow_the_packets() {
    let lines = written(&[]);
    let packets = of_kind(&lines, "packet");
    let wholes = of_kind(&lines, "conversation");
    assert!(of_kind(&lines, "call").is_empty());
    assert!(lines[packets.len()].starts_with("{\"line\":\"conversation\",\"number\":1,"));
    let number = |value: &Value| value["conversation"]["number"].as_u64();
    let last = packets.iter().filter_map(number).max().unwrap();
    assert_eq!(wholes.len() as u64, last);
    for whole in &wholes {
        let own = packets
            .iter()
            .filter(|packet| number(packet) == whole["number"].as_u64());
        let counted = ["from_client", "from_server"].map(|from| whole[from]["packets"].as_u64().unwrap());
        let notices = whole["notices"].as_u64().unwrap();
        assert_eq!(own.count() as u64, counted[0] + counted[1] + notices, "{whole}");
    }
    let syn = packets.iter().find(|packet| packet["name"] == "SYN").unwrap();
    let whole = &wholes[usize::try_from(number(syn).unwrap() - 1).unwrap()];
    assert_eq!(
        whole["tcp"]["client"]["initial_sequence_number"],
        syn["conversation"]["segment"]["sequence"]["raw"]
    );
    let openings: Vec<_> = wholes
        .iter()
        .filter_map(|whole| whole["tcp"]["opening"].as_str())
        .collect();
    assert!(
        openings.contains(&"complete") && openings.contains(&"refused"),
        "{openings:?}"
    );
}

#[test]
fn calls_stand_with_the_packets_that_they_sent_and_waited_for() {
    const LOG: &str = "tests/sniffer/ladder/recorded.jsonl";
    let lines = written(&["--calls", LOG]);
    let packets = of_kind(&lines, "packet");
    let calls = of_kind(&lines, "call");
    let logged: Vec<Value> = fs::read_to_string(LOG)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for call in &calls {
        assert!(logged.contains(&call["call"]), "{call}");
    }
    let connect = calls
        .iter()
        .find(|call| call["call"]["call"] == "connect" && call["call"]["result"] == 0)
        .unwrap();
    let name = |key: &str| {
        let number = connect[key][0].as_u64().unwrap();
        packets[usize::try_from(number - 1).unwrap()]["name"].as_str().unwrap()
    };
    assert_eq!((name("sent"), name("waited_for")), ("SYN", "SYN-ACK"), "{connect}");
    assert_eq!(connect["party"], "client");
    let accept = calls.iter().find(|call| call["call"]["call"] == "accept").unwrap();
    assert_eq!(
        (&accept["party"], accept["sent"].as_array().unwrap().len()),
        (&"server".into(), 0)
    );
    // Of one conversation alone: neither the packets nor the calls of others.
    let one = of_kind(&written(&["--calls", LOG, "--flow", "1"]), "call");
    assert!(!one.is_empty() && one.len() < calls.len());
    assert!(one.iter().all(|call| call["conversation"] == 1));
}

#[test]
fn the_list_of_explain_is_valid_by_its_schema() {
    let ended = ours("sniffer").args(["--explain", "list", "--json"]).output().unwrap();
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    let list: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let validator = Validator::of(EXPLAIN_LIST);
    assert_eq!(validator.validate_value(&list), Ok(()));
    let kinds = |kind: &str| {
        list.as_array()
            .unwrap()
            .iter()
            .filter(|name| name["kind"] == kind)
            .count()
    };
    assert!(kinds("concept") > 20 && kinds("field") > 100, "{list}");
    let faults: [fn(&mut Value); 4] = [
        |list| list[0]["kind"] = "protocol".into(),
        |list| list[0]["other_names"] = "one".into(),
        |list| list[0]["extra"] = true.into(),
        |list| {
            list[0].as_object_mut().unwrap().remove("source");
        },
    ];
    for fault in faults {
        let mut bad = list.clone();
        fault(&mut bad);
        assert!(validator.validate_value(&bad).is_err(), "{}", bad[0]);
    }
}

/// Every packet of the captures in the folder `SOCKET_LAB_CORPUS` that the crate opens.
#[test]
fn packets_of_all_kinds_are_valid() {
    let Some(folder) = needs::corpus() else { return };
    let validator = Validator::of(SCHEMA);
    let mut count = 0_u64;
    for entry in fs::read_dir(folder).unwrap() {
        count += validate_capture(&validator, &entry.unwrap().path());
    }
    assert!(count > 100, "only {count} packets found");
}

fn validate_capture(validator: &Validator, file: &Path) -> u64 {
    let Ok(mut capture) = Reader::open(file) else {
        return 0;
    };
    let mut count = 0;
    while let Ok(Some(frame)) = capture.next() {
        let written = line(&frame);
        assert_eq!(
            validator.validate(&written),
            Ok(()),
            "{}, packet {}",
            file.display(),
            count + 1
        );
        count += 1;
    }
    count
}
