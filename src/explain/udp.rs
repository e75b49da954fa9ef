//! UDP. RFC 768

use super::context::{Context, DatagramEnd};
use super::explainer::Explain;
use super::sentence::Sentence;
use super::{checksum, lengths, ports};
use crate::wire::udp::id;
use crate::wire::{Completeness, Field, Layer};

/// Explains UDP.
pub(super) struct Explainer;

impl Explain for Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        Some(match field.id() {
            id::SRCPORT => ports::meaning(context, field, DatagramEnd::Sender)?,
            id::DSTPORT => ports::meaning(context, field, DatagramEnd::Receiver)?,
            id::LENGTH => length(context, field.number()?),
            id::CHECKSUM => checksum::meaning(context, field, "covers pseudo-header, header and data")?,
            _ => return None,
        })
    }

    fn name(layer: &Layer<'_>) -> Option<Sentence> {
        let is_first = layer.completeness() == Completeness::FirstFragment;
        Some(if is_first { "UDP, first fragment" } else { "UDP" }.into())
    }
}

fn length(context: Context<'_, '_>, declared: u64) -> Sentence {
    if let Some(wrong_length) = lengths::wrong_length(context, id::LENGTH) {
        return wrong_length;
    }
    match declared {
        0 => "0: at least 8 is right, but for IPv6 jumbograms".into(),
        1..=7 => sentence!("wrong: the header alone has 8, not ", declared).into(),
        _ => {
            let sum = sentence!("8 header + ", declared - 8, " data");
            let carried = context.previous().map_or(0, |outer| outer.payload_length() as u64);
            match (context.layer.completeness(), carried.checked_sub(declared)) {
                (Completeness::FirstFragment, None) => sentence!(sum, ", over all fragments").into(),
                (Completeness::Whole, Some(surplus @ 1..)) => {
                    sentence!(sum, "; ", surplus, " more in the packet are not counted").into()
                }
                _ => sum.into(),
            }
        }
    }
}
