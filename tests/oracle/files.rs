//! What a run has written, read by code of its own: the sniffer is what is measured.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use socket_lab::hosts::addresses::mac;
use socket_lab::record::Reader;

use super::runs::Run;
use super::support::{copy, ours};

/// Another build of the sniffer, to be measured on the same runs.
const SNIFFER: &str = "SOCKET_LAB_ORACLE_SNIFFER";

/// The client's end, and the server's: the place of what is theirs in a pair.
pub(crate) const CLIENT: usize = 0;

/// A packet in a capture.
#[derive(Debug, Clone)]
pub(crate) struct Packet {
    /// Nanoseconds since 1970-01-01 00:00:00 UTC.
    pub(crate) time: i64,
    /// The IP packet.
    pub(crate) ip: Vec<u8>,
    /// Did the host send it?
    pub(crate) own: bool,
}

/// A frame that a host sent, as the wire wrote it. Packets are places in the captures, from 0.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// The end that sent it.
    pub(crate) from: usize,
    /// In the sender's capture.
    pub(crate) packet: Option<usize>,
    /// `passed`, `lost` and others.
    pub(crate) fate: String,
    /// Each time that it arrived.
    pub(crate) arrivals: Vec<Arrival>,
}

/// An arrival of a frame.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    /// In the receiver's capture; absent where that had ended.
    pub(crate) packet: Option<usize>,
    /// Was a bit of it changed?
    pub(crate) changed: bool,
    /// When, among all that the receiver got.
    pub(crate) order: u64,
}

/// All of it.
pub(crate) struct Files {
    /// At the client, at the server.
    pub(crate) captures: [Vec<Packet>; 2],
    /// In the order in which the wire took them.
    pub(crate) sent: Vec<Sent>,
}

impl Files {
    pub(crate) fn of(run: &Run) -> Self {
        let place = |value: &Value| value.as_u64().map(|number| usize::try_from(number).unwrap() - 1);
        let sent = lines(&run.file("wire.jsonl")).into_iter().map(|line| Sent {
            from: usize::from(line["from"] == "server"),
            packet: place(&line["packet"]),
            fate: line["fate"].as_str().unwrap().to_owned(),
            arrivals: line["arrivals"]
                .as_array()
                .unwrap()
                .iter()
                .map(|arrival| Arrival {
                    packet: place(&arrival["packet"]),
                    changed: arrival["changed"] == true,
                    order: arrival["order"].as_u64().unwrap(),
                })
                .collect(),
        });
        Self {
            captures: [CLIENT, 1].map(|end| capture(&run.file(capture_name(end)), end)),
            sent: sent.collect(),
        }
    }
}

/// The name of the capture at this end.
pub(crate) const fn capture_name(end: usize) -> &'static str {
    if end == CLIENT {
        "client.pcapng"
    } else {
        "server.pcapng"
    }
}

/// The socket calls of the programs.
pub(crate) fn calls(run: &Run) -> Vec<Value> {
    lines(&run.file("calls.jsonl"))
}

/// By how much each counter of this end's kernel has grown.
pub(crate) fn counters(run: &Run, end: usize) -> BTreeMap<String, i64> {
    let host = ["client", "server"][end];
    let own = lines(&run.file("counters.jsonl"))
        .into_iter()
        .filter(|line| line["host"] == host);
    let grown = own.map(|line| {
        let value = |key: &str| line[key].as_i64().unwrap();
        (
            line["counter"].as_str().unwrap().to_owned(),
            value("after") - value("before"),
        )
    });
    grown.collect()
}

/// What the sniffer says in JSON with these arguments, a line each.
pub(crate) fn said(run: &Run, arguments: &[&str]) -> Vec<Value> {
    let paths = arguments.iter().map(|word| {
        // A name of a file of the run, or an option.
        if word.ends_with(".pcapng") {
            run.file(word).into_os_string()
        } else {
            word.into()
        }
    });
    let mut sniffer = sniffer();
    sniffer.args(paths);
    in_json(sniffer, &format!("seed {}", run.plan.seed))
}

/// The sniffer that is measured.
pub(crate) fn sniffer() -> Command {
    std::env::var_os(SNIFFER).map_or_else(|| ours("sniffer"), copy)
}

/// What it says in JSON, a line each. `of`: what it reads.
pub(crate) fn in_json(mut sniffer: Command, of: &str) -> Vec<Value> {
    let output = sniffer.arg("--json").output().unwrap();
    assert!(output.status.success(), "{of}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn capture(path: &Path, end: usize) -> Vec<Packet> {
    const ETHERNET: usize = 14;
    let own = mac(if end == CLIENT {
        socket_lab::flow::Party::Client
    } else {
        socket_lab::flow::Party::Server
    });
    let mut reader = Reader::open(path).unwrap();
    let mut packets = Vec::new();
    while let Some(frame) = reader.next().unwrap() {
        packets.push(Packet {
            time: frame.time.unwrap().0,
            ip: frame.bytes[ETHERNET..].to_vec(),
            own: frame.bytes[6..12] == own,
        });
    }
    packets
}
