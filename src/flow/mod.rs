//! Conversations: which packets belong together, who is the client, and what each packet does there.
//!
//! A [`Tracker`] takes the packets of a capture one by one, in their order, and gives back a [`PacketInFlow`] for each that belongs to
//! a conversation: the place of this packet in it. Start with [`state`], the states that RFC 9293 draws, and [`segment`], what
//! is to be known of a TCP segment. Nothing looks ahead, so it serves live as from a file, and what is remembered is bounded.
#![forbid(unsafe_code)]

mod arrival;
pub mod conversation;
pub mod datagram;
mod key;
mod notice;
pub mod number;
mod outstanding;
mod packed_time;
mod party;
mod record;
mod roles;
pub mod segment;
pub mod state;
mod step;
mod store;
mod stream;
mod tcp;
#[cfg(test)]
mod tests;
mod tracker;
mod udp;

pub use party::Party;
pub use step::{Kind, PacketInFlow, Roles};
pub use tracker::Tracker;
