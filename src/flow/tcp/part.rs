//! The part of a segment in its connection.

use super::analysis::Analysis;
use super::{Place, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Part};
use crate::flow::stream::Fact;

impl Tcp {
    /// The part, when the segment's numbers are noted, and its states not yet.
    pub(super) fn part(
        &self,
        place: Place,
        arrival: &TcpSegmentInfo,
        analysis: &Analysis,
        acknowledges: &Acknowledged,
    ) -> Part {
        let other = self.stream(place.sender.other());
        if arrival.is_stray() {
            Part::Stray
        } else if arrival.rst {
            Part::Reset(self.reset_cause(place, arrival))
        } else if arrival.syn {
            match arrival.acknowledgment {
                Some(_) => Part::SynAck,
                // The client is who asked first.
                None if place.sender == Party::Server && other.is(Fact::SynSeen) => Part::CrossingSyn,
                None => Part::Syn,
            }
        } else if arrival.fin {
            if self.first_fin.is_none_or(|first| first == place.sender) {
                Part::FirstFin
            } else {
                Part::SecondFin
            }
        } else if acknowledges.syn || place.proves_syn_ack {
            Part::HandshakeAck
        } else if analysis.asks_alive {
            Part::KeepAlive
        } else if analysis.asks_window {
            Part::WindowProbe
        } else if analysis.answers_alive {
            Part::KeepAliveAck
        } else if analysis.answers_window {
            Part::WindowProbeAck
        } else if arrival.data > 0 {
            Part::Data
        } else if acknowledges.fin {
            Part::FinAck
        } else if analysis.updates_window {
            Part::WindowUpdate
        } else {
            Part::Ack
        }
    }
}
