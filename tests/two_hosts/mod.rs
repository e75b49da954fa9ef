//! `socket-lab wire`: two hosts and a wire between them.
//!
//! - `stage`: what these tests need, and what a run has written;
//! - `runs`: every run, judged by tshark;
//! - `ipv6`: the same over IPv6;
//! - `repeats`: the same packets in the same order, again and again;
//! - `truth`: what the wire wrote, against the bytes in both captures;
//! - `pictures`: both ends as a picture, against what the wire wrote;
//! - `kernel`: what the kernels knew, and the graphs of it;
//! - `recorded`: the runs of captures/two-hosts;
//! - `rules`: rules as they are typed, and mistakes in them;
//! - `one_end`: what is said of one end's capture, and `proved`: whether the wire wrote the same;
//! - `ends`: how it ends, what it leaves, and where the system refuses two hosts.

mod ends;
mod ipv6;
mod kernel;
mod one_end;
mod pictures;
mod proved;
mod recorded;
mod repeats;
mod rules;
mod runs;
mod stage;
mod truth;

pub use stage::ready;
