//! How a connection begins. RFC 9293 section 3.5

use super::{NO_SHIFT, SegmentPosition, Tcp};
use crate::flow::conversation::{Ending, Opening};
use crate::flow::outstanding::AckedSegments;
use crate::flow::packed_time::Nanoseconds;
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::{ObservedState, State};
use crate::flow::stream::{Stream, StreamFlag};

impl Tcp {
    /// Takes note of what the segment does to the handshake.
    pub(super) fn open(
        &mut self,
        position: SegmentPosition,
        since_first: Option<i64>,
        info: &TcpSegmentInfo,
        acked_segments: &AckedSegments,
    ) {
        if info.syn && self.opening == Opening::Refused && self.ending == Ending::Open {
            // What an ICMP error says is not final.
            self.opening = Opening::Unanswered;
        }
        if info.is_stray() || !matches!(self.opening, Opening::Unanswered | Opening::NotCompleted) {
            return;
        }
        if info.rst {
            self.opening = match (self.opening, position.sender) {
                (Opening::Unanswered, Party::Server) => Opening::Refused,
                (Opening::NotCompleted, Party::Client) if self.client.is(StreamFlag::SynSeen) => Opening::BrokenOff,
                (as_it_was, _) => as_it_was,
            };
            return;
        }
        let is_request = info.syn && info.acknowledgment.is_none();
        if is_request && position.sender == Party::Server {
            self.crossing = true;
        }
        if info.syn && info.acknowledgment.is_some() && position.sender == Party::Server {
            self.answered = true;
            self.take_answered_syn(info);
            self.opening = Opening::NotCompleted;
            if self.round_trip == Nanoseconds::NONE {
                self.round_trip = Nanoseconds::new(acked_segments.round_trip.map(|trip| trip.time));
            }
        }
        let server_done = self.server.is(StreamFlag::SynSeen) && self.server.syn_is_acked();
        let client_done = !self.client.is(StreamFlag::SynSeen) || self.client.syn_is_acked();
        if (server_done && client_done) || position.proves_syn_ack {
            self.opening = match (self.crossing, self.answered) {
                (true, true) => Opening::Simultaneous,
                (true, false) => Opening::Split,
                (false, _) => Opening::Complete,
            };
            self.handshake = Nanoseconds::new(since_first.filter(|_| self.began_by_syn));
        }
    }

    /// What comes after shows that the handshake was completed, though not all of it was captured.
    pub(super) fn complete_by_state(&mut self) {
        let is_open = matches!(self.opening, Opening::Unanswered | Opening::NotCompleted);
        let server = self.server.observed_state().state;
        let is_past = server >= State::Established && server != State::Unknown;
        if is_open && is_past && !self.crossing {
            self.opening = Opening::Complete;
        }
    }

    /// The SYN comes again after a RST has refused it: it begins once more. Windows asks three times.
    pub(super) fn ask_again(&mut self, sender: Party, info: &TcpSegmentInfo) -> bool {
        let is_asking = info.syn && info.acknowledgment.is_none() && !info.is_stray() && sender == Party::Client;
        let is_refused = self.opening == Opening::Refused && self.ending == Ending::Reset(Party::Server);
        if !is_asking || !is_refused || !self.client.begins_at(info.sequence) {
            return false;
        }
        let unknown = ObservedState::deduced(State::Unknown);
        self.client = Stream::new(self.client.observed_state());
        self.server = Stream::new(unknown);
        self.outstanding.clear();
        (self.opening, self.ending) = (Opening::Unanswered, Ending::Open);
        // Of which attempt a round trip would be is another question.
        self.began_by_syn = false;
        true
    }

    /// Another SYN of the client, which may offer another window scale.
    pub(super) fn keep_earlier_offer(&mut self, sender: Party, info: &TcpSegmentInfo) {
        let client = &self.client;
        let is_again = info.syn && sender == Party::Client && client.is(StreamFlag::SynSeen);
        if is_again
            && client.is(StreamFlag::ScaleOffered)
            && self.earlier_shift == NO_SHIFT
            && info.shift != Some(client.shift)
        {
            self.earlier_shift = client.shift;
        }
    }

    /// The SYN-ACK echoes the timestamp of the SYN that it answers (RFC 7323 section 3.2). It has the option only where that SYN had it
    /// (section 2.2).
    fn take_answered_syn(&mut self, info: &TcpSegmentInfo) {
        if self.earlier_shift == NO_SHIFT {
            return;
        }
        let last_is_answered = info.timestamps.is_some_and(|(_, echo)| echo == self.client.stamp);
        let last_offered = self.client.is(StreamFlag::ScaleOffered);
        if info.shift.is_some() && !(last_is_answered && last_offered) {
            self.client.set(StreamFlag::ScaleOffered, true);
            self.client.shift = self.earlier_shift;
        }
    }
}
