//! A segment is overtaken by others.

use crate::explain::duration;
use crate::flow::Party::{Client, Server};
use crate::hosts::seen::FrameKind;
use crate::lab::wire::result::WireResult;
use crate::lab::wire::run::{KernelSettings, Traffic, WireRun};

/// The run.
pub(super) static RUN: WireRun = WireRun {
    word: "reorder",
    about: "A data segment is overtaken by others",
    question: "how can a sender tell an overtaken segment from a lost one?",
    title: "A segment is overtaken",
    rules: "delay 40ms; rate 2Mbit; hold 45ms client data 3",
    textbook: true,
    router: None,
    kernel: KernelSettings::PACED_BY_ACKS,
    traffic: Traffic::ByHand(|context, _| {
        super::by_hand::ask(context, 10 * context.segment())?;
        Ok(Vec::new())
    }),
    before: "Watch: nothing is lost; segment 3 comes after those behind it. The server acknowledges as if it were lost, for \
             it cannot know, and the client sends it again although that was not needed.",
    after,
    bars: None,
};

fn after(result: &WireResult) -> Vec<String> {
    let mut sentences = Vec::new();
    let frame = |time| result.frame(Client, FrameKind::Data, 3, time);
    let arrived = |time| Some(frame(time)?.arrivals.first()?.time);
    if let (Some(first), Some(again)) = (arrived(1), arrived(2)) {
        sentences.push(format!(
            "Segment 3 arrived, and {} later a second time: sent again without need.",
            duration(again - first)
        ));
    } else if arrived(1).is_some() {
        sentences.push("Segment 3 arrived late, and was not sent again: too few duplicates had come.".to_owned());
    }
    let sent = result.sent(Server, FrameKind::Data);
    if sent > 0 {
        sentences
            .push("The reply came as if nothing had been: the server's TCP puts the segments in order.".to_owned());
    }
    sentences
}
