//! One line over TCP.

use super::exchange::{PreparedExchange, connections};
use crate::calls::{CallName, Program, Role};
use crate::explain::{count, duration};
use crate::flow::segment::SegmentPart;
use crate::flow::{PacketInFlow, PacketKind};
use crate::lab::notice;
use crate::lab::result::RunResult;
use crate::lab::run::Run;

const WATCH: &[&str] = &[
    "Watch: connect() sends the SYN and waits for the SYN-ACK. When that arrives, the client's kernel sends the ACK, and connect() \
     returns: after one round trip. Only then can the line be sent. It goes out by send(), without an address: the connection has one.",
];

/// The run.
pub static RUN: Run = Run {
    word: "tcp",
    about: "One line over TCP",
    question: "the same line over TCP",
    title: "A line over TCP",
    protocols: "tcp",
    takes_lines: true,
    own_segments: false,
    before: |_| WATCH,
    change: |_| Ok(()),
    prepare: |context, lines| {
        Ok(Box::new(PreparedExchange::of(
            &[Program::TcpClient],
            context,
            lines.to_vec(),
        )))
    },
    after,
    notices: notice::of_tcp,
    matters,
};

fn after(result: &RunResult) -> Vec<String> {
    let mut sentences = Vec::new();
    for (conversation, _) in connections(result) {
        let (mut open, mut between, mut close) = (0, 0, 0);
        for (_, in_flow) in result.packets_in_conversation(conversation.number) {
            match in_flow.segment().map(|segment| segment.part) {
                Some(SegmentPart::Syn | SegmentPart::SynAck | SegmentPart::HandshakeAck) => open += 1,
                Some(SegmentPart::FirstFin | SegmentPart::SecondFin | SegmentPart::FinAck) => close += 1,
                _ => between += 1,
            }
        }
        sentences.push(format!(
            "Seen in conversation {}: {}. {open} open it, {between} carry the line and its reply or acknowledge them, {close} close \
             it.",
            conversation.number,
            count(open + between + close, "segment"),
        ));
    }
    sentences.extend(accepted_after(result));
    sentences
}

fn matters(in_flow: &PacketInFlow) -> bool {
    let opens = |part| matches!(part, SegmentPart::Syn | SegmentPart::SynAck | SegmentPart::HandshakeAck);
    matches!(in_flow.kind, PacketKind::Segment(segment) if in_flow.conversation == 1 && opens(segment.part))
}

/// When `accept()` returned, against the handshake that it did not wait for.
fn accepted_after(result: &RunResult) -> Option<String> {
    let mut accepts = result.calls_of(Role::WelcomingSocket, CallName::Accept);
    let accepted = accepts.find(|call| call.result >= 0)?;
    let number = result.packets_in_flow().find_map(|(number, in_flow)| {
        let completes = in_flow.segment()?.part == SegmentPart::HandshakeAck;
        completes.then_some(number)
    })?;
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    let completed = result.frames().get(index)?.time?;
    let later = accepted.returned.timestamp_nanos_opt()?.checked_sub(completed.0)?;
    (later >= 0).then(|| {
        format!(
            "accept() returned {} after packet {number} had completed the handshake: the kernel completes it alone, accept() \
             takes a finished connection.",
            duration(later)
        )
    })
}
