//! The whole program `socket-lab`: each run, what it prints, what it records, how it ends.
//!
//! - `stage`: starting it, as root and as nobody, and the judges;
//! - `runs`: every run, judged by tshark;
//! - `story`: what is told; `files`: where the files go, and what is refused;
//! - `networks`: what becomes of it where the system refuses a network, or a capture; `ends`: how it ends;
//! - `stuck`: how it ends, and how the four programs end, while a call does not return.
#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod ends;
#[cfg(test)]
mod files;
#[cfg(test)]
mod networks;
#[cfg(test)]
mod runs;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod stage;
#[cfg(test)]
mod story;
#[cfg(test)]
mod stuck;
