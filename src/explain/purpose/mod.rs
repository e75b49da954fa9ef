//! What each field is for, without a packet: purpose, values, source.
//!
//! One file per protocol with a table of [`Purpose`]s. What a field means in a packet at hand is said by
//! [`meaning`](super::meaning).

mod icmp;
mod ip;
mod line;
mod link;
mod lookup;
mod multipath;
mod tables;
mod tcp;
mod tcp_options;
mod udp;

pub use line::Purpose;
pub use lookup::{Entry, Place, lookup, nearest, no_field};
pub use tables::{is_wiresharks, of};
