//! What the readers of both formats find.

use crate::frame::{Direction, Time};
use crate::wire::LinkType;

/// A frame that has been found: all of it but the bytes, which are still in the input's buffer.
pub(super) struct FoundFrame {
    pub(super) time: Option<Time>,
    pub(super) link: LinkType,
    pub(super) interface: u32,
    pub(super) direction: Option<Direction>,
    pub(super) original_length: u32,
    pub(super) comments: Vec<String>,
    /// The captured bytes: how many before the end of what was taken last, …
    pub(super) before_end: usize,
    /// … and how many.
    pub(super) length: usize,
}
