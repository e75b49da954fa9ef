//! What a segment does to the states of both ends.

use super::{ObservedState, Place, State, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::conversation::Opening;
use crate::flow::party::Party;
use crate::flow::state::table::Event;
use crate::flow::stream::{Fact, Stream};

/// At most two things happen to an end by one segment.
type Events = [Option<Event>; 2];

impl Tcp {
    /// Moves both ends.
    pub(super) fn change_states(&mut self, place: Place, arrival: &TcpSegmentInfo) {
        if arrival.is_stray() {
            return;
        }
        let began = self.opening != Opening::BeforeCapture;
        let other = self.stream(place.sender.other());
        let acknowledges_fin = reaches(place.acknowledgment, other.fin());
        let sent = sent(arrival, acknowledges_fin, began);
        let received = received(arrival, place.acknowledgment, other, acknowledges_fin);
        advance(self.stream_mut(place.sender), sent);
        advance(self.stream_mut(place.sender.other()), received);
        if arrival.rst && place.sender == Party::Server && self.client.standing().state == State::Listen {
            // The client did not wait to be asked: both asked at once. RFC 9293 section 3.10.7.4
            let inferred = self.client.standing().inferred;
            self.client.stand(ObservedState {
                state: State::Closed,
                inferred,
            });
        }
    }
}

fn advance(stream: &mut Stream, events: Events) {
    let standing = events
        .into_iter()
        .flatten()
        .fold(stream.standing(), ObservedState::after);
    stream.stand(standing);
}

/// Is this number acknowledged?
fn reaches(acknowledgment: Option<i64>, number: Option<i64>) -> bool {
    acknowledgment.zip(number).is_some_and(|(to, number)| to > number)
}

/// What happens to the sender.
fn sent(arrival: &TcpSegmentInfo, acknowledges_fin: bool, began: bool) -> Events {
    if arrival.rst {
        return [Some(Event::SendRst), None];
    }
    if arrival.syn {
        let answers = arrival.acknowledgment.is_some();
        return [Some(if answers { Event::SendSynAck } else { Event::SendSyn }), None];
    }
    let handshake = began.then_some(Event::SendAckOfSyn);
    let rest = match (arrival.fin, acknowledges_fin) {
        (true, true) => Some(Event::SendFinAndAckOfFin),
        (true, false) => Some(Event::SendFin),
        (false, true) => Some(Event::SendAckOfFin),
        (false, false) => (arrival.data > 0).then_some(Event::SendData),
    };
    [handshake, rest]
}

/// What happens to the receiver, whose stream this is.
fn received(arrival: &TcpSegmentInfo, acknowledgment: Option<i64>, own: &Stream, acknowledges_fin: bool) -> Events {
    if arrival.rst {
        return [Some(Event::ReceiveRst), None];
    }
    let acknowledges_syn = reaches(acknowledgment, Some(0)) && (arrival.syn || own.is(Fact::SynSeen));
    if arrival.syn {
        return [
            Some(if acknowledges_syn {
                Event::ReceiveSynAck
            } else {
                Event::ReceiveSyn
            }),
            None,
        ];
    }
    let handshake = acknowledges_syn.then_some(Event::ReceiveAckOfSyn);
    let rest = match (arrival.fin, acknowledges_fin) {
        (true, true) => Some(Event::ReceiveFinAndAckOfFin),
        (true, false) => Some(Event::ReceiveFin),
        (false, true) => Some(Event::ReceiveAckOfFin),
        (false, false) => None,
    };
    [handshake, rest]
}
