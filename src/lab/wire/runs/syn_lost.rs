//! The first SYN is lost.

use crate::calls::{CallName, Program};
use crate::explain::duration;
use crate::flow::Party::Client;
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "syn-lost",
    about: "The first SYN is lost",
    question: "what does connect() do when no SYN-ACK comes?",
    title: "The first SYN is lost",
    rules: "delay 20ms; lose client syn 1",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: the client sends its SYN twice, the server receives one. When the second leaves is a decision of the \
             client's timer: it has not measured a round trip yet and starts with 1 s (RFC 6298, section 2).",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let syn = |number| result.taken(Client, FrameKind::Syn, number, 1);
    if let (Some(first), Some(second)) = (syn(1), syn(2)) {
        sentences.push(format!(
            "The client sent its SYN again after {}; the server never saw the first one.",
            duration(second - first)
        ));
    }
    if let Some(took) = result.took(Client, CallName::Connect) {
        sentences.push(format!(
            "connect() took {took}: the wait for the timer and one round trip."
        ));
    }
    sentences
}
