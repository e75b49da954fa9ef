//! The order in which packets were sent, where it is not the one in which they came, and what shows it.

use super::super::sentence::Sentence;
use super::super::words::duration;
use crate::flow::PacketInFlow;
use crate::flow::order::{OrderSign, SendOrder};
use crate::flow::segment::Segment;

/// `IP id 4711, packet 7 has 4712`: what shows the order.
pub(super) fn sign(order: SendOrder) -> String {
    match order.by {
        OrderSign::Identification(own, other) => {
            sentence!(
                "IP id ",
                u64::from(own),
                ", packet ",
                order.other,
                " has ",
                u64::from(other)
            )
        }
        OrderSign::Timestamp(own, other) => {
            sentence!(
                "timestamp ",
                u64::from(own),
                ", packet ",
                order.other,
                " has ",
                u64::from(other)
            )
        }
    }
}

/// What comes after packets that were sent later.
pub(super) fn out_of_order(segment: &Segment) -> Sentence {
    match segment.signs.order {
        Some(order) if order.is_before && segment.signs.may_be_sent_again => sentence!(
            "out of order: sent before packet ",
            order.other,
            " and held up on the way (",
            sign(order),
            "), or sent again with the same IP id, which RFC 1122 section 3.2.1.5 allows"
        )
        .into(),
        Some(order) if order.is_before => {
            let deduced = match order.by {
                OrderSign::Identification(..) => " (deduced)",
                OrderSign::Timestamp(..) => "",
            };
            sentence!(
                "out of order",
                deduced,
                ": sent before packet ",
                order.other,
                " and held up on the way (",
                sign(order),
                ")"
            )
            .into()
        }
        _ if segment.signs.round_trip.is_some() => "out of order (deduced): held up on the way, because it came too soon for its sender to \
                                          know that it was missing here"
            .into(),
        _ if segment.signs.has_lower_acknowledgment => {
            "out of order (deduced): its acknowledgment number is below one that came before, so it was sent before that".into()
        }
        _ => "out of order: bytes after these came before them: it was held up on the way, or it was sent again and the first \
              one did not come here"
            .into(),
    }
}

/// A packet that was captured before. `is_answer`: it is a SYN-ACK.
pub(super) fn copy(segment: &Segment, is_answer: bool) -> String {
    let first = segment
        .first_sent
        .map_or_else(|| "an earlier packet".into(), |first| sentence!("packet ", first));
    let after = segment
        .signs
        .since_first
        .filter(|&since| since >= 0)
        .map_or(String::new(), |since| sentence!(", ", duration(since), " later"));
    let left = if is_answer {
        ", or the answer to a SYN that was repeated. No timer sends a SYN-ACK again so soon"
    } else if segment.signs.may_be_sent_again {
        ", or sent again just the same, which RFC 1122 section 3.2.1.5 allows"
    } else {
        ". Most senders give what they send again another identification or timestamp"
    };
    sentence!(
        first,
        " once more",
        after,
        ": captured twice, or repeated on the way",
        left
    )
}

/// A retransmission with other data.
pub(super) fn other_content(segment: &Segment) -> Option<Sentence> {
    let first = segment.first_sent.filter(|_| segment.signs.has_other_content)?;
    Some(
        sentence!(
            "by the checksums its data are not those of packet ",
            first,
            ": it carries other data, or one of both was damaged"
        )
        .into(),
    )
}

/// More data than one segment on the wire has.
pub(super) fn larger_than_mss(segment: &Segment) -> Option<Sentence> {
    let mss = segment.signs.larger_than?;
    Some(
        sentence!(
            "more data than the ",
            u64::from(mss),
            " bytes (MSS) that its receiver takes in a segment: the sender's network card divides it, or the receiver's joined several"
        )
        .into(),
    )
}

/// A wrong checksum that proves no damage.
pub(super) fn wrong_checksum(in_flow: &PacketInFlow, segment: &Segment) -> Option<Sentence> {
    segment.signs.wrong_checksum.then(|| {
        sentence!(
            "its TCP checksum is wrong, and none of the ",
            in_flow.sender,
            "'s was right before: the network card fills it in after this capture, or it was damaged"
        )
        .into()
    })
}
