//! TCP. RFC 9293
//!
//! One file per subject: `numbers` are sequence and acknowledgment number, `flags`, `window`, `options`.

mod flags;
mod numbers;
mod options;
mod window;

use super::{Context, Sentence, Side, checksum, ports};
use crate::flow::Step;
use crate::flow::segment::{Part, ResetCause};
use crate::wire::Field;
use crate::wire::tcp::{Flags, Tcp};

pub(super) use options::asks_for_fast_open;

pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    match field.id() {
        "tcp.srcport" => return ports::meaning(context, field, Side::Sender),
        "tcp.dstport" => return ports::meaning(context, field, Side::Receiver),
        _ => {}
    }
    let Some(tcp) = context.layer.tcp() else {
        return Some(match field.id() {
            "tcp.seq_raw" => "of the first byte that it carries".into(),
            _ => "the rest of the header is not there".into(),
        });
    };
    Some(match field.id() {
        "tcp.seq_raw" => numbers::sequence(context, &tcp),
        "tcp.ack_raw" => numbers::acknowledgment(context, &tcp),
        "tcp.hdr_len" => match field.number()? {
            5 => "20 fixed, no options".into(),
            words @ 6.. => sentence!("20 fixed + {} of options", words * 4 - 20).into(),
            _ => "wrong: the fixed part alone has 5 words".into(),
        },
        "tcp.flags" => flags::meaning(&tcp, is_refusal(context, &tcp)),
        "tcp.window_size_value" => window::meaning(context, &tcp),
        "tcp.checksum" => checksum::meaning(context, field, "covers pseudo-header, header and data")?,
        "tcp.urgent_pointer" => {
            if tcp.flags().has(Flags::URG) {
                sentence!(
                    "urgent data end {} bytes after the sequence number",
                    tcp.urgent_pointer()
                )
                .into()
            } else {
                "URG flag is off".into()
            }
        }
        _ => return options::meaning(context, &tcp, field),
    })
}

/// Numbers counted from the start of their stream, and fields that the flags make meaningless.
pub(super) fn note(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    let tcp = context.layer.tcp()?;
    let flags = tcp.flags();
    let segment = context.segment().map(|(_, segment)| segment);
    match field.id() {
        // The 0 of a refusal is no number of a stream.
        "tcp.seq_raw" if is_refusal(context, &tcp) && tcp.sequence_number() == 0 => None,
        "tcp.seq_raw" => match segment {
            Some(segment) => Some(relative(segment.sequence.relative)),
            None => flags.has(Flags::SYN).then(|| relative(0)),
        },
        "tcp.ack_raw" if !flags.has(Flags::ACK) => Some("[unused]".into()),
        "tcp.ack_raw" => segment?.acknowledgment.map(|number| relative(number.relative)),
        "tcp.window_size_value" => window::note(segment, flags),
        "tcp.urgent_pointer" if !flags.has(Flags::URG) => Some("[unused]".into()),
        id => options::note(context, id, field.number()?),
    }
}

fn relative(number: i64) -> Sentence {
    sentence!("[rel {number}]").into()
}

/// Does it refuse a connection? Without its conversation this is taken from the form of the answer that a machine gives to a
/// SYN when nothing listens. RFC 9293 section 3.10.7.1
fn is_refusal(context: Context<'_, '_>, tcp: &Tcp<'_>) -> bool {
    match context.segment() {
        Some((_, segment)) => segment.part == Part::Reset(ResetCause::NobodyListens),
        None => looks_like_refusal(tcp),
    }
}

/// RST,ACK with the sequence number 0: it answers a segment that had no acknowledgment number, so most likely a SYN.
pub(super) fn looks_like_refusal(tcp: &Tcp<'_>) -> bool {
    let flags = tcp.flags();
    flags.has(Flags::RST) && flags.has(Flags::ACK) && tcp.sequence_number() == 0
}

/// `client` or `server`, or their place in the segment where nothing tells.
fn sender_word(step: &Step) -> &'static str {
    step.sender.word()
}

fn receiver_word(step: &Step) -> &'static str {
    step.sender.other().word()
}
