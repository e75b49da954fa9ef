//! Who explains which protocol: the list in `wire/mod.rs` made into code.

use super::context::Context;
use super::explainer::Explain;
use super::sentence::Sentence;
use crate::wire::{Field, Layer, Protocol, headers};

macro_rules! by_protocol {
    ($($variant:ident: $header:path, $module:ident::$explainer:ident, $doc:literal;)*) => {
        /// See [`Explain::meaning`].
        pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
            match context.layer.protocol() {
                $(Protocol::$variant => super::$module::$explainer::meaning(context, field),)*
            }
        }

        /// See [`Explain::name`].
        pub(super) fn name(layer: &Layer<'_>) -> Option<Sentence> {
            match layer.protocol() {
                $(Protocol::$variant => super::$module::$explainer::name(layer),)*
            }
        }

        /// See [`Explain::reason`].
        pub(super) fn reason(layer: &Layer<'_>) -> Option<Sentence> {
            match layer.protocol() {
                $(Protocol::$variant => super::$module::$explainer::reason(layer),)*
            }
        }
    };
}
headers!(by_protocol);
