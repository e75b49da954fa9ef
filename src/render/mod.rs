//! What people see: view structs first, then one file per form.
//!
//! [`views`] lists what `--view` takes; [`view`] says what a view is.
//!
//! [`breakdown`] is a packet as data for the eye: sections, rows, cells, without widths or colours. [`fields`] writes it as a
//! table, [`diagram`] draws the RFCs' boxes, [`summary`] is a line a packet, [`json`] an object a packet, [`hex`] its bytes. [`answers`]
//! has the questions of the courses, answered from a capture; [`explained`] is a page on one field, [`concept`] on a
//! concept, [`explained_list`] names both. How wide, in which characters and colours: [`text_style`].
//!
//! [`ladder`] draws a conversation as two lanes, [`two_ends`] two captures of it with a time at each end, [`follow`] has what both ends said. [`report_model`] is what exports are made from:
//! [`report`], a page of HTML; [`svg`], ladders as pictures; [`plot`], sequence number against time; [`mermaid`], diagrams for
//! Markdown. [`markup`] makes texts safe in HTML and SVG; `page` and `table` lay texts out; `proof` is a field with its bytes.
#![forbid(unsafe_code)]

pub mod answers;
pub mod breakdown;
pub mod concept;
pub mod diagram;
pub mod explained;
pub mod explained_list;
pub mod fields;
pub mod follow;
pub mod hex;
pub mod json;
pub mod ladder;
pub mod markup;
pub mod mermaid;
mod page;
pub mod plot;
pub mod proof;
pub mod report;
pub mod report_model;
mod rtt_estimate;
#[cfg(test)]
mod samples;
pub mod summary;
pub mod svg;
pub mod table;
pub mod text_style;
pub mod two_ends;
pub mod view;
pub mod views;

pub use text_style::CharacterSet;
