//! Why a field has this value in this packet: the sentences.
//!
//! [`meaning()`] gives the sentence for one field, [`note`] the word that comes after its value (`[ok]`, `[rel 13]`), and
//! [`packet`] what the packet is as a whole. [`purpose`] says what a field is for, without a packet, and [`concepts`] what is not a field at all, such as
//! the handshake.
//!
//! One file per protocol; what several have in common is in `ports` (services by their numbers, such as DHCP), `addresses`,
//! `checksum` and `lengths`. Why a packet was sent is in `packet/reason.rs`. Each takes the packet and, where its conversation is followed, its [`PacketInFlow`](crate::flow::PacketInFlow) there: without it a sentence says only
//! what the packet itself shows.
#![forbid(unsafe_code)]

/// Puts a sentence together from its pieces: texts, numbers, names. There is room for a usual sentence from the start, for a
/// text that grows word by word is moved again and again; and each piece is added as what it is, where [`format!`] would ask it
/// for width and padding first. Most of what is said of a packet goes through here.
macro_rules! sentence {
    ($($piece:expr),+ $(,)?) => {{
        let mut text = String::with_capacity($crate::explain::sentence::SENTENCE);
        $($crate::explain::sentence::SentencePart::add_to(&$piece, &mut text);)+
        text
    }};
}

mod addresses;
mod arp;
mod by_protocol;
mod checksum;
pub mod concepts;
mod context;
mod explainer;
mod icmp;
mod igmp;
mod ip;
mod lengths;
mod link;
mod meaning;
mod names;
pub mod packet;
mod ports;
pub mod purpose;
mod sentence;
mod tcp;
mod udp;
mod words;

pub use context::Context;
pub use meaning::{icmp_extension, meaning, note};
pub use sentence::Sentence;
pub use words::{bytes, count, duration, grouped};
