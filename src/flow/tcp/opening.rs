//! How a connection begins. RFC 9293 section 3.5

use super::{Place, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::conversation::Opening;
use crate::flow::outstanding::Covered;
use crate::flow::packed_time::Nanoseconds;
use crate::flow::party::Party;
use crate::flow::stream::Fact;

impl Tcp {
    /// Takes note of what the segment does to the handshake.
    pub(super) fn open(&mut self, place: Place, since_first: Option<i64>, arrival: &TcpSegmentInfo, covered: &Covered) {
        if arrival.is_stray() || !matches!(self.opening, Opening::Unanswered | Opening::NotCompleted) {
            return;
        }
        if arrival.rst {
            self.opening = match (self.opening, place.sender) {
                (Opening::Unanswered, Party::Server) => Opening::Refused,
                (Opening::NotCompleted, Party::Client) if self.client.is(Fact::SynSeen) => Opening::HalfOpen,
                (as_it_was, _) => as_it_was,
            };
            return;
        }
        let is_request = arrival.syn && arrival.acknowledgment.is_none();
        if is_request && place.sender == Party::Server {
            self.crossing = true;
        }
        if arrival.syn && arrival.acknowledgment.is_some() && place.sender == Party::Server {
            self.opening = Opening::NotCompleted;
            if self.round_trip == Nanoseconds::NONE {
                self.round_trip = Nanoseconds::new(covered.round_trip.map(|trip| trip.time));
            }
        }
        let server_done = self.server.is(Fact::SynSeen) && self.server.syn_is_acked();
        let client_done = !self.client.is(Fact::SynSeen) || self.client.syn_is_acked();
        if (server_done && client_done) || place.proves_syn_ack {
            self.opening = if self.crossing {
                Opening::Simultaneous
            } else {
                Opening::Complete
            };
            self.handshake = Nanoseconds::new(since_first.filter(|_| self.began_by_syn));
        }
    }
}
