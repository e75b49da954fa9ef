//! TCP. RFC 9293
//!
//! One file per subject: `numbers` are sequence and acknowledgment number, `flags`, `window`, `options`.

mod flags;
mod numbers;
mod options;
mod window;
mod words;

use super::context::{Context, DatagramEnd};
use super::explainer::Explain;
use super::sentence::Sentence;
use super::{checksum, ports};
use crate::wire::tcp::Flags;
use crate::wire::{Field, Layer};

use crate::wire::tcp::id;
pub(super) use options::asks_for_fast_open;
pub(super) use words::looks_like_refusal;
use words::{is_refusal, relative};

/// Explains TCP.
pub(super) struct Explainer;

impl Explain for Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        match field.id() {
            id::SRCPORT => return ports::meaning(context, field, DatagramEnd::Sender),
            id::DSTPORT => return ports::meaning(context, field, DatagramEnd::Receiver),
            _ => {}
        }
        let Some(tcp) = context.layer.tcp() else {
            return Some(match field.id() {
                id::SEQ_RAW => "of the first byte that it carries".into(),
                _ => "the rest of the header is not there".into(),
            });
        };
        Some(match field.id() {
            id::SEQ_RAW => numbers::sequence(context, &tcp),
            id::ACK_RAW => numbers::acknowledgment(context, &tcp),
            id::HDR_LEN => match field.number()? {
                5 => sentence!("20 fixed, no options", options::without_mss(context, &tcp)).into(),
                words @ 6.. => sentence!(
                    "20 fixed + ",
                    words * 4 - 20,
                    " of options",
                    options::without_mss(context, &tcp)
                )
                .into(),
                _ => "wrong: the fixed part alone has 5 words".into(),
            },
            id::FLAGS => flags::meaning(&tcp, is_refusal(context, &tcp)),
            id::WINDOW_SIZE_VALUE => window::meaning(context, &tcp),
            id::CHECKSUM => checksum::meaning(context, field, "covers pseudo-header, header and data")?,
            id::URGENT_POINTER => {
                if tcp.flags().has(Flags::URG) {
                    sentence!(
                        "urgent data end ",
                        tcp.urgent_pointer(),
                        " bytes after the sequence number"
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
        // The 0 of a refusal does not count a stream.
        id::SEQ_RAW if is_refusal(context, &tcp) && tcp.sequence_number() == 0 => None,
        id::SEQ_RAW => match segment {
            Some(segment) => Some(relative(segment.sequence.relative)),
            None => flags.has(Flags::SYN).then(|| relative(0)),
        },
        id::ACK_RAW if !flags.has(Flags::ACK) => Some("[unused]".into()),
        id::ACK_RAW => segment?.acknowledgment.map(|number| relative(number.relative)),
        id::WINDOW_SIZE_VALUE => window::note(segment, flags),
        id::URGENT_POINTER if !flags.has(Flags::URG) => Some("[unused]".into()),
        id => options::note(context, id, field.number()?),
    }
}
