//! No view says of an end a state that a later packet of that end disproves.
//!
//! What disproves a state is told here from flags and numbers alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::judge::captures;
use crate::support::ours;

/// A segment as it disproves states.
struct Sent {
    number: u64,
    conversation: u64,
    sender: String,
    part: String,
    /// Where its own FIN is, if it has one.
    fin: Option<i64>,
    /// Until where it acknowledges.
    acknowledges: i64,
    /// Was it sent after all that was captured before it of its sender?
    is_in_order: bool,
}

/// States in which an end has got the other's FIN, has sent its own, and has got the SYN-ACK or sent it.
const GOT_FIN: [&str; 4] = ["CLOSE-WAIT", "CLOSING", "LAST-ACK", "TIME-WAIT"];
const SENT_FIN: [&str; 5] = ["FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "LAST-ACK", "TIME-WAIT"];

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [
        "captures",
        "captures/two-hosts",
        "tests/flow/packets",
        "tests/answers",
        "tests/other_end",
        "tests/sniffer/ladder",
    ];
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| captures(&root.join(folder))).collect();
    files.sort();
    files.dedup();
    files
}

fn output(arguments: &[&str], file: &Path) -> String {
    let ended = ours("sniffer").arg("-r").arg(file).args(arguments).output().unwrap();
    assert!(
        ended.status.success(),
        "{file:?}: {}",
        String::from_utf8_lossy(&ended.stderr)
    );
    String::from_utf8(ended.stdout).unwrap()
}

fn lines(file: &Path) -> Vec<Value> {
    let output = output(&["--json"], file);
    let lines = output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .filter(|line| line["conversation"]["segment"].is_object())
        .collect()
}

fn sent(line: &Value) -> Sent {
    let conversation = &line["conversation"];
    let segment = &conversation["segment"];
    let part = conversation["part"].as_str().unwrap().to_owned();
    let remarks: Vec<&str> = segment["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let after = segment["data"]["last"].as_i64().map(|last| last + 1);
    Sent {
        number: line["number"].as_u64().unwrap(),
        conversation: conversation["number"].as_u64().unwrap(),
        sender: conversation["sender"].as_str().unwrap().to_owned(),
        fin: part
            .ends_with("-fin")
            .then(|| after.or(segment["sequence"]["relative"].as_i64()).unwrap()),
        acknowledges: segment["acknowledgment"]["relative"].as_i64().unwrap_or(i64::MIN),
        is_in_order: part != "copy" && !remarks.contains(&"out-of-order"),
        part,
    }
}

/// The first packet of this end after `number` that disproves the state.
fn disproof<'s>(all: &'s [Sent], state: &str, end: &str, conversation: u64, number: u64) -> Option<&'s Sent> {
    let of_conversation = || all.iter().filter(|sent| sent.conversation == conversation);
    let their_fin = of_conversation().find_map(|sent| sent.fin.filter(|_| sent.sender != end));
    let own_fin = of_conversation().find(|sent| sent.sender == end && sent.fin.is_some());
    let mut later = of_conversation().filter(|sent| sent.sender == end && sent.number > number && sent.is_in_order);
    if state == "CLOSED" {
        // The end that opens, opens again.
        return later
            .next()
            .filter(|sent| sent.part != "reset" && !["syn", "syn-ack"].contains(&sent.part.as_str()));
    }
    later.find(|sent| {
        let opens = ["syn", "crossing-syn", "syn-ack"].contains(&sent.part.as_str());
        let is_reset = sent.part == "reset";
        let lacks_fin = !opens && !is_reset && their_fin.is_some_and(|fin| sent.acknowledges <= fin);
        let closes_later = own_fin.is_some_and(|fin| fin.number == sent.number);
        match state {
            "SYN-SENT" => false,
            "LISTEN" => sent.part == "syn" || sent.part == "crossing-syn" || is_reset,
            "SYN-RECEIVED" => sent.part == "syn" || sent.part == "crossing-syn",
            "ESTABLISHED" => opens,
            _ => {
                opens
                    || GOT_FIN.contains(&state) && lacks_fin
                    || SENT_FIN.contains(&state) && closes_later
                    || ["FIN-WAIT-2", "TIME-WAIT"].contains(&state) && sent.fin.is_some()
            }
        }
    })
}

#[test]
fn no_line_of_json_says_a_state_that_a_later_packet_disproves() {
    let (mut states, mut conditions) = (0, 0);
    for file in files() {
        let lines = lines(&file);
        let all: Vec<Sent> = lines.iter().map(sent).collect();
        for (line, packet) in lines.iter().zip(&all) {
            for end in ["client", "server"] {
                let told = &line["conversation"]["segment"][format!("{end}_state")];
                let state = told["after"].as_str().unwrap();
                conditions += u32::from(told["one_of"].is_array());
                if told["certainty"] == "unknown" {
                    assert_eq!(state, "?");
                    continue;
                }
                states += 1;
                let later = disproof(&all, state, end, packet.conversation, packet.number);
                assert!(
                    later.is_none(),
                    "{file:?}: packet {} says {end} {state}, packet {} disproves it",
                    packet.number,
                    later.unwrap().number
                );
            }
        }
    }
    assert!(
        states > 1000 && conditions > 100,
        "{states} states, {conditions} conditions"
    );
}

/// What a ladder draws in a row: the packet's number, and the states at the left and at the right.
fn row(line: &str) -> Option<(u64, [String; 2])> {
    let (left, rest) = line.split_once('|')?;
    let (_, right) = rest.rsplit_once('|')?;
    let mut words = left.split_whitespace();
    let number = words.next()?.parse().ok()?;
    let bare = |word: Option<&str>| word.unwrap_or("").trim_matches(['(', ')']).to_owned();
    Some((number, [bare(words.nth(1)), bare(right.split_whitespace().next())]))
}

#[test]
fn no_ladder_draws_a_state_that_a_later_packet_disproves() {
    let mut drawn = 0;
    for file in files() {
        let all: Vec<Sent> = lines(&file).iter().map(sent).collect();
        let by_number: BTreeMap<u64, u64> = all.iter().map(|sent| (sent.number, sent.conversation)).collect();
        let ladder = output(
            &["--view", "ladder", "--full", "--style", "ascii", "--width", "120"],
            &file,
        );
        for (number, states) in ladder.lines().filter_map(row) {
            let Some(&conversation) = by_number.get(&number) else {
                continue;
            };
            for (end, state) in ["client", "server"].into_iter().zip(states) {
                if state.is_empty() || state == "?" {
                    continue;
                }
                drawn += 1;
                let later = disproof(&all, &state, end, conversation, number);
                assert!(
                    later.is_none(),
                    "{file:?}: row {number} draws {end} {state}, packet {} disproves it\n{ladder}",
                    later.unwrap().number
                );
            }
        }
    }
    assert!(drawn > 300, "{drawn} states");
}
