//! How a connection begins. RFC 9293 section 3.5

use super::{SegmentPosition, Tcp};
use crate::flow::conversation::Opening;
use crate::flow::outstanding::AckedSegments;
use crate::flow::packed_time::Nanoseconds;
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// Takes note of what the segment does to the handshake.
    pub(super) fn open(
        &mut self,
        position: SegmentPosition,
        since_first: Option<i64>,
        info: &TcpSegmentInfo,
        acked_segments: &AckedSegments,
    ) {
        if info.is_stray() || !matches!(self.opening, Opening::Unanswered | Opening::NotCompleted) {
            return;
        }
        if info.rst {
            self.opening = match (self.opening, position.sender) {
                (Opening::Unanswered, Party::Server) => Opening::Refused,
                (Opening::NotCompleted, Party::Client) if self.client.is(StreamFlag::SynSeen) => Opening::HalfOpen,
                (as_it_was, _) => as_it_was,
            };
            return;
        }
        let is_request = info.syn && info.acknowledgment.is_none();
        if is_request && position.sender == Party::Server {
            self.crossing = true;
        }
        if info.syn && info.acknowledgment.is_some() && position.sender == Party::Server {
            self.opening = Opening::NotCompleted;
            if self.round_trip == Nanoseconds::NONE {
                self.round_trip = Nanoseconds::new(acked_segments.round_trip.map(|trip| trip.time));
            }
        }
        let server_done = self.server.is(StreamFlag::SynSeen) && self.server.syn_is_acked();
        let client_done = !self.client.is(StreamFlag::SynSeen) || self.client.syn_is_acked();
        if (server_done && client_done) || position.proves_syn_ack {
            self.opening = if self.crossing {
                Opening::Simultaneous
            } else {
                Opening::Complete
            };
            self.handshake = Nanoseconds::new(since_first.filter(|_| self.began_by_syn));
        }
    }
}
