//! What the programs have in common before and after their work: arguments, logging, exit codes.
//!
//! - [`args`]: the arguments, made into checked settings;
//! - [`usage`]: help, and a wrong argument said in one line;
//! - `manuals`: shell completions and man pages, where they are built;
//! - [`logging`]: what goes to standard error and to the call log;
//! - [`rights`]: what is kept of root's rights, step by step;
//! - [`say`]: errors and warnings in a line;
//! - [`session`]: start and end of one of the four programs;
//! - `look`: characters, columns, colours and times of the packet views;
//! - `provenance`: where a report comes from;
//! - `sniffer`: the sniffer; `lab`: the guided run. Where they are built.

pub mod args;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod lab;
pub mod logging;
#[cfg(feature = "sniffer")]
pub mod look;
#[cfg(feature = "manuals")]
pub mod manuals;
#[cfg(feature = "sniffer")]
pub mod provenance;
pub mod rights;
pub mod say;
pub mod session;
#[cfg(feature = "sniffer")]
pub mod sniffer;
pub mod usage;
