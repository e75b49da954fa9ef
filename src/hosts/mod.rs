//! Two hosts and the wire between them, without root.
//!
//! Each host is a network namespace of this machine, with a TCP/IP of the kernel's own and one Ethernet interface, `eth0`. The
//! interface is a TAP device, or a veth where there are none, and this program has its cable as an open file (`cable_end`). What the client's host sends is read from one file and, after
//! what the [`rules`] say has been done to it, written to the other.
//!
//! In reading order: [`addresses`]; [`host`]: how a host is made, in a [`namespace`]; [`router`]: what may be between them; [`host_thread`]: how a program is started in a host; [`counters`]: what a host's kernel has counted; [`seen`]: what a frame is, as a user
//! counts; [`rules`]: what is done to which frame; [`wire`]: the thread between the two files; [`record`]: what was done to each frame,
//! which is the truth that captures at the two ends can be compared with.

pub mod addresses;
mod cable_end;
pub mod counters;
pub mod error;
pub mod host;
pub mod host_thread;
pub mod namespace;
mod random;
pub mod record;
pub mod router;
pub mod rules;
pub mod seen;
pub mod wire;
