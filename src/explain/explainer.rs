//! What has to be said of a protocol.

use super::context::Context;
use super::sentence::Sentence;
use crate::wire::{Field, Layer};

/// Explains the header of a protocol. The list in `wire/mod.rs` names one for each.
pub(super) trait Explain {
    /// What the field means in this packet; `None` where its name and value say all there is to say.
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence>;

    /// What a packet is called whose innermost header is this one; `None` for the protocol's name, or that of what it carries.
    fn name(_layer: &Layer<'_>) -> Option<Sentence> {
        None
    }

    /// Why such a packet was sent, as far as the header alone shows it.
    fn reason(_layer: &Layer<'_>) -> Option<Sentence> {
        None
    }
}
