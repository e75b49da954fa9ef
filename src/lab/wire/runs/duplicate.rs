//! A segment arrives twice.

use crate::calls::Program;
use crate::explain::count;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "duplicate",
    about: "The client's line arrives twice",
    question: "does the server answer twice?",
    title: "The client's line arrives twice",
    rules: "delay 20ms; repeat 20ms client data 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the same bytes arrive at the server a second time. TCP knows them by their sequence numbers, \
             acknowledges, and hands nothing to the program.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let arrivals = result
        .frame(Client, FrameKind::Data, 1, 1)
        .map_or(0, |frame| frame.arrivals.len());
    sentences.push(format!(
        "The client sent the line {}, and it arrived {}.",
        count(result.sent(Client, FrameKind::Data), "time"),
        count(arrivals as u64, "time")
    ));
    sentences.push(format!(
        "The server sent {} with data: the program saw the line once.",
        count(result.sent(Server, FrameKind::Data), "segment")
    ));
    sentences
}
