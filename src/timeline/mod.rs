//! Socket calls and packets in one order.
//!
//! A program says when it entered a call and when the call returned, by its own clock; a capture says when the kernel saw
//! each packet. Most often the two agree. Where they do not, for a coarse or a foreign clock, the order of cause and effect
//! decides, and the event carries an [`OrderNote`] that says so.
//!
//! 1. [`CallIndex`] takes the calls as they are read from call logs, and hands out those of one conversation: [`ConversationCalls`].
//!    `match_conversation` decides which call belongs to which.
//! 2. `stream` and `causes` find which call caused which packet, and which packet a call waited for.
//! 3. [`Timeline::of`] puts both in one order (`order`); `skew` finds how far clocks differ.
#![forbid(unsafe_code)]

mod call_index;
mod causes;
mod match_conversation;
mod order;
mod packet_ref;
mod payload_start;
mod skew;
mod stream;
#[cfg(test)]
pub(crate) mod test_conversation;
#[cfg(test)]
mod tests;

pub use call_index::CallIndex;
pub use causes::CallPacketPair;
pub use match_conversation::ConversationCalls;
pub use order::{EventKind, OrderNote, Timeline, TimelineEvent};
pub use packet_ref::{PacketRef, PartyCall};
pub use payload_start::PayloadStart;
pub use skew::Skew;
