//! The server's reply is lost.

use crate::calls::Program;
use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "reply-lost",
    about: "The server's reply is lost once",
    question: "who sends again when the reply is lost?",
    title: "The server's reply is lost",
    rules: "delay 20ms; lose server data 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the end that sent the lost bytes sends them again. The client has its acknowledgment and does nothing \
             but wait.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let sent = |time| result.taken(Server, FrameKind::Data, 1, time);
    if let (Some(first), Some(second)) = (sent(1), sent(2)) {
        sentences.push(format!(
            "The server sent its reply again after {}.",
            duration(second - first)
        ));
    }
    let lines = result.sent(Client, FrameKind::Data);
    if lines == 1 {
        sentences.push("The client sent its line once: that the server had got it was acknowledged.".to_owned());
    }
    sentences
}
