//! Any input: bytes that were changed, cut, or never were a capture. What has to hold for all of them is in `invariants`,
//! which the fuzz targets in `tests/fuzz` share.

mod corpus;
pub(crate) mod invariants;
mod linear;
mod prefixes;
mod properties;
mod short;
