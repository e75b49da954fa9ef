//! Where frames come from, and which of them are wanted.
//!
//! [`live`]: from an interface. [`filter`]: tcpdump's expressions, for the kernel and for files. [`fragments`] and
//! [`handshake`]: choices that take a memory, which a filter has not.

pub mod filter;
pub mod fragments;
pub mod handshake;
pub mod live;
