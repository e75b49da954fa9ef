//! What the programs have in common before and after their work: arguments, logging, exit codes.
//!
//! - [`args`]: the arguments, made into checked settings;
//! - [`usage`]: help, and a wrong argument said in one line;
//! - `manuals`: shell completions and man pages, where they are built;
//! - `capture_right`: what to do where the right to capture is missing;
//! - [`logging`]: what goes to standard error and to the call log;
//! - [`rights`]: what is kept of root's rights, step by step;
//! - [`say`]: errors and warnings in a line;
//! - [`session`]: start and end of one of the four programs;
//! - [`ending`]: the end of a program that is stuck; [`stdout`]: standard output, of which it is known how far it has come;
//! - `look`: characters, columns, colours and times of the packet views;
//! - `provenance`: where a report comes from;
//! - `sniffer`: the sniffer; `lab`: the guided run. Where they are built.

pub mod args;
#[cfg(feature = "sniffer")]
mod capture_right;
#[cfg(unix)]
pub mod ending;
#[cfg(not(unix))]
#[path = "ending_elsewhere.rs"]
pub mod ending;
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
pub mod stdout;
pub mod usage;
