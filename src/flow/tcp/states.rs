//! What a segment does to the states of both ends.

use super::{ObservedState, SegmentPosition, State, Tcp};
use crate::flow::conversation::Opening;
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::table::TcpEvent;
use crate::flow::stream::{Stream, StreamFlag};

/// At most two things happen to an end by one segment.
type Events = [Option<TcpEvent>; 2];

impl Tcp {
    /// Moves both ends.
    pub(super) fn change_states(&mut self, position: SegmentPosition, info: &TcpSegmentInfo) {
        if info.is_stray() {
            return;
        }
        let began = self.opening != Opening::BeforeCapture;
        let other = self.stream(position.sender.other());
        let acknowledges_fin = reaches(position.acknowledgment, other.fin());
        let sent = sent(info, acknowledges_fin, began);
        let received = received(info, position.acknowledgment, other, acknowledges_fin);
        advance(self.stream_mut(position.sender), sent);
        advance(self.stream_mut(position.sender.other()), received);
        if info.rst && position.sender == Party::Server && self.client.observed_state().state == State::Listen {
            // The client did not wait to be asked: both asked at once. RFC 9293 section 3.10.7.4
            let inferred = self.client.observed_state().inferred;
            self.client.set_state(ObservedState {
                state: State::Closed,
                inferred,
            });
        }
    }
}

fn advance(stream: &mut Stream, events: Events) {
    let observed_state = events
        .into_iter()
        .flatten()
        .fold(stream.observed_state(), ObservedState::after);
    stream.set_state(observed_state);
}

/// Is this number acknowledged?
fn reaches(acknowledgment: Option<i64>, number: Option<i64>) -> bool {
    acknowledgment.zip(number).is_some_and(|(to, number)| to > number)
}

/// What happens to the sender.
fn sent(info: &TcpSegmentInfo, acknowledges_fin: bool, began: bool) -> Events {
    if info.rst {
        return [Some(TcpEvent::SendRst), None];
    }
    if info.syn {
        let answers = info.acknowledgment.is_some();
        return [
            Some(if answers {
                TcpEvent::SendSynAck
            } else {
                TcpEvent::SendSyn
            }),
            None,
        ];
    }
    let handshake = began.then_some(TcpEvent::SendAckOfSyn);
    let rest = match (info.fin, acknowledges_fin) {
        (true, true) => Some(TcpEvent::SendFinAndAckOfFin),
        (true, false) => Some(TcpEvent::SendFin),
        (false, true) => Some(TcpEvent::SendAckOfFin),
        (false, false) => (info.data > 0).then_some(TcpEvent::SendData),
    };
    [handshake, rest]
}

/// What happens to the receiver, whose stream this is.
fn received(info: &TcpSegmentInfo, acknowledgment: Option<i64>, own: &Stream, acknowledges_fin: bool) -> Events {
    if info.rst {
        return [Some(TcpEvent::ReceiveRst), None];
    }
    let acknowledges_syn = reaches(acknowledgment, Some(0)) && (info.syn || own.is(StreamFlag::SynSeen));
    if info.syn {
        return [
            Some(if acknowledges_syn {
                TcpEvent::ReceiveSynAck
            } else {
                TcpEvent::ReceiveSyn
            }),
            None,
        ];
    }
    let handshake = acknowledges_syn.then_some(TcpEvent::ReceiveAckOfSyn);
    let rest = match (info.fin, acknowledges_fin) {
        (true, true) => Some(TcpEvent::ReceiveFinAndAckOfFin),
        (true, false) => Some(TcpEvent::ReceiveFin),
        (false, true) => Some(TcpEvent::ReceiveAckOfFin),
        (false, false) => None,
    };
    [handshake, rest]
}
