//! What people see: view structs first, then one file per form.
//!
//! [`breakdown`] is a packet as data for the eye: sections, rows, cells, without widths or colours. [`fields`] writes it as a
//! table, [`summary`] is a line a packet, [`hex`] its bytes. How wide, in which characters and colours: [`look`].
#![forbid(unsafe_code)]

pub mod breakdown;
pub mod fields;
pub mod hex;
pub mod look;
pub mod summary;
mod table;
