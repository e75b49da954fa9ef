//! What a segment does to the states of both ends. RFC 9293 section 3.3.2

use crate::flow::segment::Part;
use crate::flow::state::{Change, Standing, State};
use crate::flow::{Party, Step};

/// How states are written.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// Between the state before and the one after.
    pub arrow: &'static str,
    /// Before and after a state that is inferred.
    pub inferred: (&'static str, &'static str),
}

impl Marks {
    /// `CLOSED -> SYN-SENT`, `(LISTEN)`.
    pub const ASCII: Self = Self {
        arrow: "->",
        inferred: ("(", ")"),
    };
    /// `CLOSED to SYN-SENT`, `presumably LISTEN`: to be read aloud.
    pub const WORDS: Self = Self {
        arrow: "to",
        inferred: ("presumably ", ""),
    };
}

/// `client CLOSED -> SYN-SENT, server (LISTEN)`: the state of each end, before and after where the segment changes it. What
/// is inferred rather than known stands in parentheses. `None` for other packets, and where nothing is known.
#[must_use]
pub fn states(step: &Step, marks: Marks) -> Option<String> {
    let segment = step.segment().filter(|segment| segment.part != Part::Stray)?;
    let told = [(Party::Client, segment.client), (Party::Server, segment.server)]
        .iter()
        .filter(|(_, change)| change.after.state != State::Unknown || change.is_change())
        .map(|(party, change)| format!("{party} {}", written(*change, marks)))
        .collect::<Vec<_>>();
    (!told.is_empty()).then(|| told.join(", "))
}

fn written(change: Change, marks: Marks) -> String {
    let after = name(change.after, marks);
    // From not knowing to knowing nothing changes but our knowledge.
    if change.is_change() && change.before.state != State::Unknown {
        format!("{} {} {after}", name(change.before, marks), marks.arrow)
    } else {
        after
    }
}

fn name(standing: Standing, marks: Marks) -> String {
    let (before, after) = marks.inferred;
    if standing.inferred && standing.state != State::Unknown {
        format!("{before}{}{after}", standing.state)
    } else {
        standing.state.to_string()
    }
}
