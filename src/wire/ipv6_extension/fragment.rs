//! The fragment header. RFC 8200 section 4.5

use super::super::layer::Layer;
use super::super::protocol::Protocol;
use super::super::span::Span;

/// A fragment header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FragmentHeader {
    /// Number of the header that follows in the first fragment.
    pub next_header: u8,
    /// Where the fragment's data begins in the datagram's, in bytes.
    pub offset: usize,
    /// M: more fragments follow.
    pub more: bool,
    /// The number that fragments of one datagram have in common.
    pub identification: u32,
}

impl FragmentHeader {
    pub(in crate::wire) fn new(header: Span<'_>) -> Option<Self> {
        let word = header.u16(2)?;
        Some(Self {
            next_header: header.u8(0)?,
            offset: usize::from(word & 0xfff8),
            more: word & 1 != 0,
            identification: header.u32(4)?,
        })
    }
}

impl Layer<'_> {
    /// The typed header, when it is an IPv6 fragment header and its 8 bytes are there.
    #[must_use]
    pub fn fragment(&self) -> Option<FragmentHeader> {
        self.header_of(Protocol::Fragment).and_then(FragmentHeader::new)
    }
}
