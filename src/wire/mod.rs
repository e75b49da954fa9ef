//! Bytes to headers.
//!
//! [`decode()`] gives a [`Packet`]: its headers as [`Layer`]s, from the outside in, without making a field. [`Layer::fields`]
//! makes the [`Field`]s: each with Wireshark's name, the RFC's name, place, raw bytes and value. [`Packet::checksum`] checks.
//! What cannot be read is a [`Problem`]; what was read before it is kept.
//!
//! One file per protocol, in the same order: the table of fields, the typed header, the decoder, the tests.
#![forbid(unsafe_code)]

pub mod arp;
mod catalog;
mod checksum;
mod cooked;
mod decode;
pub mod digits;
pub mod ethernet;
mod field;
pub mod icmp;
pub mod icmp_extension;
pub mod icmpv6;
pub mod ipv4;
pub mod ipv6;
pub mod ipv6_extension;
mod layer;
mod link;
mod llc;
mod nd;
mod null;
mod numbers;
mod options;
mod packet;
mod problem;
mod protocol;
pub mod reassembly;
mod rest;
mod span;
pub mod tcp;
#[cfg(test)]
mod tests;
pub mod udp;
mod vlan;

pub use catalog::{Chapter, Origin, catalog};
pub use checksum::{Checksum, Unchecked};
pub use decode::{MOST_HEADERS, decode};
pub use field::{Field, Form, Naming, Spec, Value, find};
pub use layer::Layer;
pub use link::LinkType;
pub use packet::{Content, Packet};
pub use problem::{Expected, Problem};
pub use protocol::Protocol;
pub use rest::Extent;
pub use span::Span;
