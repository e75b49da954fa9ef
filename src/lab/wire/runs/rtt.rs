//! Nothing is lost: what a round trip is.

use crate::calls::{CallName, Program};
use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "rtt",
    about: "Nothing is lost: a wire of 20 ms each way",
    question: "when does the SYN-ACK come back at the client, and when does it leave the server?",
    title: "A line over a wire of 20 ms each way",
    rules: "delay 20ms",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: how long after its SYN the client gets the SYN-ACK, and how long after the SYN the server sends it. The \
             same two packets, seen at two places.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let taken = |from, kind| result.taken(from, kind, 1, 1);
    let arrived = |from, kind| result.arrived(from, kind, 1, 1);
    if let (Some(sent), Some(back)) = (taken(Client, FrameKind::Syn), arrived(Server, FrameKind::SynAck)) {
        sentences.push(format!(
            "At the client the SYN-ACK comes {} after the SYN: a round trip.",
            duration(back - sent)
        ));
    }
    if let (Some(came), Some(sent)) = (arrived(Client, FrameKind::Syn), taken(Server, FrameKind::SynAck)) {
        sentences.push(format!(
            "At the server the SYN-ACK leaves {} after the SYN has come: the kernel answers by itself.",
            duration(sent - came)
        ));
    }
    if let Some(took) = result.took(Client, CallName::Connect) {
        sentences.push(format!("connect() took {took}: it returns when the SYN-ACK has come."));
    }
    sentences
}
