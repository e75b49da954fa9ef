//! The words that all forms of a ladder share.

use std::fmt::Write as _;

use super::{Ladder, Lane};
use crate::escape::printable;
use crate::explain::count;
use crate::explain::packet::StateStyle;
use crate::flow::state::{ObservedState, State};
use crate::render::text_style::TextStyle;

/// The conversation in a line.
pub(in crate::render) fn title(ladder: &Ladder) -> String {
    let packets = count(ladder.packets, "packet");
    let number = ladder.conversation;
    let name = ladder.transport.name();
    format!("Conversation {number}: {name}, {packets}")
}

/// When it began, in a line.
pub(in crate::render) fn beginning(style: &TextStyle, ladder: &Ladder) -> String {
    let Some(start) = ladder.start else {
        return "without times".to_owned();
    };
    let date = style.date(start).map(|date| format!("{date}, ")).unwrap_or_default();
    let seconds = style.seconds(start, ladder.capture_start.unwrap_or(start));
    format!("{date}t={seconds} s")
}

/// An end in a line: address, program, sockets.
pub(in crate::render) fn who(lane: &Lane) -> String {
    let mut text = format!("{}  {}", lane.party, lane.address);
    if let Some((program, pid)) = lane.program {
        // Writing to a String cannot fail.
        let _ = write!(text, ", {program} (process {pid})");
    }
    for (role, fd) in &lane.sockets {
        let _ = write!(text, ", {role} fd {fd}");
    }
    text
}

/// A state; in parentheses what is inferred.
pub(in crate::render) fn observed_state(observed_state: ObservedState) -> String {
    let (before, after) = StateStyle::ASCII.inferred;
    if observed_state.inferred && observed_state.state != State::Unknown {
        format!("{before}{}{after}", observed_state.state)
    } else {
        observed_state.state.to_string()
    }
}

/// What came from a call log, made safe.
pub(super) fn safe(text: &str) -> String {
    printable(text.as_bytes()).into_owned()
}
