//! The part of a segment in its connection.

use super::analysis::Analysis;
use super::{Place, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, SegmentPart};
use crate::flow::stream::Fact;

impl Tcp {
    /// The part, when the segment's numbers are noted, and its states not yet.
    pub(super) fn part(
        &self,
        place: Place,
        arrival: &TcpSegmentInfo,
        analysis: &Analysis,
        acknowledges: &Acknowledged,
    ) -> SegmentPart {
        let other = self.stream(place.sender.other());
        if arrival.is_stray() {
            SegmentPart::Stray
        } else if arrival.rst {
            SegmentPart::Reset(self.reset_cause(place, arrival))
        } else if arrival.syn {
            match arrival.acknowledgment {
                Some(_) => SegmentPart::SynAck,
                // The client is who asked first.
                None if place.sender == Party::Server && other.is(Fact::SynSeen) => SegmentPart::CrossingSyn,
                None => SegmentPart::Syn,
            }
        } else if arrival.fin {
            if self.first_fin.is_none_or(|first| first == place.sender) {
                SegmentPart::FirstFin
            } else {
                SegmentPart::SecondFin
            }
        } else if acknowledges.syn || place.proves_syn_ack {
            SegmentPart::HandshakeAck
        } else if analysis.asks_alive {
            SegmentPart::KeepAlive
        } else if analysis.asks_window {
            SegmentPart::WindowProbe
        } else if analysis.answers_alive {
            SegmentPart::KeepAliveAck
        } else if analysis.answers_window {
            SegmentPart::WindowProbeAck
        } else if arrival.data > 0 {
            SegmentPart::Data
        } else if acknowledges.fin {
            SegmentPart::FinAck
        } else if analysis.updates_window {
            SegmentPart::WindowUpdate
        } else {
            SegmentPart::Ack
        }
    }
}
