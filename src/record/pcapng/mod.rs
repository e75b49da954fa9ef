//! The format pcapng (`.pcapng`): sections, interfaces, comments, statistics.

pub(super) mod options;
pub(super) mod reader;
pub(super) mod writer;
