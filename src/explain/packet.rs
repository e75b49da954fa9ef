//! What a packet is as a whole: its name, its parts, its reason, and what should come next.
//!
//! - [`name()`] and [`tags()`]: what it is called; [`ends()`]: from whom to whom; [`parts()`]: what it is made of;
//! - [`reason()`]: why it was sent; [`remarks()`]: what is remarkable about it; [`states()`]: what it does to both ends;
//! - [`expectation()`]: what should come next; [`comment()`]: all this for a capture file.

mod acknowledged;
mod again;
mod comment;
mod datagram;
mod endpoints;
mod expectation;
mod name;
mod notice;
mod opening;
mod order;
mod parts;
mod reason;
mod remarks;
mod reset;
mod states;
pub mod words;

pub use super::context::{is_of_many, is_to_many};
pub use comment::comment;
pub use datagram::tag as datagram_tag;
pub use endpoints::{PacketEndpoints, ends, roles};
pub use expectation::expectation;
pub use name::{flag_names, name, write_flags};
pub use parts::parts;
pub use reason::reason;
pub use remarks::{place, remarks, shown, tags};
pub use states::{StateStyle, states};

#[cfg(test)]
mod tests;
