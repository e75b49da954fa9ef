//! The first SYN-ACK is lost.

use crate::calls::Program;
use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "synack-lost",
    about: "The first SYN-ACK is lost",
    question: "which end sends again: the one whose packet was lost, or the other?",
    title: "The first SYN-ACK is lost",
    // Not 100 ms: the client lets the server close first for 200 ms, which would be just a round trip.
    rules: "delay 80ms; lose server syn-ack 1; hold 100ms client syn 2",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::TcpClient,
        lines: super::lines::one_line,
    },
    before: "Watch: to the client this looks like a lost SYN. From its own capture it cannot tell which of the two was lost; both \
             captures together can. Both ends have a timer of 1 s; the wire holds the client's second SYN up for a moment, so that in \
             every run the server's timer ends before that SYN arrives.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let again = |from, kind| Some(result.taken(from, kind, 2, 1)? - result.taken(from, kind, 1, 1)?);
    if let Some(time) = again(Client, FrameKind::Syn) {
        sentences.push(format!("The client sent its SYN again after {}.", duration(time)));
    }
    if let Some(time) = again(Server, FrameKind::SynAck) {
        sentences.push(format!("The server sent its SYN-ACK again after {}.", duration(time)));
    }
    let [at_client, at_server] = [Client, Server].map(|at| result.count(at));
    sentences.push(format!(
        "{at_client} packets at the client, {at_server} at the server: the lost one was seen only where it was sent."
    ));
    sentences
}
