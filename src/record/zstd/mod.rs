//! A frame of zstd, unpacked: blocks of 128 KiB at most, each written with what the frame had before it. RFC 8878
//!
//! Why this is our own: what a hostile block unpacks to has to be bounded, and of a frame that is cut, what is whole has to be
//! read. The crates that do both need C, or a newer Rust.

mod bits;
mod corrupt;
mod frame;
mod fse;
mod huffman;
mod literals;
mod sequences;

pub(super) use frame::{Frame, MAGIC};
