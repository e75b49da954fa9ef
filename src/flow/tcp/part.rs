//! The part of a segment in its connection.

use super::analysis::Analysis;
use super::{SegmentPosition, Tcp};
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, SegmentPart};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// The part, when the segment's numbers are noted, and its states not yet.
    pub(super) fn part(
        &self,
        position: SegmentPosition,
        info: &TcpSegmentInfo,
        analysis: &Analysis,
        acknowledges: &Acknowledged,
    ) -> SegmentPart {
        let other = self.stream(position.sender.other());
        if info.is_stray() {
            SegmentPart::Stray
        } else if info.rst {
            SegmentPart::Reset(self.reset_cause(position, info))
        } else if info.syn {
            match info.acknowledgment {
                Some(_) => SegmentPart::SynAck,
                // The client is who asked first.
                None if position.sender == Party::Server && other.is(StreamFlag::SynSeen) => SegmentPart::CrossingSyn,
                None => SegmentPart::Syn,
            }
        } else if info.fin {
            if self.first_fin.is_none_or(|first| first == position.sender) {
                SegmentPart::FirstFin
            } else {
                SegmentPart::SecondFin
            }
        } else if acknowledges.syn || position.proves_syn_ack {
            SegmentPart::HandshakeAck
        } else if analysis.asks_alive {
            SegmentPart::KeepAlive
        } else if analysis.asks_window {
            SegmentPart::WindowProbe
        } else if analysis.answers_alive {
            SegmentPart::KeepAliveAck
        } else if analysis.answers_window {
            SegmentPart::WindowProbeAck
        } else if info.data > 0 {
            SegmentPart::Data
        } else if acknowledges.fin {
            SegmentPart::FinAck
        } else if self.challenged == Some(position.sender) && !acknowledges.is_something() {
            SegmentPart::ChallengeAck
        } else if analysis.updates_window {
            SegmentPart::WindowUpdate
        } else {
            SegmentPart::Ack
        }
    }
}
