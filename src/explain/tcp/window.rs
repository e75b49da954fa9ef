//! The window: how much more may be sent. RFC 9293 section 3.8.6, RFC 7323 section 2

use super::super::context::Context;
use super::super::sentence::Sentence;
use super::words::{receiver_word, sender_word};
use crate::flow::PacketInFlow;
use crate::flow::segment::{Scale, Segment, Window};
use crate::wire::tcp::{Flags, Tcp};

/// What comes after the number as long as it is not the number of bytes.
pub(super) fn note(segment: Option<&Segment>, flags: Flags) -> Option<Sentence> {
    if flags.has(Flags::SYN) || flags.has(Flags::RST) {
        return None;
    }
    match segment.map(|segment| segment.window.scale) {
        None | Some(Scale::NotCaptured) => Some("[unscaled]".into()),
        Some(_) => None,
    }
}

pub(super) fn meaning(context: Context<'_, '_>, tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    if flags.has(Flags::RST) {
        return "nothing follows a reset".into();
    }
    if flags.has(Flags::SYN) {
        return "bytes of free room; not scaled in a SYN".into();
    }
    match context.segment() {
        Some((in_flow, segment)) => in_connection(in_flow, segment.window),
        None if tcp.window() == 0 => "this side's receive buffer is full: stop sending to it".into(),
        None => "free room; times the scale in this side's SYN".into(),
    }
}

fn in_connection(in_flow: &PacketInFlow, window: Window) -> Sentence {
    let (sender, receiver) = (sender_word(in_flow), receiver_word(in_flow));
    let raw = window.raw;
    match (window.scale, window.bytes()) {
        _ if raw == 0 => sentence!(
            "the ",
            sender,
            "'s receive buffer is full: the ",
            receiver,
            " has to stop"
        )
        .into(),
        (Scale::Shift(shift), Some(bytes)) => sentence!(
            raw,
            " x ",
            1_u32 << shift.min(14),
            " = ",
            bytes,
            " bytes of free room: shift ",
            shift,
            " from the ",
            sender,
            "'s SYN"
        )
        .into(),
        (Scale::NotOffered, _) => "bytes of free room: a SYN without window scale, so none is scaled".into(),
        (Scale::OfSyn, _) => "bytes of free room".into(),
        _ => sentence!(
            "free room; times the scale in the ",
            sender,
            "'s SYN, which the capture lacks"
        )
        .into(),
    }
}
