//! What later packets showed about a segment that was sent and is not acknowledged.

use super::party::Party;

/// What later packets showed about a segment that was sent, and who sent it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks(u16);

/// One such thing.
#[derive(Debug, Clone, Copy)]
#[repr(u16)]
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
    /// It was sent again, and later the other end reported what was sent after that, and not this. RFC 8985 section 6.2
    MissingAgain = 1 << 8,
    /// The server sent it.
    OfServer = 1 << 9,
}

impl Marks {
    /// Of a segment of this sender about which nothing is known yet.
    pub(super) const fn of(sender: Party) -> Self {
        Self(match sender {
            Party::Client => 0,
            Party::Server => Mark::OfServer as u16,
        })
    }

    pub(super) const fn has(self, mark: Mark) -> bool {
        self.0 & mark as u16 != 0
    }

    pub(super) const fn add(&mut self, mark: Mark) {
        self.0 |= mark as u16;
    }

    pub(super) const fn remove(&mut self, mark: Mark) {
        self.0 &= !(mark as u16);
    }
}
