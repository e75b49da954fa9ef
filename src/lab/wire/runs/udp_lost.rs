//! A datagram is lost, and nothing sends it again.

use crate::calls::Program;
use crate::explain::count;
use crate::flow::Party::{self, Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "udp-lost",
    about: "The second of three datagrams is lost",
    question: "who sends the lost datagram again?",
    title: "A lost datagram",
    rules: "delay 20ms; lose client datagram 2",
    textbook: false,
    router: None,
    kernel: KernelSettings::NONE,
    traffic: Traffic::Typed {
        client: Program::UdpClient,
        lines: |_| ["one", "two", "three"].map(str::to_owned).to_vec(),
    },
    before: "Watch: how many datagrams each end has in its capture, and what the client does about the second line. UDP \
             promises nothing; the program that uses it has to notice a loss and to repeat, or to do without.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let datagrams = |at: Party| result.count(at);
    let mut sentences = vec![format!(
        "{} at the client, {} at the server.",
        count(datagrams(Client), "datagram"),
        datagrams(Server)
    )];
    let answered = result.sent(Server, FrameKind::Datagram);
    let sent = result.sent(Client, FrameKind::Datagram);
    sentences.push(format!(
        "The client sent {sent}, the server answered {answered}. Neither kernel sent one again: UDP has no acknowledgment and no \
         timer (RFC 768)."
    ));
    sentences
}
