//! From the arguments to settings, and from how it went to an exit status. What is done with the settings is in [`crate::session`].
//!
//! - [`args`]: the arguments, made into checked settings;
//! - [`exit`]: exit statuses;
//! - [`usage`]: help, and a wrong argument said in one line;
//! - `manuals`: shell completions and man pages, where they are built;
//! - [`program`]: one of the four programs;
//! - `style`: characters, columns, colours and times of the packet views;
//! - `sniffer`: the sniffer; `lab`: the guided run. Where they are built.

pub mod args;
pub mod exit;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod lab;
#[cfg(feature = "manuals")]
pub mod manuals;
pub mod program;
#[cfg(feature = "sniffer")]
pub mod sniffer;
#[cfg(feature = "sniffer")]
pub mod style;
pub mod usage;
