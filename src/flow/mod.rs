//! Conversations: which packets belong together, who is the client, and what each packet does there.
//!
//! A [`Tracker`] takes the packets of a capture one by one, in their order, and gives back a [`PacketInFlow`] for each that belongs to
//! a conversation: the place of this packet in it. Start with [`state`], the states that RFC 9293 draws, and [`segment`], what
//! is to be known of a TCP segment. Nothing looks ahead, so it serves live as from a file. A million conversations are remembered
//! at most; then `store` gives up the least recently seen one, and what comes later in it counts as a new one.
//!
//! - `tracker`: from packets to conversations; `key`: what their packets have in common; `roles`: who is the client; `store` and
//!   `record`: what is remembered;
//! - `tcp`: what a segment does; `tcp/analyze.rs` decides what is a retransmission, with `outstanding`, what was sent and is not
//!   acknowledged, and `stream`, one direction;
//! - [`repetition`]: what one capture shows about a segment that was sent again, and what it leaves open;
//! - [`signs`], [`order`] and [`claim`]: what shows a cause, in which order packets were sent, and how certain what is said is; `recent`:
//!   the packets captured last;
//! - `udp` and [`datagram`]: requests and replies; `content` and [`dns`]: what their data show; `elsewhere`: replies from
//!   another address; [`round_trips`]: their times;
//! - `icmp_error`: ICMP errors; [`conversation`]: a conversation as a whole.
#![forbid(unsafe_code)]

pub mod claim;
mod content;
pub mod conversation;
pub mod datagram;
pub mod dns;
mod elsewhere;
mod icmp_error;
mod key;
mod marks;
pub mod number;
pub mod order;
mod outstanding;
mod packed_time;
mod packet_in_flow;
mod party;
mod recent;
mod record;
pub mod repetition;
mod roles;
pub mod round_trips;
pub mod segment;
mod segment_info;
mod sent_datagram;
pub mod signs;
pub mod state;
mod store;
mod stream;
mod tcp;
#[cfg(test)]
mod tests;
mod tracker;
mod udp;

pub use icmp_error::error_kind as icmp_error_kind;
pub use packet_in_flow::{PacketInFlow, PacketKind, Roles};
pub use party::Party;
pub use tracker::Tracker;
