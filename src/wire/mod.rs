//! Bytes to headers.
#![forbid(unsafe_code)]

mod link;

pub use link::LinkType;
