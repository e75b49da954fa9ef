//! What is known of the states of both ends.
//!
//! A segment proves what its sender must have received before it could send it; so it shows its sender's state. To what it leads
//! its receiver when it arrives is told apart, [`ObservedState::if_received`], until the receiver shows it.

use super::{ObservedState, SegmentPosition, State, Tcp};
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::table::{TcpEvent, next};
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// What is known of this end's state.
    pub(super) fn observed(&self, party: Party) -> ObservedState {
        let shown = self.stream(party).observed_state();
        // No socket had sent the SYN: a program made it, or it was old.
        let has_none = party == Party::Client && self.opening == Opening::BrokenOff && shown.state == State::Unknown;
        if self.ending == Ending::Reset(party) && !has_none {
            // A RST is sent by an end that has no connection, or leaves it at once.
            return ObservedState::fact(next(shown.state, TcpEvent::SendRst));
        }
        let received = self.when_received(party, shown.state);
        ObservedState {
            if_received: (received != shown.state).then_some(received),
            ..shown
        }
    }

    /// The same after a segment of this sender. One that opens or closes once more shows that the answer had not come.
    pub(super) fn observed_after(&self, sender: Party, info: &TcpSegmentInfo) -> (ObservedState, ObservedState) {
        let of = |party| {
            let observed_state = self.observed(party);
            let repeats_fin = info.fin && observed_state.state == State::FinWait1 && self.stream(party).fin_is_acked();
            let asks = info.syn || repeats_fin;
            let waits = party == sender && asks && self.ending != Ending::Reset(party.other());
            let may_leave = info.rst && party != sender && observed_state.state == State::TimeWait;
            ObservedState {
                if_received: observed_state
                    .if_received
                    .filter(|_| !waits)
                    .or(may_leave.then_some(State::Closed)),
                ..observed_state
            }
        };
        (of(Party::Client), of(Party::Server))
    }

    /// The state of an end that is in this one, when all that was captured has arrived.
    fn when_received(&self, party: Party, shown: State) -> State {
        let (own, other) = (self.stream(party), self.stream(party.other()));
        if shown == State::Unknown {
            return shown;
        }
        let their_syn = other.start().is_some();
        let their_fin = other.fin().is_some() && !other.fin_is_acked();
        let opening = [
            (TcpEvent::ReceiveSynAck, their_syn && own.syn_is_acked()),
            (TcpEvent::ReceiveSyn, their_syn),
            (TcpEvent::ReceiveAckOfSyn, own.syn_is_acked()),
        ];
        let closing = [
            (TcpEvent::ReceiveAckOfFin, own.fin_is_acked()),
            (TcpEvent::ReceiveFin, their_fin),
            (TcpEvent::ReceiveRst, self.ending == Ending::Reset(party.other())),
        ];
        // What opens a connection changes nothing once it is open.
        let opening = opening.into_iter().filter(|_| shown < State::Established);
        let reached = opening
            .chain(closing)
            .filter(|(_, is_under_way)| *is_under_way)
            .fold(shown, |state, (event, _)| next(state, event));
        if reached == State::Listen && (party == Party::Client || self.crossing) {
            // It did not wait to be asked. RFC 9293 section 3.10.7.4
            return State::Closed;
        }
        reached
    }

    /// The segment shows its sender's state. `acked_before`: up to where it had acknowledged before.
    /// `whole_before`: up to where all that it had sent was captured. `sent_before`: up to where anything of it was.
    pub(super) fn show_state(
        &mut self,
        position: SegmentPosition,
        (acked_before, whole_before, sent_before): (i64, i64, i64),
        info: &TcpSegmentInfo,
    ) {
        if info.is_stray() || info.rst {
            return;
        }
        if position.proves_syn_ack && self.stream(position.sender.other()).observed_state().state == State::Unknown {
            let answered = ObservedState::deduced(State::SynReceived);
            self.stream_mut(position.sender.other()).set_state(answered);
        }
        self.show_unseen_client(position, info);
        let shown = self.stream(position.sender).observed_state();
        if self.hides_fin(position, whole_before, shown.state) {
            self.hiding = Some(position.sender);
        }
        if self.hiding == Some(position.sender) {
            let unknown = ObservedState::deduced(State::Unknown);
            return self.stream_mut(position.sender).set_state(unknown);
        }
        let proved = self.proved(position, acked_before, info, shown.state);
        let sent = self.sent(position, info);
        let after = proved
            .into_iter()
            .chain(sent)
            .flatten()
            .fold(shown, ObservedState::after);
        let inferred = after.inferred || self.may_hide_fin(position, sent_before, info);
        self.stream_mut(position.sender)
            .set_state(ObservedState { inferred, ..after });
    }

    /// A server that goes on after its SYN-ACK has got the client's answer, though nothing of the client is captured.
    fn show_unseen_client(&mut self, position: SegmentPosition, info: &TcpSegmentInfo) {
        let client = self.stream(Party::Client);
        let is_unseen = !client.is(StreamFlag::Sent) && client.observed_state().state == State::SynSent;
        let goes_on = info.data > 0 || info.fin || position.acknowledgment.is_some_and(|to| to > 1);
        if position.sender == Party::Server && is_unseen && goes_on && !info.syn {
            let opened = ObservedState::deduced(State::Established);
            self.stream_mut(Party::Client).set_state(opened);
        }
    }

    /// May the last number before it, or the last one that it acknowledges, be a FIN that was not captured? Then its sender may be further
    /// than what was captured shows. Data that come after a number show that it is none.
    fn may_hide_fin(&self, position: SegmentPosition, sent_before: i64, info: &TcpSegmentInfo) -> bool {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        let own_is_hidden = info.length() == 0 && position.start > sent_before.max(1) && own.fin().is_none();
        let is_unseen = !other.is(StreamFlag::Sent) || position.acknowledgment.is_some_and(|to| to > other.next());
        let theirs_is_hidden = info.acknowledgment.is_some() && other.fin().is_none() && is_unseen;
        !info.syn && (own_is_hidden || theirs_is_hidden)
    }

    /// A RST reaches an end in TIME-WAIT: whether it leaves that state is its own choice. RFC 9293 section 3.10.7.4, RFC 1337 section 3
    pub(super) fn doubt_time_wait(&mut self, position: SegmentPosition, info: &TcpSegmentInfo) {
        let receiver = self.stream_mut(position.sender.other());
        if info.rst && receiver.observed_state().state == State::TimeWait {
            receiver.set_state(ObservedState::deduced(State::TimeWait));
        }
    }

    /// Does it acknowledge the other end's FIN after numbers that were not captured? One of them may have been its own FIN: then it is in
    /// CLOSING or LAST-ACK, and not in CLOSE-WAIT.
    fn hides_fin(&self, position: SegmentPosition, whole_before: i64, state: State) -> bool {
        let their_fin = self.stream(position.sender.other()).fin();
        matches!(state, State::SynReceived | State::Established)
            && reaches(position.acknowledgment, their_fin)
            && position.start > whole_before
    }

    /// What its sender, in this state, had received, or it could not have sent it.
    fn proved(
        &self,
        position: SegmentPosition,
        acked_before: i64,
        info: &TcpSegmentInfo,
        state: State,
    ) -> [Option<TcpEvent>; 1] {
        let other = self.stream(position.sender.other());
        let has_fin = reaches(position.acknowledgment, other.fin());
        let to = position.acknowledgment.unwrap_or(0);
        // The data of a SYN are answered before the handshake ends. RFC 7413 section 4.2.2
        let took_data_of_syn = acked_before > 1;
        let event = match state {
            State::SynSent if !info.syn && to > 0 => Some(TcpEvent::SendAckOfSyn),
            State::SynReceived if !info.syn => {
                let speaks = info.data > 0 && !took_data_of_syn;
                (to > acked_before.max(1) || speaks).then_some(TcpEvent::ReceiveAckOfSyn)
            }
            State::FinWait1 if self.first_fin == Some(position.sender) => {
                // The FIN that it answers acknowledged its own.
                let by_fin = has_fin && !info.fin && self.ending == Ending::Closed(position.sender);
                let by_data = self.stream(position.sender).fin_is_acked() && to > other.relative(self.fin_acked_from);
                (by_fin || by_data && !has_fin).then_some(TcpEvent::ReceiveAckOfFin)
            }
            _ => None,
        };
        [event]
    }

    /// What the sender does.
    fn sent(&self, position: SegmentPosition, info: &TcpSegmentInfo) -> [Option<TcpEvent>; 1] {
        if info.syn {
            let answers = info.acknowledgment.is_some();
            let is_unknown = self.stream(position.sender).observed_state().state == State::Unknown;
            if !answers && is_unknown && position.sender == Party::Client {
                // No kernel made this SYN, or it is old, or comes late.
                return [None];
            }
            return [Some(if answers {
                TcpEvent::SendSynAck
            } else {
                TcpEvent::SendSyn
            })];
        }
        let has_fin = reaches(position.acknowledgment, self.stream(position.sender.other()).fin());
        [match (info.fin, has_fin) {
            (true, true) => Some(TcpEvent::SendFinAndAckOfFin),
            (true, false) => Some(TcpEvent::SendFin),
            (false, true) => Some(TcpEvent::SendAckOfFin),
            (false, false) if info.data > 0 => Some(TcpEvent::SendData),
            (false, false) => {
                // A server may acknowledge the SYN before it sends its own.
                let is_bare = position.sender == Party::Server && position.acknowledgment == Some(1);
                let is_known = self.stream(position.sender).observed_state().state != State::Unknown;
                let shows = self.opening != Opening::BeforeCapture && (is_known || !is_bare);
                shows.then_some(TcpEvent::SendAckOfSyn)
            }
        }]
    }
}

/// Is this number acknowledged?
fn reaches(acknowledgment: Option<i64>, number: Option<i64>) -> bool {
    acknowledgment.zip(number).is_some_and(|(to, number)| to > number)
}
