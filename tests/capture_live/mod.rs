//! Captures of real traffic, in network namespaces of their own, each through the ring and through pnet's channel.
//!
//! - `stage`: namespaces, sockets, and what was captured;
//! - `frames`: how many, how long, when; `tags`: those of VLANs; `filters`: what does not come;
//! - `interfaces`: what happens to them meanwhile; `stops`: being told to stop;
//! - `room`: for frames that nobody has read yet.
#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod filters;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod interfaces;
#[cfg(test)]
mod room;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod stage;
#[cfg(test)]
mod stops;
#[cfg(test)]
mod tags;
