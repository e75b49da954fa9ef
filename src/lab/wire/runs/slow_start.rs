//! Slow start: how a sender finds out what the way carries.

use std::time::Duration;

use crate::explain::count;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::bars::Bars;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "slow-start",
    about: "A sender begins with one segment and doubles",
    question: "31 segments wait to be sent: how many leave in each round trip?",
    title: "Slow start",
    rules: "delay 50ms; rate 10Mbit",
    textbook: false,
    router: None,
    kernel: KernelSettings {
        values: &[super::by_hand::ROOM_TO_SEND],
        initial_window: Some(1),
        is_paced_by_acks: true,
    },
    traffic: Traffic::ByHand(|context, _| {
        super::by_hand::upload(context, SEGMENTS * context.segment(), Duration::ZERO)?;
        Ok(Vec::new())
    }),
    before: "Watch: the client has 31 segments to send at once. It may have only as many under way as its congestion window says, \
             which begins with one segment here (Linux begins with 10, RFC 6928) and grows by one segment for each that is \
             acknowledged (RFC 5681, section 3.1).",
    after,
    bars: Some(bars),
};

/// As many as leave in five round trips: 1, 2, 4, 8, 16.
const SEGMENTS: usize = 31;

/// How many segments with data the client sent for the first time in each round trip.
fn flights(result: &WireResult) -> Vec<u64> {
    let handshake = result
        .taken(Client, FrameKind::Syn, 1, 1)
        .zip(result.arrived(Server, FrameKind::SynAck, 1, 1));
    // A flight leaves together, the next one a round trip later.
    let apart = handshake.map_or(i64::MAX, |(sent, back)| (back - sent) / 2);
    let mut flights = Vec::new();
    let mut last = None;
    for frame in result.data(Client).filter(|frame| frame.is.time == 1) {
        match flights.last_mut() {
            Some(count) if last.is_some_and(|last| frame.taken - last < apart) => *count += 1,
            _ => flights.push(1),
        }
        last = Some(frame.taken);
    }
    flights
}

fn bars(result: &WireResult, has_more_rules: bool) -> Option<Bars> {
    // With other rules, such as a rate, a pause need not be a round trip.
    if has_more_rules {
        return None;
    }
    let flights = flights(result);
    (!flights.is_empty()).then(|| Bars {
        title: "Segments with data that the client sent in each round trip".into(),
        rows: (1..)
            .zip(flights)
            .map(|(number, count)| (format!("round trip {number}"), count))
            .collect(),
    })
}

fn after(result: &WireResult) -> Vec<String> {
    let flights = flights(result);
    let numbers: Vec<String> = flights.iter().map(u64::to_string).collect();
    let mut sentences = vec![format!(
        "The client sent {} in {}, told apart by their pauses: {}.",
        count(flights.iter().sum(), "segment"),
        count(flights.len() as u64, "round trip"),
        numbers.join(", ")
    )];
    let mut pairs = flights.iter().zip(flights.iter().skip(1));
    if flights.len() > 1 && pairs.all(|(one, next)| *next == 2 * one) {
        sentences.push(
            "Each acknowledged segment lets two go out: one takes its place, and the window has grown by one. So the number doubles \
             in every round trip, until something is lost or a threshold is reached."
                .to_owned(),
        );
    }
    sentences
}
