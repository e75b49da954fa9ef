//! What a header leaves to the next one.

use super::span::Span;

/// Why a datagram may end before its own lengths say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Completeness {
    /// It should be all there.
    Whole,
    /// It is the first of several IP fragments.
    FirstFragment,
    /// It is quoted in an ICMP error, which need not quote all of it. RFC 792, RFC 4443 section 2.4
    Quoted,
}

/// The bytes after a header: those that were captured, and how many there were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// The captured ones.
    pub(super) span: Span<'a>,
    /// How many the headers before say there are; fewer are captured only when the capture cut the frame.
    pub(super) length: usize,
    pub(super) completeness: Completeness,
    /// Inside an ICMP error's quotation?
    pub(super) quoted: bool,
}

impl Cursor<'_> {
    /// Without the first `length` bytes.
    pub(super) fn after(self, length: usize) -> Self {
        Self {
            span: self.span.from(length),
            length: self.length.saturating_sub(length),
            ..self
        }
    }

    /// Only the first `length` bytes; no more than there are.
    pub(super) fn limited(self, length: usize) -> Self {
        Self {
            span: self.span.first(length),
            length: self.length.min(length),
            ..self
        }
    }
}
