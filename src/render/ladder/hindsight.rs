//! The states beside the arrows, told with what came later.
//!
//! A packet leads its receiver to another state when it arrives. A ladder is drawn when the whole conversation is known, so it shows
//! that state only where what the receiver sent next agrees.

use super::LadderInput;
use crate::calls::CallName;
use crate::flow::Party;
use crate::flow::segment::{ResetCause, Segment, SegmentPart};
use crate::flow::state::{Change, ObservedState, State};
use crate::timeline::{PacketRef, PartyCall};

/// The states that this packet shows, of client and server: what its sender proves, and what its receiver came to.
pub(super) fn states(packets: &[PacketRef], place: usize) -> [Option<ObservedState>; 2] {
    let Some((seen, later)) = packets.get(place..).and_then(<[PacketRef]>::split_first) else {
        return [None, None];
    };
    let Some(segment) = seen.in_flow.segment() else {
        return [None, None];
    };
    let before = packets.get(..place).and_then(<[PacketRef]>::last);
    [Party::Client, Party::Server].map(|party| {
        let change = of(segment, party);
        shown(change).or_else(|| {
            let is_receiver = seen.in_flow.sender != party;
            let state = is_receiver.then(|| leads_to(segment, party, before)).flatten()?;
            agrees(segment, change.before.state, state, party, later).then_some(ObservedState::deduced(state))
        })
    })
}

/// The state in which an end begins.
pub(super) fn beginning(input: &LadderInput<'_>, party: Party) -> Option<ObservedState> {
    let before = segments(input.packets)
        .next()
        .map(|segment| of(segment, party).before)?;
    if party == Party::Client || before.state != State::Unknown || !is_asked(input.packets) {
        return Some(before);
    }
    let listens = |party_call: &PartyCall| {
        party_call.party == party && party_call.call.call == CallName::Listen && party_call.call.result == 0
    };
    if input.timeline.calls.iter().any(listens) {
        return Some(ObservedState::fact(State::Listen));
    }
    let first = input.packets.iter().find(|seen| seen.in_flow.sender == party);
    Some(
        match first
            .and_then(|seen| seen.in_flow.segment())
            .map(|segment| segment.part)
        {
            Some(SegmentPart::SynAck) => ObservedState::deduced(State::Listen),
            Some(SegmentPart::Reset(ResetCause::NobodyListens) | SegmentPart::CrossingSyn) => {
                ObservedState::deduced(State::Closed)
            }
            _ => before,
        },
    )
}

/// Is a SYN the first segment?
fn is_asked(packets: &[PacketRef]) -> bool {
    segments(packets)
        .next()
        .is_some_and(|first| first.part == SegmentPart::Syn)
}

fn segments(packets: &[PacketRef]) -> impl Iterator<Item = &Segment> {
    packets.iter().filter_map(|seen| seen.in_flow.segment())
}

const fn of(segment: &Segment, party: Party) -> Change {
    match party {
        Party::Client => segment.client,
        Party::Server => segment.server,
    }
}

/// A state is shown when it is another one, and when the end itself shows what had only been deduced.
fn shown(change: Change) -> Option<ObservedState> {
    let is_proof = change.before.inferred && !change.after.inferred;
    (change.is_change() || is_proof).then_some(ObservedState {
        if_received: None,
        ..change.after
    })
}

/// The state to which it leads its receiver. `before`: the packet before it.
fn leads_to(segment: &Segment, receiver: Party, before: Option<&PacketRef>) -> Option<State> {
    let change = of(segment, receiver);
    if segment.part == SegmentPart::Syn && change.after.state == State::Unknown {
        return Some(State::SynReceived);
    }
    // A FIN that came again is acknowledged again.
    let answers = before.is_some_and(|seen| {
        let part = seen.in_flow.segment().map(|segment| segment.part);
        seen.in_flow.sender == receiver && matches!(part, Some(SegmentPart::FirstFin | SegmentPart::SecondFin))
    });
    let leads = change.leads_to().is_some() || asks(segment.part) || answers;
    change.after.if_received.filter(|_| leads)
}

/// Is it answered, and sent again when no answer comes?
const fn asks(part: SegmentPart) -> bool {
    matches!(
        part,
        SegmentPart::Syn
            | SegmentPart::SynAck
            | SegmentPart::CrossingSyn
            | SegmentPart::FirstFin
            | SegmentPart::SecondFin
    )
}

/// Does what the receiver sent next agree with its having come from the one state to the other by this segment? Where the segment
/// was sent again before that, it is not known which of them arrived.
fn agrees(segment: &Segment, from: State, to: State, receiver: Party, later: &[PacketRef]) -> bool {
    let is_next = |seen: &&PacketRef| {
        let part = seen.in_flow.segment().map(|segment| segment.part);
        seen.in_flow.sender == receiver
            && part.is_some_and(|part| !matches!(part, SegmentPart::Copy | SegmentPart::Damaged))
    };
    let next = later.iter().position(|seen| is_next(&seen));
    let until = later.get(..next.unwrap_or(later.len())).unwrap_or_default();
    let is_again = |other: &Segment| other.part == segment.part && asks(segment.part);
    if segments(until).any(is_again) {
        return false;
    }
    let Some(next) = next.and_then(|next| later.get(next)?.in_flow.segment()) else {
        // A SYN without an answer leaves open whether a socket listens.
        return segment.part != SegmentPart::Syn;
    };
    match (to, next.part) {
        (State::SynReceived, part) => part == SegmentPart::SynAck,
        (State::Established, SegmentPart::Reset(_)) => segment.part != SegmentPart::SynAck,
        (State::Established | State::FinWait2, part) if !asks(part) => true,
        _ => of(next, receiver).after.state != from,
    }
}
