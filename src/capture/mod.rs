//! Where frames come from, and which of them are wanted.

pub mod filter;
