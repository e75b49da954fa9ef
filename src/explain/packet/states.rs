//! What a segment does to the states of both ends. RFC 9293 section 3.3.2

use super::super::sentence::SENTENCE;
use crate::flow::number::ByteRange;
use crate::flow::segment::{Remark, Segment, SegmentPart};
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::{PacketInFlow, Party};

/// How states are written.
#[derive(Debug, Clone, Copy)]
pub struct StateStyle {
    /// Between the state before and the one after.
    pub arrow: &'static str,
    /// Before and after a state that is inferred.
    pub inferred: (&'static str, &'static str),
}

impl StateStyle {
    /// `CLOSED -> SYN-SENT`, `(ESTABLISHED)`.
    pub const ASCII: Self = Self {
        arrow: "->",
        inferred: ("(", ")"),
    };
    /// `CLOSED → SYN-SENT`, `(ESTABLISHED)`.
    pub const UNICODE: Self = Self {
        arrow: "→",
        ..Self::ASCII
    };
    /// `CLOSED to SYN-SENT`, `presumably ESTABLISHED`: to be read aloud.
    pub const WORDS: Self = Self {
        arrow: "to",
        inferred: ("presumably ", ""),
    };
}

/// `client CLOSED -> SYN-SENT, server LISTEN or CLOSED: the answer will tell`: the state of each end, before and after where the
/// segment changes it. What the segment does to its receiver is said with the condition that it arrives. What is deduced is in
/// parentheses. `None` for other packets, and where nothing is known.
#[must_use]
pub fn states(in_flow: &PacketInFlow, style: StateStyle) -> Option<String> {
    let segment = in_flow.segment().filter(|segment| segment.part != SegmentPart::Stray)?;
    let mut text = String::with_capacity(SENTENCE);
    for (party, change) in [(Party::Client, segment.client), (Party::Server, segment.server)] {
        let awaits_answer = party == in_flow.sender.other() && segment.part == SegmentPart::Syn;
        if change.after.state == State::Unknown && !awaits_answer {
            continue;
        }
        let separator = if text.is_empty() { "" } else { ", " };
        text.extend([separator, party.word(), " "]);
        if change.after.state == State::Unknown {
            // Only what comes back shows whether a socket listens.
            text.push_str("LISTEN or CLOSED: the answer will tell");
        } else {
            end(&mut text, segment, change, style);
        }
    }
    (!text.is_empty()).then_some(text)
}

fn end(text: &mut String, segment: &Segment, change: Change, style: StateStyle) {
    let after = change.after;
    // From not knowing to knowing nothing changes but our knowledge.
    if change.is_change() && change.before.state != State::Unknown {
        add(text, change.before, style);
        text.extend([" ", style.arrow, " "]);
    }
    add(text, after, style);
    if let Some(state) = change.leads_to() {
        let what = arriving(segment);
        let waits = change.before.if_received.is_some() || is_behind_others(segment);
        let arrives = if waits {
            " and all before it have arrived"
        } else {
            " arrives"
        };
        text.extend([" ", style.arrow, " ", state.name(), " when this ", what, arrives]);
    } else if let Some(state) = after.if_received {
        let between = if is_next(after.state, state) {
            ""
        } else {
            ", or between"
        };
        text.extend([" or ", state.name(), between]);
    }
}

/// What leads the receiver to another state.
const fn arriving(segment: &Segment) -> &'static str {
    match segment.part {
        SegmentPart::Syn | SegmentPart::CrossingSyn => "SYN",
        SegmentPart::SynAck => "SYN-ACK",
        SegmentPart::FirstFin | SegmentPart::SecondFin => "FIN",
        SegmentPart::Reset(_) => "RST",
        _ if segment.data.is_some() => "segment",
        _ => "ACK",
    }
}

/// Is there data on its way that has to arrive before it? RFC 9293 section 3.10.7.4
fn is_behind_others(segment: &Segment) -> bool {
    let own = segment.data.map_or(0, ByteRange::count);
    let is_fin = matches!(segment.part, SegmentPart::FirstFin | SegmentPart::SecondFin);
    is_fin && (segment.remarks.has(Remark::Gap) || segment.in_flight.is_some_and(|bytes| bytes > own))
}

/// Does one thing that arrives lead from the one to the other?
const fn is_next(from: State, to: State) -> bool {
    match from {
        State::SynSent => matches!(to, State::Established | State::SynReceived | State::Closed),
        State::SynReceived => matches!(to, State::Established | State::Listen | State::Closed),
        State::FinWait1 => !matches!(to, State::TimeWait),
        _ => true,
    }
}

fn add(text: &mut String, observed_state: ObservedState, style: StateStyle) {
    let (before, after) = style.inferred;
    let state = observed_state.state.name();
    if observed_state.inferred && observed_state.state != State::Unknown {
        text.extend([before, state, after]);
    } else {
        text.push_str(state);
    }
}
