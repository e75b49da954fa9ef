//! The view `follow`: what both ends said to each other, in order.
//!
//! [`StreamAssembler`] takes the packets of a conversation and puts the bytes of each direction in the order of their sequence
//! numbers: what was sent twice appears once, what is missing is said. [`Follow`] is the result as data, [`text`] writes it.

mod assemble;
#[cfg(test)]
mod tests;
pub mod text;
mod turns;
mod view;

pub use assemble::StreamAssembler;
pub use turns::{Follow, Turn, TurnPart};
pub use view::VIEW;
