//! The client's data are lost.

use crate::calls::{CallName, Program};
use crate::explain::duration;
use crate::flow::Party::Client;
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "data-lost",
    about: "The client's line is lost once",
    question: "how long does the client wait before it sends the line again?",
    title: "The client's line is lost",
    rules: "delay 20ms; lose client data 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the line leaves the client twice and reaches the server once. No packet reports the loss to the client: it \
             sends again when no acknowledgment has come in time.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let sent = |time| result.taken(Client, FrameKind::Data, 1, time);
    if let (Some(first), Some(second)) = (sent(1), sent(2)) {
        sentences.push(format!("The line was sent again after {}.", duration(second - first)));
    }
    if let Some(took) = result.took(Client, CallName::Send) {
        sentences.push(format!(
            "send() took {took}: it hands the bytes to the kernel and does not wait for their arrival."
        ));
    }
    if let Some(took) = result.took(Client, CallName::Recv) {
        sentences.push(format!(
            "recv() took {took}: the loss is a longer wait, and nothing else, to the program."
        ));
    }
    sentences
}
