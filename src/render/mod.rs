//! Packets made visible, one file per form.
#![forbid(unsafe_code)]

pub mod diagram;
pub mod json;
#[cfg(test)]
mod samples;

/// With which characters a view is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Style {
    /// Box-drawing characters.
    #[default]
    Unicode,
    /// `+`, `-` and `|`, as the RFCs draw.
    Ascii,
    /// No drawing: sentences, for screen readers.
    Plain,
}
