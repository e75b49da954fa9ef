//! What later packets showed about a segment that was sent and is not acknowledged.

/// What later packets showed about a segment that was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u8);

/// One such thing.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(super) enum Mark {
    /// Some of it was sent again.
    Repeated = 1,
    /// So was its first number, with another timestamp: an echo shows which of the two is answered.
    StampDiffers = 1 << 1,
    /// All of it was reported as arrived. RFC 2018
    Reported = 1 << 2,
    /// A part of it was.
    PartlyReported = 1 << 3,
    /// When its receiver sent something, the first of its numbers that was not acknowledged had not arrived, and had later ones.
    Missing = 1 << 4,
    /// An ICMP error said that it was not delivered.
    Undelivered = 1 << 5,
    /// It was sent again with the same timestamp, or without one.
    StampIsSame = 1 << 6,
    /// The other end sent a duplicate acknowledgment that does not report what arrived.
    Asked = 1 << 7,
}

impl Marks {
    pub(super) const fn has(self, mark: Mark) -> bool {
        self.0 & mark as u8 != 0
    }

    pub(super) const fn add(&mut self, mark: Mark) {
        self.0 |= mark as u8;
    }
}
