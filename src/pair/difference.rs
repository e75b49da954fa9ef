//! What differs in a packet between the end where it was sent and the one where it arrived.

use super::fate::Changes;
use super::seen::{ChecksumState, Seen};

/// In packets that have the same key.
pub(super) fn of_equals((sent, arrived): (&Seen, &Seen)) -> Changes {
    Changes::NONE.and(Changes::CHECKSUM, became_wrong(sent, arrived))
}

/// In any two.
pub(super) fn of((sent, arrived): (&Seen, &Seen)) -> Changes {
    Changes::NONE
        .and(Changes::DATA, sent.payload != arrived.payload)
        .and(Changes::CHECKSUM, became_wrong(sent, arrived))
        .and(Changes::OPTIONS, sent.options != arrived.options)
        .and(Changes::WINDOW, sent.window != arrived.window)
        .and(Changes::FLAGS, sent.flags != arrived.flags)
        .and(Changes::ACKNOWLEDGMENT, sent.acknowledgment != arrived.acknowledgment)
        .and(Changes::LENGTH, sent.total != arrived.total)
}

/// Is the checksum right where the packet was sent, and wrong where it arrived? Elsewhere it may be left to a network card.
fn became_wrong(sent: &Seen, arrived: &Seen) -> bool {
    (sent.checksum, arrived.checksum) == (ChecksumState::Fine, ChecksumState::Wrong)
}
