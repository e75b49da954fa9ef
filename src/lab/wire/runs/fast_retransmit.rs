//! One of ten segments is lost, and duplicate acknowledgments tell of it.

use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "fast-retransmit",
    about: "One of ten data segments is lost, and duplicate ACKs tell of it",
    question: "can a sender know of a loss before its timer ends?",
    title: "Three duplicate acknowledgments",
    rules: "delay 40ms; rate 2Mbit; lose client data 3",
    textbook: true,
    router: None,
    kernel: KernelSettings::PACED_BY_ACKS,
    traffic: Traffic::ByHand(|context, _| {
        super::by_hand::ask(context, 10 * context.segment())?;
        Ok(Vec::new())
    }),
    before: "Watch: segment 3 is lost, those behind it arrive. For each of them the server acknowledges the same byte \
             again. After three such duplicates the client sends the missing segment, without waiting for its timer (RFC \
             5681, section 3.2).",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let sent = |time| result.taken(Client, FrameKind::Data, 3, time);
    if let (Some(first), Some(second)) = (sent(1), sent(2)) {
        sentences.push(format!(
            "Segment 3 was sent again {} after the first time; a timer would have waited 200 ms at least on Linux.",
            duration(second - first)
        ));
        let acks = result.record.frames.iter().filter(|frame| {
            let came = frame.arrivals.first().map(|arrival| arrival.time);
            frame.from == Server && frame.is.number(FrameKind::Ack).is_some() && came.is_some_and(|came| came <= second)
        });
        sentences.push(format!(
            "Before it, {} acknowledgments without data had reached the client.",
            acks.count()
        ));
    }
    sentences
}
