//! What a segment does to the states of both ends. RFC 9293 section 3.3.2

use super::super::sentence::SENTENCE;
use crate::flow::segment::SegmentPart;
use crate::flow::state::{ObservedState, State};
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
    /// `CLOSED -> SYN-SENT`, `(LISTEN)`.
    pub const ASCII: Self = Self {
        arrow: "->",
        inferred: ("(", ")"),
    };
    /// `CLOSED → SYN-SENT`, `(LISTEN)`.
    pub const UNICODE: Self = Self {
        arrow: "→",
        ..Self::ASCII
    };
    /// `CLOSED to SYN-SENT`, `presumably LISTEN`: to be read aloud.
    pub const WORDS: Self = Self {
        arrow: "to",
        inferred: ("presumably ", ""),
    };
}

/// `client CLOSED -> SYN-SENT, server (LISTEN)`: the state of each end, before and after where the segment changes it. What
/// is inferred rather than known is in parentheses. `None` for other packets, and where nothing is known.
#[must_use]
pub fn states(in_flow: &PacketInFlow, style: StateStyle) -> Option<String> {
    let segment = in_flow.segment().filter(|segment| segment.part != SegmentPart::Stray)?;
    let mut text = String::with_capacity(SENTENCE);
    for (party, change) in [(Party::Client, segment.client), (Party::Server, segment.server)] {
        if change.after.state == State::Unknown && !change.is_change() {
            continue;
        }
        let separator = if text.is_empty() { "" } else { ", " };
        text.extend([separator, party.word(), " "]);
        // From not knowing to knowing nothing changes but our knowledge.
        if change.is_change() && change.before.state != State::Unknown {
            add(&mut text, change.before, style);
            text.extend([" ", style.arrow, " "]);
        }
        add(&mut text, change.after, style);
    }
    (!text.is_empty()).then_some(text)
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
