//! What the length fields count, and what there really is.

use super::context::Context;
use super::sentence::{SENTENCE, Sentence};
use super::words::bytes;

use crate::wire::{Expected, Layer, Protocol};

/// `20 IPv4 + 40 TCP + 12 data`: what a length counts, from this header on.
pub(super) fn composition(context: Context<'_, '_>, with_own_header: bool) -> Sentence {
    let mut sum = String::with_capacity(SENTENCE);
    let skipped = context.index + usize::from(!with_own_header);
    let layers = context.packet.layers().iter().skip(skipped);
    let mut carried = context.layer.payload_length();
    for layer in layers.take_while(|layer| layer.is_quoted() == context.layer.is_quoted()) {
        carried = layer.payload_length();
        if lacks_header_length(layer) {
            add(&mut sum, layer.length(), "TCP with its data");
            carried = 0;
            break;
        }
        add(&mut sum, layer.header_length(), layer.protocol().name());
    }
    if carried > 0 || sum.is_empty() {
        add(&mut sum, carried, "data");
    }
    let (declared, quoted) = (context.layer.payload_length(), context.layer.payload().bytes.len());
    if context.layer.is_quoted() && quoted < declared {
        return format!(
            "{sum}; only the first {} after this header are quoted",
            bytes(quoted as u64)
        )
        .into();
    }
    sum.into()
}

fn add(sum: &mut String, count: usize, what: &str) {
    let separator = if sum.is_empty() { "" } else { " + " };
    sum.extend([separator, itoa::Buffer::new().format(count), " ", what]);
}

/// Are the bytes not there that tell where TCP's header ends and its data begin?
pub(super) fn lacks_header_length(layer: &Layer<'_>) -> bool {
    /// Up to and including the data offset.
    const NEEDED: usize = 13;
    layer.protocol() == Protocol::Tcp && layer.header().bytes.len() < NEEDED
}

/// The sentence for a length field that says more than there is.
pub(super) fn wrong_length(context: Context<'_, '_>, id: &str) -> Option<Sentence> {
    let header = context.layer.header();
    let mut problems = context.packet.malformations().iter();
    let problem = problems.find(|problem| {
        let of_this_field = matches!(problem.expected, Expected::Declared { field, .. } if field == id);
        of_this_field && !problem.cut && (header.at..header.end().max(header.at + 1)).contains(&problem.byte)
    })?;
    Some(format!("wrong: only {} are there", bytes(problem.found)).into())
}
