//! Where frames come from, and which of them are wanted.
//!
//! [`live`]: from an interface. [`fragments`] and [`handshake`]: choices that take a memory, which a filter ([`crate::filter`])
//! has not.

pub mod fragments;
pub mod handshake;
pub mod live;
