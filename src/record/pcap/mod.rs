//! The format pcap (`.pcap`): one link type, no room for comments.

pub(super) mod reader;
pub(super) mod writer;
