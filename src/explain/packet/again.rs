//! What was sent again: what one capture proves about the first transmission, and what only a capture at the other end shows.
//!
//! Where a capture was taken is not known: at one of both ends, or anywhere between. A sentence here has to be true at each of these
//! places. So it says what passed there, and names every cause that is left.

use super::super::sentence::Sentence;
use super::order;
use crate::flow::PacketInFlow;
use crate::flow::repetition::{Asked, FirstTransmission, Proof, Repetition};
use crate::flow::segment::{Remark, Segment, SegmentPart};

/// The sentence about a retransmission, called by the remark that says most.
pub(super) fn retransmission(in_flow: &PacketInFlow, segment: &Segment, remark: Remark) -> Sentence {
    let is_fast = remark == Remark::FastRetransmission;
    let name = if is_fast {
        "fast retransmission"
    } else {
        "retransmission"
    };
    let of = segment
        .first_sent
        .map_or(String::new(), |first| sentence!(" of packet ", first));
    let Some(repetition) = segment.repetition else {
        return sentence!(name, of, ": ", NOT_HIGHER).into();
    };
    let (receiver, first) = (in_flow.sender.other(), first(segment));
    let asked = match repetition.asked {
        Asked::Duplicates => "three duplicate acknowledgments asked for it",
        Asked::Reports => "selective acknowledgments (SACK) asked for it",
        Asked::PartialAck => "an acknowledgment of a part of what was sent before asked for it (RFC 6582)",
        Asked::Not => "duplicate acknowledgments were captured after it",
    };
    let known = match repetition.first {
        FirstTransmission::Open => open(in_flow, segment, repetition),
        FirstTransmission::Acknowledged => acknowledged(in_flow, segment, repetition),
        FirstTransmission::Reported => {
            sentence!(
                "the ",
                receiver,
                " had reported its bytes (SACK), so ",
                first,
                " was not lost"
            )
        }
        FirstTransmission::Missing => {
            let when = if segment.part == SegmentPart::SynAck {
                " sent its SYN again"
            } else {
                " reported what comes after it (SACK)"
            };
            let missing = sentence!(
                first,
                " had not arrived when the ",
                receiver,
                when,
                lost_or_late(in_flow)
            );
            if matches!(repetition.asked, Asked::Duplicates | Asked::PartialAck) {
                sentence!(asked, "; ", missing)
            } else {
                missing
            }
        }
        FirstTransmission::AskedFor => {
            sentence!(asked, "; deduced: ", first, " had not arrived", lost_or_late(in_flow))
        }
        FirstTransmission::Challenged => sentence!(
            first,
            " had arrived: the ",
            receiver,
            " answered it with a challenge ACK, because it still had the connection before (RFC 9293 section 3.5.1)"
        ),
        FirstTransmission::Undelivered => sentence!("an ICMP error said that ", first, " was not delivered"),
        FirstTransmission::Damaged => {
            sentence!(
                first,
                " was damaged before it came here (its checksum is wrong), and a receiver drops it"
            )
        }
        FirstTransmission::NotTaken => {
            sentence!(
                "the ",
                receiver,
                " acknowledged the SYN of ",
                first,
                " and not its data"
            )
        }
        FirstTransmission::NotCaptured => return not_captured(name, is_fast.then_some(asked), segment),
        FirstTransmission::Unknown if is_fast => asked.into(),
        FirstTransmission::Unknown => NOT_HIGHER.into(),
    };
    sentence!(name, of, ": ", known).into()
}

const NOT_HIGHER: &str = "it has no sequence number above those captured before";

/// `packet 4`, where it is remembered.
fn first(segment: &Segment) -> String {
    segment
        .first_sent
        .map_or_else(|| "the first transmission".into(), |first| sentence!("packet ", first))
}

/// A SYN is answered, anything else acknowledged.
const fn answer(part: SegmentPart) -> &'static str {
    match part {
        SegmentPart::Syn | SegmentPart::CrossingSyn => "answer",
        _ => "acknowledgment",
    }
}

/// Which way it went wrong is known: not how.
fn lost_or_late(in_flow: &PacketInFlow) -> String {
    if in_flow.is_in_one_host() {
        return ", so it was dropped or late".into();
    }
    sentence!(", so it was lost or late on its way to the ", in_flow.sender.other())
}

/// The first transmission was captured, and no answer.
fn open(in_flow: &PacketInFlow, segment: &Segment, repetition: Repetition) -> String {
    let (receiver, first, answer) = (in_flow.sender.other(), first(segment), answer(segment.part));
    if in_flow.is_in_one_host() {
        let cause = match segment.part {
            SegmentPart::Syn => ", for example because of a full accept queue",
            _ => "",
        };
        return sentence!(
            "no ",
            answer,
            " was captured before it; deduced: ",
            first,
            " or its ",
            answer,
            " was dropped or late in the one host that has both ends",
            cause
        );
    }
    let another = answers_another(segment);
    let older = if repetition.may_be_older {
        "; a copy made on the way, or a packet that was overtaken, would look the same"
    } else {
        ""
    };
    sentence!(
        "no ",
        answer,
        " was captured before it; only a capture at the ",
        receiver,
        "'s end shows whether ",
        first,
        " or its ",
        answer,
        " was lost or late, or the ",
        receiver,
        " sent none",
        another,
        older
    )
}

/// A SYN that is sent again, or copied on the way, is answered again. RFC 9293 section 3.10.7.4
fn answers_another(segment: &Segment) -> &'static str {
    if segment.part == SegmentPart::SynAck {
        ", or this one answers a SYN that came again"
    } else {
        ""
    }
}

/// An acknowledgment of it was captured before: why its sender sent it again all the same.
fn acknowledged(in_flow: &PacketInFlow, segment: &Segment, repetition: Repetition) -> String {
    let (sender, receiver) = (in_flow.sender, in_flow.sender.other());
    let answer = answer(segment.part);
    let passed = sentence!(
        "the ",
        receiver,
        "'s ",
        answer,
        " was captured before it, so an earlier one had arrived; "
    );
    // A kernel with a full accept queue takes no ACK that ends a handshake. Linux: tcp_v4_syn_recv_sock()
    let queue = if segment.part == SegmentPart::SynAck {
        sentence!(
            ", or was dropped there because of a full accept queue",
            answers_another(segment)
        )
    } else {
        String::new()
    };
    let older = if repetition.may_be_older {
        ", or this is a copy made on the way, or an earlier transmission that was overtaken"
    } else {
        ""
    };
    if in_flow.is_in_one_host() {
        return sentence!(
            passed,
            "that ",
            answer,
            " was dropped or late in the one host that has both ends",
            queue,
            older
        );
    }
    sentence!(
        passed,
        "that ",
        answer,
        " was lost after it passed here, or reached the ",
        sender,
        " too late",
        queue,
        older
    )
}

/// Only what came after it was captured.
fn not_captured(name: &str, asked: Option<&str>, segment: &Segment) -> Sentence {
    let asked = asked.map_or(String::new(), |asked| sentence!(asked, "; "));
    if let Some(order) = segment.signs.order.filter(|order| !order.is_before) {
        return sentence!(
            name,
            ": ",
            asked,
            "sent after packet ",
            order.other,
            ", which comes after it in the stream (",
            order::sign(order),
            "); the first one was lost before it came here, or was not captured"
        )
        .into();
    }
    sentence!(
        name,
        " (deduced): ",
        asked,
        "what comes after it in the stream was captured before; its first transmission was lost before it came here, or was not \
         captured, or this is it, and late"
    )
    .into()
}

/// What a packet proves about an earlier one that was sent again.
pub(super) fn proof(in_flow: &PacketInFlow, segment: &Segment, proof: Proof) -> Option<Sentence> {
    let sender = in_flow.sender;
    let answer = match segment.part {
        SegmentPart::SynAck => "answer",
        _ => "acknowledgment",
    };
    let sentence = match proof {
        Proof::Arrived(packet) => sentence!(
            "packet ",
            packet,
            " had arrived: this packet echoes its timestamp (RFC 7323); so packet ",
            packet,
            " or its ",
            answer,
            " was late, or an earlier ",
            answer,
            " was lost"
        ),
        Proof::Missing(packet) => sentence!(
            "packet ",
            packet,
            " had not arrived when this was sent; so it was lost or late on its way to the ",
            sender
        ),
        // The remark says it.
        Proof::ArrivedTwice { .. } => return None,
    };
    Some(sentence.into())
}

/// RFC 2883: what is reported was received a second time, which does not show that it was sent a second time.
pub(super) fn arrived_twice(segment: &Segment) -> Sentence {
    let which = match segment.arrived_twice() {
        Some(numbers) if numbers.first == numbers.last => sentence!("sequence number ", numbers.first),
        Some(numbers) => sentence!("sequence numbers ", numbers.first, " to ", numbers.last),
        None => "something".into(),
    };
    sentence!(
        "D-SACK: reports that ",
        which,
        " arrived twice: they were sent twice and arrived both times, or a copy was made on the way"
    )
    .into()
}
