//! The packet in a comment: sentences for people, then pairs for filters.
//!
//! `docs/comments.md` lists the keys.

use super::states::{StateStyle, states};
use super::{expectation, name, reason, remarks, words};
use crate::flow::datagram::DatagramPart;
use crate::flow::number::ByteRange;
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::state::Certainty;
use crate::flow::{PacketInFlow, PacketKind, Party};
use crate::wire::Packet;

/// Few comments have more bytes.
const USUAL: usize = 768;

/// The comment that a capture file keeps with the packet; `None` where there is nothing to say. Sentences come first, then, if
/// the conversation is known, ` | ` and `key=value` pairs with a space after each but the last.
#[must_use]
pub fn comment(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<String> {
    let reason = reason(packet, in_flow)?;
    let mut comment = String::with_capacity(USUAL);
    comment.extend([&name(packet), ": ", &reason, "."]);
    if let Some(in_flow) = in_flow {
        if let Some(states) = states(in_flow, StateStyle::ASCII) {
            comment.extend([" States: ", &states, "."]);
        }
        for remark in remarks(packet, in_flow) {
            comment.extend([" Note: ", &remark, "."]);
        }
    }
    if let Some(expectation) = expectation(packet, in_flow) {
        comment.extend([" Expect next: ", &expectation, "."]);
    }
    if let Some(in_flow) = in_flow {
        comment.push_str(" |");
        pairs(&mut comment, in_flow);
    }
    Some(comment)
}

/// The last pair is the same for a whole conversation, so that every other one can be found with the space after it.
fn pairs(comment: &mut String, in_flow: &PacketInFlow) {
    number(comment, "conversation", in_flow.conversation);
    number(comment, "place", in_flow.place);
    match &in_flow.kind {
        PacketKind::Segment(segment) => segment_pairs(comment, in_flow, segment),
        PacketKind::Datagram(datagram) => {
            word(comment, "sender", in_flow.sender.word());
            word(comment, "part", words::datagram(datagram.part));
            number(comment, "length", datagram.length);
            datagram_pairs(comment, datagram.part);
        }
        PacketKind::Notice(notice) => {
            word(comment, "part", "notice");
            word(comment, "says", words::icmp_error_kind(notice.says));
            if let Some(about) = notice.about {
                number(comment, "about", about);
            }
            if let Some(first) = notice.copies {
                number(comment, "copies", first);
            }
        }
    }
    word(comment, "roles", words::roles(in_flow.roles));
}

fn datagram_pairs(comment: &mut String, part: DatagramPart) {
    match part {
        DatagramPart::Request { repeats, .. } => {
            if let Some(earlier) = repeats {
                number(comment, "same_data_as", earlier);
            }
        }
        DatagramPart::Reply(reply) => {
            number(comment, "answers", reply.request);
            word(comment, "certainty", words::reply_certainty(reply.evidence));
            word(comment, "evidence", words::evidence(reply.evidence));
            if let Some(after) = reply.after {
                number(comment, "round_trip", after);
                comment.push_str("ns");
            }
        }
        DatagramPart::ReplyToOneOf(candidates) => {
            word(comment, "certainty", words::ONE_OF_SEVERAL);
            for &packet in candidates.packets() {
                number(comment, "candidate", packet);
            }
        }
        DatagramPart::ReplyFromElsewhere(answer) => {
            number(comment, "answers", answer.request);
            word(comment, "certainty", words::reply_certainty(answer.evidence));
            word(comment, "evidence", words::evidence(answer.evidence));
            if let Some(after) = answer.after {
                number(comment, "round_trip", after);
                comment.push_str("ns");
            }
        }
        DatagramPart::Copy { of } => number(comment, "copies", of),
        DatagramPart::Unasked => {}
    }
}

fn segment_pairs(comment: &mut String, in_flow: &PacketInFlow, segment: &Segment) {
    word(comment, "sender", in_flow.sender.word());
    word(comment, "part", words::part(segment.part));
    if let SegmentPart::Reset(cause) = segment.part {
        word(comment, "cause", words::cause(cause));
    }
    for (party, change) in [(Party::Client, segment.client), (Party::Server, segment.server)] {
        word(comment, party.word(), change.after.state.name());
        // Which of them it is, is open.
        if let Some(state) = change.after.if_received {
            comment.extend(["/", state.name()]);
        }
        if change.after.certainty() == Certainty::Deduced {
            word(comment, "deduced", party.word());
        }
    }
    number(comment, "seq", segment.sequence.relative);
    if let Some(acknowledgment) = segment.acknowledgment {
        number(comment, "ack", acknowledgment.relative);
    }
    number(comment, "length", segment.data.map_or(0, ByteRange::count));
    for remark in segment.remarks.each() {
        word(comment, "remark", words::remark(remark));
    }
    if let Some(first) = segment.first_sent {
        number(comment, "repeats", first);
    }
    if let Some(trip) = segment.round_trip {
        number(comment, "answers", trip.packet);
        number(comment, "round_trip", trip.time);
        comment.push_str("ns");
    }
    if let Some(delay) = segment.delay {
        word(comment, "delay", words::delay(delay));
    }
}

fn word(comment: &mut String, key: &str, value: &str) {
    comment.extend([" ", key, "=", value]);
}

fn number(comment: &mut String, key: &str, value: impl itoa::Integer) {
    word(comment, key, itoa::Buffer::new().format(value));
}
