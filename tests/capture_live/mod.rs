//! Captures of real traffic, in network namespaces of their own, each through the ring and through pnet's channel.
//!
//! - `stage`: namespaces, sockets, and what was captured;
//! - `frames`: how many, how long, when; `tags`: those of VLANs; `filters`: what does not come;
//! - `interfaces`: what happens to them meanwhile; `stops`: being told to stop;
//! - `room`: for frames that nobody has read yet.

mod filters;
mod frames;
mod interfaces;
mod room;
mod stage;
mod stops;
mod tags;
