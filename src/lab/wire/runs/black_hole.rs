//! A router that sends on shorter packets only, and whose ICMP messages are lost: a black hole (RFC 2923 section 2.1).

use std::time::Duration;

use super::path_mtu::{BYTES, MTU, dropped_and_longest};
use crate::explain::{count, duration};
use crate::flow::Party::Client;
use crate::hosts::record::Fate;
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "black-hole",
    about: "The same, but what the router says is lost",
    question: "the router's ICMP messages never arrive, as behind many firewalls: what does the client do?",
    title: "A router whose ICMP messages are lost",
    rules: "delay 20ms; rate 10Mbit; lose server icmp",
    textbook: false,
    router: Some(MTU),
    kernel: KernelSettings {
        // Probes begin with the second time that the timer ends, not the fourth.
        values: &[
            (Client, "ipv4/tcp_mtu_probing", "1"),
            (Client, "ipv4/tcp_retries1", "1"),
        ],
        initial_window: None,
        is_paced_by_acks: false,
    },
    traffic: Traffic::ByHand(|context, _| {
        super::by_hand::upload(context, BYTES, Duration::ZERO)?;
        Ok(Vec::new())
    }),
    before: "Watch: the handshake works, since its packets are short. Then the client sends the same long segment again and again, and \
             to it that looks like any loss. With Linux's usual settings the connection would fail in the end; here the client's \
             kernel tries shorter segments by itself (RFC 4821), which tcp_mtu_probing permits.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let (dropped, longest) = dropped_and_longest(result);
    let mut sentences = vec![format!(
        "The router did not send on {} of the client; the longest that it sent on had {longest} bytes.",
        count(dropped, "packet")
    )];
    let beginning = || {
        let data = result.data(Client);
        data.filter(|frame| frame.is.number(FrameKind::Data) == Some(1))
    };
    let sent = beginning().next().map(|frame| frame.taken);
    let through = beginning().find(|frame| frame.fate == Fate::Passed);
    if let (Some(sent), Some(through)) = (sent, through) {
        sentences.push(format!(
            "The first bytes were sent {}, and reached the server when the segment was short enough: {} after the first time.",
            count(through.is.time, "time"),
            duration(through.taken - sent)
        ));
    }
    sentences
}
