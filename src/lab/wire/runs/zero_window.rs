//! A server that does not read: the window is closed, and probes ask whether it is open again.

use std::time::Duration;

use crate::explain::{count, duration};
use crate::flow::Party::{Client, Server};
use crate::flow::segment::{SegmentPart, Window};
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "zero-window",
    about: "A server that does not read: its window closes",
    question: "the server reads nothing for four seconds: what does the client's kernel do meanwhile?",
    title: "A closed window",
    rules: "delay 20ms; rate 10Mbit",
    textbook: false,
    router: None,
    kernel: KernelSettings {
        values: &[
            (Server, "ipv4/tcp_rmem", "4096 8192 8192"),
            (Client, "ipv4/tcp_early_retrans", "0"),
        ],
        initial_window: None,
        is_paced_by_acks: true,
    },
    traffic: Traffic::ByHand(|context, length| {
        let elsewhere = length.pick(Duration::from_millis(4_200), Duration::from_millis(1_500));
        super::by_hand::upload(context, 8_500, elsewhere)?;
        Ok(Vec::new())
    }),
    before: "Watch: the server has accepted the connection and then does something else. Its kernel keeps what arrives until the \
             receive buffer, of 8 KiB here, is full; then it announces a window of 0, and the client must not send. So that a lost \
             announcement of a new window does not stop both for good, the client's kernel asks now and then (RFC 9293, section \
             3.8.6.1).",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let segments = || {
        let packets = result.end(Client).packets();
        packets.filter_map(|(number, frame, in_flow)| Some((number, frame.time?.0, in_flow.sender, in_flow.segment()?)))
    };
    let is_closed = |window: Window| window.bytes() == Some(0);
    let closed = segments().find(|(_, _, sender, segment)| *sender == Server && is_closed(segment.window));
    let Some((number, from, ..)) = closed else {
        return sentences;
    };
    sentences.push(format!("Packet {number} at the client announces a window of 0."));
    let probes: Vec<i64> = segments()
        .filter(|(_, _, _, segment)| segment.part == SegmentPart::WindowProbe)
        .map(|(_, time, ..)| time)
        .collect();
    let times: Vec<i64> = std::iter::once(from).chain(probes).collect();
    let pauses: Vec<i64> = times
        .iter()
        .zip(times.iter().skip(1))
        .map(|(one, next)| next - one)
        .collect();
    if !pauses.is_empty() {
        // In tenths: between 1.5 and 2.5 times.
        let mut pairs = pauses.iter().zip(pauses.iter().skip(1));
        let doubles = pairs.all(|(one, next)| (15..=25).contains(&(next * 10 / (*one).max(1))));
        let growing = if pauses.len() > 1 && doubles {
            ": each about twice as long as the one before"
        } else {
            ""
        };
        let words: Vec<String> = pauses.iter().map(|pause| duration(*pause)).collect();
        sentences.push(format!(
            "The client's kernel asked {} whether it is open again, after pauses of {}{growing}.",
            count(pauses.len() as u64, "time"),
            words.join(", ")
        ));
    }
    let opened =
        segments().find(|(_, time, sender, segment)| *time > from && *sender == Server && !is_closed(segment.window));
    if let Some((number, time, ..)) = opened {
        sentences.push(format!(
            "Packet {number} opens the window, {} after it was closed: the server has called recv(), and its kernel announces \
             the room.",
            duration(time - from)
        ));
    }
    sentences
}
