//! Memory: the limit of a container, and what happens when memory runs out.

#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub(super) mod group;
mod sys;
