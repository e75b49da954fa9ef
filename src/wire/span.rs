//! Bytes that know where in the frame they stand.

/// Some bytes of a frame and the place of the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'a> {
    /// Place of the first byte, counted from the start of the frame.
    pub at: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

impl Span<'_> {
    /// Place of the byte after the last.
    #[must_use]
    pub const fn end(self) -> usize {
        self.at + self.bytes.len()
    }

    /// All from `from` on; nothing if there is less.
    pub(super) fn from(self, from: usize) -> Self {
        let from = from.min(self.bytes.len());
        Self {
            at: self.at + from,
            bytes: self.bytes.get(from..).unwrap_or_default(),
        }
    }

    /// The first `length` bytes; as many as there are if there are fewer.
    pub(super) fn first(self, length: usize) -> Self {
        Self {
            at: self.at,
            bytes: self.bytes.get(..length).unwrap_or(self.bytes),
        }
    }

    /// Two bytes in network byte order at `offset`.
    pub(super) fn u16(self, offset: usize) -> Option<u16> {
        let bytes = self.bytes.get(offset..)?.first_chunk()?;
        Some(u16::from_be_bytes(*bytes))
    }

    /// Four bytes in network byte order at `offset`.
    pub(super) fn u32(self, offset: usize) -> Option<u32> {
        let bytes = self.bytes.get(offset..)?.first_chunk()?;
        Some(u32::from_be_bytes(*bytes))
    }

    /// One byte at `offset`.
    pub(super) fn u8(self, offset: usize) -> Option<u8> {
        self.bytes.get(offset).copied()
    }
}
