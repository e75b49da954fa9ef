//! The sequence number and the acknowledgment number: which number, and why this one. RFC 9293 section 3.4

use super::super::context::Context;
use super::super::sentence::Sentence;
use super::super::words::numbers;
use super::words::{is_refusal, receiver_word, sender_word};
use crate::flow::PacketInFlow;
use crate::flow::number::{Number, Sequence};
use crate::flow::segment::{ResetCause, Segment, SegmentPart};
use crate::wire::tcp::{Flags, Tcp};

pub(super) fn sequence(context: Context<'_, '_>, tcp: &Tcp<'_>) -> Sentence {
    match context.segment() {
        _ if is_refusal(context, tcp) && tcp.sequence_number() == 0 => {
            "0: there is no connection; the ack number is the proof".into()
        }
        Some((in_flow, segment)) => sequence_in_stream(in_flow, segment, tcp.flags()),
        None => sequence_alone(context, tcp),
    }
}

/// Which number it is, counted from the sender's initial one, and what has it.
fn sequence_in_stream(in_flow: &PacketInFlow, segment: &Segment, flags: Flags) -> Sentence {
    let sender = sender_word(in_flow);
    let number = segment.sequence.relative;
    match segment.part {
        SegmentPart::Syn | SegmentPart::CrossingSyn | SegmentPart::SynAck => {
            return sentence!("the ", sender, "'s start (ISN): by RFC 6528 a clock + a keyed hash").into();
        }
        SegmentPart::OtherSynAck => return "another start (ISN) than that of the open connection".into(),
        SegmentPart::KeepAlive => {
            return "one less than is due: sent and acknowledged before, so an answer has to come".into();
        }
        _ => {}
    }
    let counted = match segment.own_start {
        Some(start) => sentence!(sender, "'s ISN ", start, " + ", number, modulo(start, number)),
        None => "counted from the first byte captured".into(),
    };
    let what = match segment.part {
        SegmentPart::Reset(ResetCause::NotTaken(_)) => {
            sentence!("not what the ", receiver_word(in_flow), " expects next")
        }
        SegmentPart::Reset(_) if segment.own_start.is_none() && number == 1 => {
            "what the receiver expects next, as far as it was captured".to_owned()
        }
        SegmentPart::Reset(_) => sentence!(
            "what the ",
            receiver_word(in_flow),
            " expects next, else it would not be taken"
        ),
        SegmentPart::WindowProbe if segment.data.is_some() => {
            "its byte has no room in the window, so an answer has to come".to_owned()
        }
        SegmentPart::WindowProbe => "acknowledged before, so an answer has to come".to_owned(),
        _ if number == 1 && segment.own_start.is_some() => "its SYN counted as one".to_owned(),
        _ => match segment.data {
            Some(data) if data.first == data.last => sentence!("byte ", data.first, " is in it"),
            Some(data) => sentence!(data, " are in it"),
            None if flags.has(Flags::FIN) => "the number of the FIN itself".to_owned(),
            None => "the next one that it will use".to_owned(),
        },
    };
    sentence!(counted, ": ", what).into()
}

/// Numbers are counted modulo 2^32: said where it shows.
fn modulo(start: Sequence, number: i64) -> &'static str {
    let sum = i64::from(start.0).saturating_add(number);
    if u32::try_from(sum).is_ok() {
        ""
    } else {
        " (modulo 2^32)"
    }
}

fn sequence_alone(context: Context<'_, '_>, tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    let length = context.layer.payload_length();
    if flags.has(Flags::SYN) {
        "start (ISN): by RFC 6528 a clock + a keyed hash".into()
    } else if flags.has(Flags::RST) {
        "has to be the number that the receiver expects".into()
    } else if length > 0 {
        let last = tcp
            .sequence_number()
            .wrapping_add(u32::try_from(length - 1).unwrap_or(u32::MAX));
        sentence!("of its first data byte; the last one is ", last).into()
    } else if flags.has(Flags::FIN) {
        "of the FIN itself: it counts as one".into()
    } else {
        "of the next byte, should it send one".into()
    }
}

pub(super) fn acknowledgment(context: Context<'_, '_>, tcp: &Tcp<'_>) -> Sentence {
    let number = tcp.acknowledgment_number();
    if !tcp.flags().has(Flags::ACK) {
        return if number == 0 {
            "ACK flag is off".into()
        } else {
            "ACK flag is off, so the number means nothing".into()
        };
    }
    if is_refusal(context, tcp) {
        return sentence!(
            "the refused SYN's number ",
            number.wrapping_sub(1),
            " + 1: proves what it answers"
        )
        .into();
    }
    let in_stream = context
        .segment()
        .and_then(|(in_flow, segment)| Some(acknowledgment_in_stream(in_flow, segment, segment.acknowledgment?)));
    in_stream.unwrap_or_else(|| acknowledgment_alone(tcp))
}

/// How the number comes about: the one before, and what has arrived since. A SYN and a FIN count as one each.
fn acknowledgment_in_stream(in_flow: &PacketInFlow, segment: &Segment, number: Number) -> Sentence {
    let other = receiver_word(in_flow);
    let new = segment.acknowledges;
    if !new.is_something() {
        return match segment.part {
            SegmentPart::Reset(_) => "all before it had arrived; nothing more is expected".into(),
            _ if number.relative < 0 => {
                sentence!("as before: ", number.raw, " is due next, from before the capture").into()
            }
            _ if segment.signs.acknowledges_uncaptured => sentence!(
                "the ",
                other,
                "'s number ",
                number.relative,
                " is due next; no packet of the ",
                other,
                " was captured so far"
            )
            .into(),
            _ => sentence!("as before: the ", other, "'s number ", number.relative, " is due next").into(),
        };
    }
    let bytes = new
        .bytes
        .map_or(0, |bytes| u32::try_from(bytes.count()).unwrap_or(u32::MAX));
    let base = number
        .raw
        .0
        .wrapping_sub(bytes)
        .wrapping_sub(u32::from(new.syn) + u32::from(new.fin));
    let mut sum = if new.syn {
        sentence!(other, "'s ISN ", base, " + 1")
    } else {
        base.to_string()
    };
    let mut arrived: Vec<String> = Vec::new();
    if new.syn {
        arrived.push("its SYN counts as one".into());
    }
    if let Some(new_bytes) = new.bytes {
        sum = sentence!(sum, " + ", bytes);
        let have = if new_bytes.first == new_bytes.last {
            "has"
        } else {
            "have"
        };
        arrived.push(if segment.signs.acknowledges_uncaptured {
            sentence!(
                numbers(new_bytes),
                " ",
                have,
                " arrived, data or a FIN as the last; no packet of the ",
                other,
                " was captured so far"
            )
        } else {
            sentence!(new_bytes, " ", have, " arrived")
        });
    }
    if new.fin {
        sum = sentence!(sum, " + 1");
        arrived.push(sentence!("the ", other, "'s FIN counts as one"));
    }
    let packet = match new.packet {
        Some(packet) if new.bytes.is_some() => sentence!(" (up to packet ", packet, ")"),
        Some(packet) => sentence!(" (packet ", packet, ")"),
        None => String::new(),
    };
    sentence!(sum, ": ", arrived.join(", "), packet).into()
}

fn acknowledgment_alone(tcp: &Tcp<'_>) -> Sentence {
    let (flags, number) = (tcp.flags(), tcp.acknowledgment_number());
    if flags.has(Flags::SYN) {
        sentence!(
            "client's first number ",
            number.wrapping_sub(1),
            " + 1: a SYN counts as one"
        )
        .into()
    } else if flags.has(Flags::RST) {
        "all before it had arrived; nothing more is expected".into()
    } else {
        sentence!("all before it has arrived; byte ", number, " is expected next").into()
    }
}
