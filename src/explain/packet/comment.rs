//! The packet in a comment: sentences for people, then pairs for filters.
//!
//! `docs/comments.md` lists the keys.

use std::fmt::Write as _;

use super::states::{Marks, states};
use super::{expectation, name, reason, remarks, words};
use crate::flow::datagram::Part as DatagramPart;
use crate::flow::number::Bytes;
use crate::flow::segment::{Part, Segment};
use crate::flow::{Kind, Party, Step};
use crate::wire::Packet;

/// The comment that a capture file keeps with the packet; `None` where there is nothing to say. Sentences come first, then, if
/// the conversation is known, ` | ` and `key=value` pairs with a space after each but the last.
#[must_use]
pub fn comment(packet: &Packet<'_>, step: Option<&Step>) -> Option<String> {
    let mut comment = format!("{}: {}.", name(packet), reason(packet, step)?);
    if let Some(step) = step {
        if let Some(states) = states(step, Marks::ASCII) {
            let _ = write!(comment, " States: {states}.");
        }
        for remark in remarks(packet, step) {
            let _ = write!(comment, " Note: {remark}.");
        }
    }
    if let Some(expectation) = expectation(packet, step) {
        let _ = write!(comment, " Expect next: {expectation}.");
    }
    if let Some(step) = step {
        comment.push_str(" |");
        // Writing to a String cannot fail.
        let _ = pairs(&mut comment, step);
    }
    Some(comment)
}

/// The last pair is the same for a whole conversation, so that every other one can be found with the space after it.
fn pairs(output: &mut String, step: &Step) -> std::fmt::Result {
    write!(output, " conversation={} place={}", step.conversation, step.place)?;
    match &step.kind {
        Kind::Segment(segment) => segment_pairs(output, step, segment)?,
        Kind::Datagram(datagram) => {
            let part = words::datagram(datagram.part);
            write!(output, " sender={} part={part} length={}", step.sender, datagram.length)?;
            if let DatagramPart::Reply { request, .. } = datagram.part {
                write!(output, " answers={request}")?;
            }
        }
        Kind::Notice(notice) => {
            write!(output, " part=notice says={}", words::complaint(notice.says))?;
            if let Some(about) = notice.about {
                write!(output, " about={about}")?;
            }
        }
    }
    write!(output, " roles={}", words::roles(step.roles))
}

fn segment_pairs(output: &mut String, step: &Step, segment: &Segment) -> std::fmt::Result {
    write!(output, " sender={} part={}", step.sender, words::part(segment.part))?;
    if let Part::Reset(cause) = segment.part {
        write!(output, " cause={}", words::cause(cause))?;
    }
    write!(
        output,
        " client={} server={}",
        segment.client.after.state, segment.server.after.state
    )?;
    for (party, change) in [(Party::Client, segment.client), (Party::Server, segment.server)] {
        if change.after.inferred {
            write!(output, " inferred={party}")?;
        }
    }
    write!(output, " seq={}", segment.sequence.relative)?;
    if let Some(number) = segment.acknowledgment {
        write!(output, " ack={}", number.relative)?;
    }
    write!(output, " length={}", segment.data.map_or(0, Bytes::count))?;
    for remark in segment.remarks.each() {
        write!(output, " remark={}", words::remark(remark))?;
    }
    if let Some(first) = segment.first_sent {
        write!(output, " repeats={first}")?;
    }
    if let Some(trip) = segment.round_trip {
        write!(output, " answers={} round_trip={}ns", trip.packet, trip.time)?;
    }
    if let Some(delay) = segment.delay {
        write!(output, " delay={}", words::delay(delay))?;
    }
    Ok(())
}
