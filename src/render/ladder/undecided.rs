//! What the packets of one capture leave open, in one sentence, and where the answer is: in a capture at the other end.

use super::{LadderInput, requests};
use crate::explain::count;
use crate::explain::packet::is_to_many;
use crate::flow::conversation::{Opening, Transport};
use crate::flow::datagram::IcmpErrorKind;
use crate::flow::number::ByteRange;
use crate::flow::repetition::{FirstTransmission, Proof};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::{PacketKind, Party};
use crate::timeline::PacketRef;

/// Packets are named up to this many.
const NAMED: usize = 3;

/// A segment that was sent again, of which it is open whether it arrived.
struct OpenSegment {
    /// Its first transmission, and the later ones but for the last.
    packets: Vec<u64>,
    last: u64,
    sender: Party,
    is_syn: bool,
    /// Its first number and its last.
    numbers: ByteRange,
}

/// The sentence, if something is open. Later packets are known here, so what they decided is not open; where some are not at hand,
/// nothing is said of those before.
pub(super) fn sentence(input: &LadderInput<'_>) -> Option<String> {
    let whole = input.conversation;
    let all = whole.from_client.packets + whole.from_server.packets + whole.notices;
    let at_hand = input.packets.len() as u64 + input.left_out.map_or(0, |(_, count)| count);
    let first = &input.packets.first()?.in_flow;
    if input.has_other_end || all > at_hand || first.is_in_one_host() || is_to_many(first) {
        return None;
    }
    match &whole.transport {
        Transport::Tcp(connection) if connection.opening == Opening::Unanswered && !connection.is_challenged => {
            syns(input)
        }
        Transport::Tcp(_) => segments(input),
        Transport::Udp(_) => datagrams(input),
    }
}

/// Nothing came back.
fn syns(input: &LadderInput<'_>) -> Option<String> {
    let is_alone = input.left_out.is_none() && input.packets.iter().all(|seen| seen.in_flow.sender == Party::Client);
    let syns = input.packets.iter().filter(|seen| {
        let segment = seen.in_flow.segment();
        segment.is_some_and(|segment| segment.part == SegmentPart::Syn)
    });
    let packets: Vec<u64> = syns.map(|seen| seen.number).collect();
    (is_alone && !packets.is_empty()).then(|| open(&packets, "answer", Some(Party::Server)))
}

fn segments(input: &LadderInput<'_>) -> Option<String> {
    let mut all: Vec<OpenSegment> = Vec::new();
    for (index, seen) in input.packets.iter().enumerate() {
        if input.left_out.is_some_and(|(place, _)| place == index) {
            all.clear();
        }
        match &seen.in_flow.kind {
            PacketKind::Segment(segment) => {
                decide(&mut all, seen.in_flow.sender, segment);
                repeat(&mut all, seen, segment);
            }
            PacketKind::Notice(notice) if notice.says != IcmpErrorKind::Other => {
                forget(&mut all, notice.about);
            }
            _ => {}
        }
    }
    let mut packets: Vec<u64> = all.iter().flat_map(|open| open.packets.iter().copied()).collect();
    packets.sort_unstable();
    let sender = all.first()?.sender;
    let receiver = all.iter().all(|open| open.sender == sender).then(|| sender.other());
    let answer = if all.iter().any(|open| open.is_syn) {
        "answer"
    } else {
        "acknowledgment"
    };
    Some(open(&packets, answer, receiver))
}

fn forget(all: &mut Vec<OpenSegment>, first: Option<u64>) {
    all.retain(|open| open.packets.first().copied() != first);
}

/// What this segment proves about those that are open.
fn decide(all: &mut Vec<OpenSegment>, sender: Party, segment: &Segment) {
    forget(all, segment.proof.and_then(Proof::packet));
    if let Some(twice) = segment.arrived_twice() {
        let covers = |numbers: ByteRange| twice.first <= numbers.first && numbers.last <= twice.last;
        all.retain(|open| open.sender == sender || !covers(open.numbers));
    }
}

/// A segment that is sent again.
fn repeat(all: &mut Vec<OpenSegment>, seen: &PacketRef, segment: &Segment) {
    let (Some(repetition), Some(first)) = (segment.repetition, segment.first_sent) else {
        return;
    };
    if repetition.first != FirstTransmission::Open {
        forget(all, Some(first));
        return;
    }
    let known = all.iter_mut().find(|open| open.packets.first() == Some(&first));
    if let Some(open) = known {
        open.packets.push(open.last);
        open.last = seen.number;
        return;
    }
    let start = segment.sequence.relative;
    all.push(OpenSegment {
        packets: vec![first],
        last: seen.number,
        sender: seen.in_flow.sender,
        is_syn: segment.part == SegmentPart::Syn,
        numbers: ByteRange {
            first: start,
            last: segment.data.map_or(start, |data| data.last),
        },
    });
}

/// RFC 768 has no acknowledgment: a request may be answered or not.
fn datagrams(input: &LadderInput<'_>) -> Option<String> {
    if input.left_out.is_some() {
        return None;
    }
    let without = requests::without_reply(input);
    let all = without.packets.len() + without.undecided;
    let which = match without.packets.as_slice() {
        _ if all == 0 => return None,
        _ if all == 1 && without.undecided == 1 => "a request or its reply was".to_owned(),
        [packet] if all == 1 => format!("packet {packet} or its reply was"),
        [before @ .., last] if all <= NAMED && without.undecided == 0 => {
            let before: Vec<String> = before.iter().map(ToString::to_string).collect();
            format!("packets {} and {last} or their replies were", before.join(", "))
        }
        _ => format!("{} or their replies were", count(all as u64, "request")),
    };
    Some(format!(
        "From these packets it cannot be told whether {which} lost or late, or the server's program sent none, {}",
        elsewhere("the server's end")
    ))
}

/// The sentence about these packets, which went to this end, or to both.
fn open(packets: &[u64], answer: &str, receiver: Option<Party>) -> String {
    let which = match packets {
        [packet] => format!("packet {packet} or its {answer} was"),
        [before @ .., last] if packets.len() <= NAMED => {
            let before: Vec<String> = before.iter().map(ToString::to_string).collect();
            format!("packets {} and {last} or their {answer}s were", before.join(", "))
        }
        _ => format!(
            "{} that were sent again or their {answer}s were",
            count(packets.len() as u64, "segment")
        ),
    };
    let (none, end) = match receiver {
        Some(receiver) => (format!("the {receiver} sent none"), format!("the {receiver}'s end")),
        None => ("none was sent".to_owned(), "the end that each was sent to".to_owned()),
    };
    format!(
        "From these packets it cannot be told whether {which} lost or late, or {none}, {}",
        elsewhere(&end)
    )
}

fn elsewhere(end: &str) -> String {
    format!("unless they were captured at {end}; a capture there shows it (sniffer --other-end)")
}
