//! What was found out about a segment.

use crate::flow::packed_time::CurrentPacket;
use crate::flow::recent::Earlier;
use crate::flow::repetition::{Proof, Repetition};
use crate::flow::segment::{Remark, Remarks};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::signs::Signs;

/// What is remarkable about a segment, and what its part and its delay are told from.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is found by itself")]
pub(super) struct Analysis {
    pub(super) remarks: Remarks,
    /// Asks whether the other end is there.
    pub(super) asks_alive: bool,
    /// Asks whether the other end's window has opened.
    pub(super) asks_window: bool,
    /// Answers such a question.
    pub(super) answers_alive: bool,
    pub(super) answers_window: bool,
    pub(super) updates_window: bool,
    /// What shows its cause.
    pub(super) signs: Signs,
    /// Its acknowledgment number is higher than any before.
    pub(super) acknowledges_more: bool,
    /// It has numbers that were not sent before.
    pub(super) is_new: bool,
    /// They lie before the highest that was sent.
    pub(super) fills_hole: bool,
    pub(super) first_sent: Option<u64>,
    /// Its sender marks packets so that their order may show.
    pub(super) has_marks: bool,
    /// A repetition, and not the first one that was captured of it.
    pub(super) is_repeated_again: bool,
    /// A repetition, with numbers after it outstanding, and before it.
    pub(super) has_later: bool,
    pub(super) has_earlier: bool,
    pub(super) repetition: Option<Repetition>,
    pub(super) proof: Option<Proof>,
    /// The first and the last number that arrived twice.
    pub(super) arrived_twice: Option<(u32, u32)>,
    /// Which outstanding packet had the timestamp that it echoes.
    pub(super) echoes: Option<u64>,
}

impl Analysis {
    /// Was it sent again, unless it is an older segment that comes late?
    pub(super) fn may_be_older(&self) -> bool {
        self.repetition.is_some_and(|repetition| repetition.may_be_older)
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        self.remarks = self.remarks.with(remark);
    }

    /// An earlier packet has the same numbers.
    pub(super) fn recognize(&mut self, now: CurrentPacket, info: &TcpSegmentInfo, earlier: Earlier) {
        let first = earlier.packet;
        self.first_sent = self.first_sent.or(Some(first.number));
        if self.first_sent == Some(first.number) {
            self.signs.since_first = now.time.since(first.time);
            self.signs.has_other_content = first.sum.zip(info.payload_sum).is_some_and(|(one, two)| one != two);
        }
    }
}
