//! Memory: what a container may have, and what happens when there is no more.

#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub(super) mod group;
mod sys;
