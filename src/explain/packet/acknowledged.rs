//! What a segment acknowledges for the first time.

use super::super::sentence::{SENTENCE, SentencePart};
use super::super::words::numbers;
use crate::flow::PacketInFlow;
use crate::flow::segment::Segment;

/// `bytes 1 to 12 (packet 4)`, `the client's SYN (packet 1)`: what is acknowledged for the first time.
pub(super) fn newly_acknowledged(in_flow: &PacketInFlow, segment: &Segment) -> Option<String> {
    let other = in_flow.sender.other();
    let new = segment.acknowledges;
    if !new.is_something() {
        return None;
    }
    let mut text = String::with_capacity(SENTENCE);
    let mut add = |what: &dyn SentencePart| {
        if !text.is_empty() {
            text.push_str(" and ");
        }
        what.add_to(&mut text);
    };
    if new.syn {
        add(&sentence!("the ", other, "'s SYN"));
    }
    if let Some(bytes) = new.bytes {
        if segment.signs.acknowledges_uncaptured {
            add(&sentence!(
                numbers(bytes),
                " of the ",
                other,
                " (data, or a FIN as the last number: no packet of the ",
                other,
                " was captured so far)"
            ));
        } else {
            add(&bytes);
        }
    }
    if new.fin {
        add(&sentence!("the ", other, "'s FIN"));
    }
    let (which, packet) = match (new.packet, segment.echoes) {
        // Of a SYN that was sent more than once, the timestamp shows which one is answered.
        (Some(first), Some(echoed)) if new.syn && echoed > first => (" (packet ", echoed),
        // Without an echo that stays open.
        (Some(first), None) if new.syn && segment.round_trip.is_none() && new.bytes.is_none() => {
            return sentence!(text, " (packet ", first, ", or one that repeats it)").into();
        }
        (Some(last), _) if new.several => (" (up to packet ", last),
        (Some(packet), _) => (" (packet ", packet),
        (None, _) => return Some(text),
    };
    text.push_str(which);
    packet.add_to(&mut text);
    text.push(')');
    Some(text)
}
