//! A wire that is slower than the sender, with a queue in front: the sawtooth of the congestion window.

use std::time::Duration;

use crate::calls::CallName;
use crate::explain::{count, duration, grouped};
use crate::flow::Party::{Client, Server};
use crate::hosts::record::Fate;
use crate::lab::result::data_of;
use crate::lab::wire::bars::Bars;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Length, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "bottleneck",
    about: "A wire of 10 Mbit/s, where 25 frames may wait: the sawtooth",
    question: "how fast does a client send, when no packet says how fast the wire is?",
    title: "A wire that is slower than the sender",
    rules: "delay 20ms; rate 10Mbit client; queue 25 client",
    textbook: false,
    router: None,
    kernel: KernelSettings {
        values: &[
            super::by_hand::ROOM_TO_SEND,
            // The same for what the server has not read.
            (Server, "ipv4/tcp_rmem", "4096 33554432 33554432"),
            (Client, "ipv4/tcp_early_retrans", "0"),
        ],
        initial_window: None,
        is_paced_by_acks: true,
    },
    traffic: Traffic::ByHand(|context, length| {
        // The server reads when nearly all has come: while a program reads, its kernel's acknowledgments wait for it.
        let (bytes, elsewhere) = match length {
            Length::Usual => (8_000_000, Duration::from_millis(6_700)),
            Length::Short => (4_000_000, Duration::from_millis(3_300)),
        };
        super::by_hand::upload(context, bytes, elsewhere)?;
        Ok(Vec::new())
    }),
    before: "Watch: the client sends more and more, until the queue before the wire is full and frames are lost. Duplicate \
             acknowledgments tell it so; it halves its window and begins again to add a segment in each round trip (RFC 5681).",
    after,
    bars: Some(bars),
};

/// A bar for so long, in nanoseconds.
const STEP: i64 = 250_000_000;

/// The most bytes that were under way in each step, as the client's capture has it.
fn under_way(result: &WireResult) -> Vec<u64> {
    let mut steps: Vec<u64> = Vec::new();
    let mut first = None;
    for (_, frame, in_flow) in result.end(Client).packets() {
        let (Some(time), Some(segment)) = (frame.time, in_flow.segment()) else {
            continue;
        };
        if in_flow.sender != Client || segment.data.is_none() {
            continue;
        }
        let passed = time.0 - first.get_or_insert(time).0;
        let step = usize::try_from(passed / STEP).unwrap_or(0);
        if steps.len() <= step {
            steps.resize(step + 1, 0);
        }
        if let (Some(most), Some(bytes)) = (steps.get_mut(step), segment.in_flight) {
            *most = bytes.max(*most);
        }
    }
    steps
}

fn bars(result: &WireResult, _: bool) -> Option<Bars> {
    let steps = under_way(result);
    let sizes = result.end(Client).packets().map(|(.., in_flow)| data_of(in_flow));
    let segment = sizes.max().filter(|bytes| *bytes > 0)?;
    (!steps.is_empty()).then(|| Bars {
        title: "Segments sent and not yet acknowledged: the most in each quarter of a second".into(),
        rows: (0..)
            .zip(steps)
            .map(|(step, bytes)| (format!("{}.{:02} s", step / 4, step % 4 * 25), bytes / segment))
            .collect(),
    })
}

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let of_client = || result.record.frames.iter().filter(|frame| frame.from == Client);
    let lost = of_client().filter(|frame| frame.fate == Fate::QueueFull).count() as u64;
    let again = result.data(Client).filter(|frame| frame.is.time > 1).count() as u64;
    sentences.push(format!(
        "{} came when 25 waited already, and {} lost; the client sent {} again.",
        count(lost, "frame"),
        if lost == 1 { "was" } else { "were" },
        count(again, "segment")
    ));
    let first = result.data(Client).map(|frame| frame.taken).min();
    let arrived = result.data(Client).filter_map(|frame| frame.arrivals.first());
    let end = arrived.map(|arrival| arrival.time).max();
    let bytes: i64 = result.calls(Server, CallName::Recv).map(|call| call.result).sum();
    if let (Some(first), Some(end)) = (first, end) {
        let took = end - first;
        if let Some(kilobits) = (i128::from(bytes) * 8 * 1_000_000).checked_div(i128::from(took)) {
            sentences.push(format!(
                "The server received {} bytes in {}: {}.{} Mbit/s of the wire's 10, which carries the headers too.",
                grouped(u64::try_from(bytes).unwrap_or(0)),
                duration(took),
                kilobits / 1000,
                kilobits % 1000 / 100
            ));
        }
    }
    sentences
}
