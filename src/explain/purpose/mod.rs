//! What each field is for, without a packet: purpose, values, source.
//!
//! The texts stand in the descriptors in `wire`. What a field means in a packet at hand is said by [`meaning`](super::meaning()).

mod lookup;
mod tables;

pub use lookup::{FieldEntry, FieldPosition, concept_beside, field_names, lookup, meant, nearest, no_field};
pub use tables::{is_wiresharks, of};
