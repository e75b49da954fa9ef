//! What is said of a packet, by the sniffer and by tshark, in one form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::files::{capture_name, in_json, said, sniffer};
use super::runs::Run;
use super::support::{Tool, need, tshark};

/// What is said of a packet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Said {
    /// Its part and its remarks, by the names that the sniffer has for them.
    pub(crate) words: BTreeSet<String>,
    /// Why it came late.
    pub(crate) delay: Option<String>,
    /// Of the client and of the server: the state before, after, and where that is one of several, those.
    pub(crate) states: [Option<(String, String, Vec<String>)>; 2],
    /// Why a RST was sent.
    pub(crate) cause: Option<String>,
    /// Which of the sender's bytes it carries.
    pub(crate) first_byte: Option<i64>,
    /// Of a datagram: which packets it may reply to; one, where that is known.
    pub(crate) replies: Vec<usize>,
    /// Are those more than are listed? Then any from the last but one to the last may be it.
    pub(crate) replies_to_more: bool,
    /// How sure that is, where it is said: `fact`, `deduced`, `one-of-several`.
    pub(crate) certainty: Option<String>,
    /// The sentence why it was sent.
    pub(crate) why: String,
    /// How certain each claim is: `fact`, `deduced`, `one-of-several`.
    pub(crate) certainties: BTreeMap<String, String>,
    /// Of a duplicate acknowledgment: the packet of which it may be a copy.
    pub(crate) same_as: Option<usize>,
    /// How the states of the client and of the server are known: `fact`, `deduced`, `unknown`.
    pub(crate) state_certainties: [Option<String>; 2],
}

impl Said {
    /// Is the packet at this place among those that it may reply to?
    pub(crate) fn replies_to(&self, place: usize) -> bool {
        let is_between = || matches!(self.replies[..], [.., one, last] if (one..last).contains(&place));
        self.replies.contains(&place) || self.replies_to_more && is_between()
    }

    pub(crate) fn is(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    pub(crate) fn is_retransmission(&self) -> bool {
        ["retransmission", "fast-retransmission", "spurious-retransmission"]
            .iter()
            .any(|word| self.is(word))
    }
}

/// What the sniffer says of each packet in the capture of this end.
pub(crate) fn by_sniffer(run: &Run, end: usize) -> Vec<Said> {
    of_lines(&said(run, &["-r", capture_name(end)]))
}

/// What the sniffer says of each packet in this file.
pub(crate) fn of_file(file: &Path) -> Vec<Said> {
    let mut sniffer = sniffer();
    sniffer.arg("-r").arg(file);
    of_lines(&in_json(sniffer, &file.display().to_string()))
}

fn of_lines(lines: &[Value]) -> Vec<Said> {
    let packets = lines.iter().filter(|line| line["line"].is_null());
    packets.map(of_line).collect()
}

fn of_line(line: &Value) -> Said {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let conversation = &line["conversation"];
    let segment = &conversation["segment"];
    let remarks = segment["remarks"].as_array().into_iter().flatten();
    let words = remarks.chain([&conversation["part"]]).filter_map(text).collect();
    let state = |end: &str| {
        let change = &segment[end];
        Some((
            text(&change["before"])?,
            text(&change["after"])?,
            change["one_of"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(text)
                .collect(),
        ))
    };
    let replies = &conversation["datagram"]["replies"];
    let place = |value: &Value| value.as_u64().map(|number| usize::try_from(number).unwrap() - 1);
    // One packet, or several that it may be.
    let evidence = &replies["evidence"];
    let several = evidence["packets"].as_array().into_iter().flatten();
    let listed = several.clone().count() as u64;
    let is_one = replies["packet"].is_u64();
    let claims = segment["claims"].as_array().into_iter().flatten();
    let certain = |claim: &Value| Some((text(&claim["what"])?, text(&claim["certainty"])?));
    Said {
        same_as: claims
            .clone()
            .filter(|claim| claim["what"] == "duplicate-ack")
            .find_map(|claim| {
                let mut evidence = claim["evidence"].as_array()?.iter();
                evidence.find_map(|one| place(&one["packet"]))
            }),
        certainties: claims.filter_map(certain).collect(),
        state_certainties: ["client_state", "server_state"].map(|end| text(&segment[end]["certainty"])),
        words,
        delay: text(&segment["delay"]),
        states: [state("client_state"), state("server_state")],
        cause: text(&segment["cause"]),
        first_byte: segment["data"]["first"].as_i64(),
        replies: several
            .filter(|_| !is_one)
            .chain([&replies["packet"]])
            .filter_map(place)
            .collect(),
        replies_to_more: !is_one && evidence["count"].as_u64().is_some_and(|count| count > listed),
        certainty: text(&replies["certainty"]),
        why: line["why"].as_str().unwrap_or_default().to_owned(),
    }
}

/// tshark's names for what the sniffer says too, and ours.
const NAMES: [(&str, &str); 9] = [
    ("retransmission", "retransmission"),
    ("fast_retransmission", "fast-retransmission"),
    ("spurious_retransmission", "spurious-retransmission"),
    ("out_of_order", "out-of-order"),
    ("duplicate_ack", "duplicate-ack"),
    ("window_update", "window-update"),
    ("zero_window", "zero-window"),
    ("zero_window_probe", "window-probe"),
    ("keep_alive", "keep-alive"),
];

/// What tshark flags of each packet; nothing where there is no tshark.
pub(crate) fn by_tshark(run: &Run, end: usize) -> Option<Vec<Said>> {
    if !need(Tool::Tshark) {
        return None;
    }
    let mut command = tshark();
    command
        .args(["-n", "-o", "tcp.check_checksum:FALSE", "-r"])
        .arg(run.file(capture_name(end)));
    command.args(["-T", "fields", "-e", "frame.number"]);
    for (name, _) in NAMES {
        command.args(["-e", &format!("tcp.analysis.{name}")]);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let packets = text.lines().map(|line| {
        let values = line.split('\t').skip(1);
        let words = values.zip(NAMES).filter(|(value, _)| !value.is_empty());
        Said {
            words: words.map(|(_, (_, ours))| ours.to_owned()).collect(),
            ..Said::default()
        }
    });
    Some(packets.collect())
}
