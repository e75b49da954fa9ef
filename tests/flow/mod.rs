//! Conversations: what the tracker says of real traffic, and whether tshark says the same.
//!
//! - `judge`: packet by packet against tshark, every difference with a reason that is proven;
//! - `bounds`: memory and time;
//! - `files`: the captures at hand; `live`: what the kernel does in a private network namespace, and disturbed copies of it;
//! - `later`: no state is told that a later packet disproves;
//! - `told`: what is said of captures whose truth is known;
//! - `crossing`: both ends do the same at the same time.

mod bounds;
mod crossing;
mod files;
mod judge;
mod later;
mod live;
mod stage;
mod told;
