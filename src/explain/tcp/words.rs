//! What a segment is called in the sentences.

use super::super::context::Context;
use super::super::sentence::Sentence;
use crate::flow::PacketInFlow;
use crate::flow::segment::{ResetCause, SegmentPart};
use crate::wire::tcp::{Flags, Tcp};

pub(super) fn relative(number: i64) -> Sentence {
    sentence!("[rel ", number, "]").into()
}

/// Does it refuse a connection? Without its conversation this is taken from the form of the answer that a machine gives to a
/// SYN when nothing listens. RFC 9293 section 3.10.7.1
pub(super) fn is_refusal(context: Context<'_, '_>, tcp: &Tcp<'_>) -> bool {
    match context.segment() {
        Some((_, segment)) => segment.part == SegmentPart::Reset(ResetCause::NobodyListens),
        None => looks_like_refusal(tcp),
    }
}

/// RST-ACK with the sequence number 0: it answers a segment that had no acknowledgment number, so most likely a SYN.
pub(crate) fn looks_like_refusal(tcp: &Tcp<'_>) -> bool {
    let flags = tcp.flags();
    flags.has(Flags::RST) && flags.has(Flags::ACK) && tcp.sequence_number() == 0
}

/// `client` or `server`, or their place in the segment where the role is unknown.
pub(super) fn sender_word(in_flow: &PacketInFlow) -> &'static str {
    in_flow.sender.word()
}

pub(super) fn receiver_word(in_flow: &PacketInFlow) -> &'static str {
    in_flow.sender.other().word()
}
