//! TCP. RFC 9293
//!
//! One file per subject: `numbers` are sequence and acknowledgment number, `flags`, `window`, `options`.

mod flags;
mod numbers;
mod options;
mod window;
mod words;

use super::context::{Context, Side};
use super::explainer::Explain;
use super::sentence::Sentence;
use super::{checksum, ports};
use crate::wire::tcp::Flags;
use crate::wire::{Field, Layer};

pub(super) use options::asks_for_fast_open;
pub(super) use words::looks_like_refusal;
use words::{is_refusal, relative};

/// Explains TCP.
pub(super) struct Explainer;

impl Explain for Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
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

    fn name(_: &Layer<'_>) -> Option<Sentence> {
        Some("TCP".into())
    }
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
