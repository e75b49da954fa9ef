//! A bit is changed on the way.

use crate::calls::Program;
use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "corrupt",
    about: "A bit of the client's line is changed on the way",
    question: "what does the server say about a segment with a wrong checksum?",
    title: "A bit is changed on the way",
    rules: "delay 20ms; corrupt client data 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the segment arrives, its checksum does not fit its bytes, and the server's kernel drops it without a \
             word (RFC 9293, section 3.1). To the client this is a loss like any other.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let arrivals = |time| {
        result
            .frame(Client, FrameKind::Data, 1, time)
            .map_or(0, |frame| frame.arrivals.len())
    };
    let sent = |time| result.taken(Client, FrameKind::Data, 1, time);
    if let (1, Some(first), Some(second)) = (arrivals(1), sent(1), sent(2)) {
        sentences.push(format!(
            "The changed segment arrived and was not acknowledged; the client sent the line again after {}.",
            duration(second - first)
        ));
    }
    if result.sent(Server, FrameKind::Data) == 1 {
        sentences.push("The server replied once.".to_owned());
    }
    sentences
}
