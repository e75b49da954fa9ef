//! What a segment, and those before it, show about its cause: with it a claim says what it rests on ([`claim`](super::claim)).

use super::order::SendOrder;

/// What shows the cause of a segment. Mostly nothing is known, nor needed.
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of another kind of segment")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signs {
    /// Of what was sent again or comes out of order: when it was sent, compared with another packet of its sender.
    pub order: Option<SendOrder>,
    /// Of what comes out of order: the time from here to its sender and back, in nanoseconds. It came sooner after the one that
    /// overtook it, so its sender cannot have heard that it is missing here.
    pub round_trip: Option<i64>,
    /// Of a bare acknowledgment that comes out of order: its number is below one that came before. No end takes one back.
    pub has_lower_acknowledgment: bool,
    /// Of a retransmission, and of a copy: nanoseconds since the packet that was captured first.
    pub since_first: Option<i64>,
    /// Of a retransmission: by the checksums, its data are not those of that packet.
    pub has_other_content: bool,
    /// Of a duplicate acknowledgment: what arrived at its sender and was not the next segment.
    pub duplicate: Option<DuplicateCause>,
    /// Of a duplicate acknowledgment: number of an earlier packet that is the same in all, so that it may have been captured twice, or
    /// repeated on the way.
    pub same_as: Option<u64>,
    /// Of a copy, and of what comes out of order by its identification: its sender may have sent it again with the same one. RFC 1122
    /// section 3.2.1.5
    pub may_be_sent_again: bool,
    /// Of an acknowledgment with another window than the last one: that one's in bytes, where its scale is known.
    pub previous_window: Option<u64>,
    /// Of a segment with more data than the other end takes in one: what that end takes (its SYN's MSS).
    pub larger_than: Option<u16>,
    /// Its checksum is wrong, and its sender has sent none that is right: damaged, or left to the network card.
    pub wrong_checksum: bool,
    /// Of an acknowledgment: nothing of the stream that it acknowledges was captured so far. Its numbers may be data, or a FIN.
    pub acknowledges_uncaptured: bool,
}

/// What made an end say its last acknowledgment number once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DuplicateCause {
    /// A segment came before its turn: it reports what came after a gap. RFC 2018
    Gap,
    /// A segment came twice: there is no other one that could have come before its turn.
    Twice,
    /// One of both: its sender does not report what comes before its turn.
    GapOrTwice,
}
