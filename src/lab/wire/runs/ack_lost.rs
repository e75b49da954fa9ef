//! The last segment of the handshake is lost.

use crate::calls::Program;
use crate::explain::count;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "ack-lost",
    about: "The third segment of the handshake is lost",
    question: "is the connection open if the third segment is lost?",
    title: "The third segment of the handshake is lost",
    rules: "delay 20ms; lose client ack 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the client's connection is open, the server's is not yet. The next segment of the client acknowledges \
             the same number, so it does the work of the lost one.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let data = result.frame(Client, FrameKind::Data, 1, 1);
    if data.is_some_and(|data| !data.arrivals.is_empty()) {
        sentences.push(
            "The first data segment carried the acknowledgment that was lost: every segment behind the SYN has one."
                .to_owned(),
        );
    }
    let again = result.sent(Server, FrameKind::SynAck);
    sentences.push(format!(
        "The server sent {}{}.",
        count(again, "SYN-ACK"),
        if again == 1 { ": it missed nothing" } else { "" }
    ));
    sentences
}
