//! The list of views. A new one is its file and its place here: arguments, help and completions follow.

use super::view::View;
use super::{answers, diagram, fields, follow, ladder, summary};

/// All views, as `--help` lists them.
pub static ALL: [&View; 6] = [
    &summary::VIEW,
    &fields::VIEW,
    &diagram::VIEW,
    &ladder::VIEW,
    &follow::VIEW,
    &answers::VIEW,
];

/// The view of the sniffer unless another is asked for.
pub static DEFAULT: &View = &fields::VIEW;
