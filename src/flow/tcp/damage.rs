//! Segments that arrive damaged: a receiver drops one whose checksum is wrong, so nothing changes by it. RFC 9293 sections 3.1 and 3.10.7
//!
//! A wrong checksum alone proves no damage: a network card that is to compute it leaves a capture at the sender with wrong ones, on every
//! segment. So a segment counts as damaged where its sender has sent right ones before.

use super::Tcp;
use super::analysis::Analysis;
use crate::flow::packed_time::CurrentPacket;
use crate::flow::party::Party;
use crate::flow::recent::Earlier;
use crate::flow::repetition::{Asked, FirstTransmission, Repetition};
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::flow::segment_info::{ChecksumVerdict, TcpSegmentInfo};
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// The segment, if it is damaged: its receiver drops it.
    pub(super) fn damaged(&mut self, sender: Party, info: &TcpSegmentInfo) -> Option<Segment> {
        let own = self.stream_mut(sender);
        match info.verdict {
            ChecksumVerdict::Right => own.set(StreamFlag::ChecksumRight, true),
            ChecksumVerdict::Wrong if own.is(StreamFlag::ChecksumRight) => {
                own.set(StreamFlag::DamageSeen, true);
                return Some(self.header(sender, info, SegmentPart::Damaged));
            }
            ChecksumVerdict::Wrong | ChecksumVerdict::Unknown => {}
        }
        None
    }

    /// A segment with numbers that are new in its stream, though an earlier packet has the same ones: that one was damaged.
    pub(super) fn after_damage(
        &self,
        sender: Party,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        recent: Option<Earlier>,
        analysis: &mut Analysis,
    ) {
        let Some(earlier) = recent.filter(|earlier| !earlier.is_same && info.length() > 0) else {
            return;
        };
        if !self.stream(sender).is(StreamFlag::DamageSeen) {
            return;
        }
        analysis.first_sent = Some(earlier.packet.number);
        analysis.signs.since_first = now.time.since(earlier.packet.time);
        analysis.remark(Remark::Retransmission);
        analysis.repetition = Some(Repetition {
            first: FirstTransmission::Damaged,
            may_be_older: false,
            asked: Asked::Not,
        });
    }
}
