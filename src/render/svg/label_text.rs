//! The texts of a ladder's rows, for a column of this many characters.

use crate::escape::columns::Columns as _;
use crate::render::ladder::{label::Label, quotation};
use crate::render::table::wrap;
use crate::render::text_style::CharacterSet;

/// What is on an arrow: the fullest words that fit.
pub(super) fn above(label: &Label, width: usize) -> &str {
    let words = label.words.iter().find(|words| words.columns() <= width);
    words.or(label.words.last()).map_or("", String::as_str)
}

/// What is below it, each line with its class: the beginning of the payload, then the remark.
///
/// The payload has a line of its own: beside it a text that is written from right to left would move the numbers.
pub(super) fn below(label: &Label, width: usize) -> Vec<(&'static str, String)> {
    let start = label.payload_start.as_ref();
    let quotation = start.and_then(|start| quotation::written(start, CharacterSet::Unicode, width));
    let remark = label.remark.iter().flat_map(|remark| wrap(remark, width - 1));
    let quotation = quotation.into_iter().map(|text| ("words", text));
    quotation.chain(remark.map(|text| ("soft", text))).collect()
}

/// A text that is longer than a side is cut, with a mark.
pub(in crate::render) fn shortened(text: &str, most: usize) -> String {
    if text.columns() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
