//! A router that sends on shorter packets only, and says so.

use std::time::Duration;

use crate::explain::count;
use crate::flow::Party::{Client, Server};
use crate::hosts::record::Fate;
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "path-mtu",
    about: "A router sends on packets of 1000 bytes at most, and says so",
    question: "the client sends packets of 1500 bytes, the router sends on 1000 at most: who cuts the data smaller?",
    title: "A router that sends on shorter packets only",
    rules: "delay 20ms; rate 10Mbit",
    textbook: false,
    router: Some(MTU),
    kernel: KernelSettings::NONE,
    traffic: Traffic::ByHand(|context, _| {
        super::by_hand::upload(context, BYTES, Duration::ZERO)?;
        Ok(Vec::new())
    }),
    before: "Watch: the client's kernel sets Don't Fragment in each packet, so the router may not cut one that is too long. It drops \
             it and says so by ICMP: fragmentation needed, and how long a packet may be (RFC 1191). The client's TCP sends the \
             same bytes again, in shorter segments.",
    after,
    bars: None,
};

/// The longest packet, in bytes, that the router sends on.
pub(super) const MTU: u16 = 1000;

/// Bytes that the client sends.
pub(super) const BYTES: usize = 12_000;

/// Bytes of the headers of Ethernet.
const ETHERNET: usize = 14;

/// How many packets of the client the router did not send on, and how long the longest was that it did, in bytes.
pub(super) fn dropped_and_longest(result: &WireResult) -> (u64, usize) {
    let of_client = || result.record.frames.iter().filter(|frame| frame.from == Client);
    let dropped = of_client().filter(|frame| frame.fate == Fate::NotForwarded).count() as u64;
    let longest = of_client()
        .filter(|frame| frame.fate == Fate::Passed)
        .map(|frame| frame.length);
    (dropped, longest.max().unwrap_or(0).saturating_sub(ETHERNET))
}

fn after(result: &WireResult) -> Vec<String> {
    let (dropped, longest) = dropped_and_longest(result);
    let mut sentences = vec![format!(
        "The router did not send on {} of the client; the longest that it sent on had {longest} bytes.",
        count(dropped, "packet")
    )];
    let messages = result.sent(Server, FrameKind::Icmp);
    sentences.push(format!(
        "It sent {} to the client. The server's capture has neither these nor the packets that were too long.",
        count(messages, "ICMP message")
    ));
    sentences
}
