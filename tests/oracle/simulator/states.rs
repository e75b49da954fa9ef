//! What is said of the states of both ends, against the states that they had.

use super::super::score::Score;
use super::super::states::{is_between, may_be};
use super::judge::{Case, Frame};

/// Judges what is said of both states at a frame.
pub(super) fn judge(case: &Case<'_>, frame: &Frame<'_>, score: &mut Score) {
    if frame.again || frame.late || frame.said.is("copy") {
        return;
    }
    let sender = frame.segment.from;
    for who in [0, 1] {
        let Some((before, after, one_of)) = &frame.said.states[who] else {
            continue;
        };
        let is_fact = frame.said.state_certainties[who].as_deref() == Some("fact");
        if who == sender {
            let is = frame.segment.truth.states[1];
            let what = || {
                format!(
                    "{}: the sender was said to be in {after} and is in {is}",
                    case.place(frame)
                )
            };
            let changes = frame.segment.truth.states[0] != is;
            match (&**after, is_fact) {
                ("?", _) if !one_of.is_empty() => {
                    let is_true = one_of.iter().any(|one| may_be(one, is)) || is_between(one_of, is);
                    score.claim("one of two states of the sender, or between", true, is_true, what);
                }
                ("?", _) => {
                    let must = changes && case.point.is_whole();
                    score.claim("the sender's state, as a fact", false, must, what);
                }
                (_, true) => score.claim("the sender's state, as a fact", true, after == is, what),
                (_, false) => score.claim("the sender's state, as deduced", true, after == is, what),
            }
            continue;
        }
        let Some(is) = there(case, frame, who) else { continue };
        let what = || {
            format!(
                "{}: the other end was said to be in {before} > {after} {one_of:?} and is in {is}",
                case.place(frame)
            )
        };
        let class = match (&**after, is_fact) {
            ("?", _) if one_of.is_empty() => continue,
            ("?", _) => {
                let is_true = one_of.iter().any(|one| may_be(one, is)) || is_between(one_of, is);
                score.claim("one of two states of the other end, or between", true, is_true, what);
                continue;
            }
            (_, true) => "the other end's state, as a fact",
            (_, false) => "the other end's state, as deduced",
        };
        // What it has sent meanwhile cannot be known here yet.
        score.claim(class, true, may_be(after, is), what);
    }
}

/// The state of this end when the frame has arrived there; where it never does, when it was captured.
fn there(case: &Case<'_>, frame: &Frame<'_>, who: usize) -> Option<&'static str> {
    let (world, of) = (case.world, frame.captured.of);
    let time = world.arrived_at[of].unwrap_or(frame.captured.time);
    let overtakes = |other: usize| {
        world.segments[other].from != who && world.arrived_at[other].is_some_and(|arrived| arrived < time)
    };
    if (of + 1..world.segments.len()).any(overtakes) {
        // It fills a gap, and what was sent after it counts too.
        return None;
    }
    let history = &case.world.history[who];
    let before = history.iter().take_while(|(since, _)| *since <= time);
    before.last().map(|(_, state)| *state)
}
