//! What is said of the states of both ends, against the states that each end's own capture proves.

use super::case::{Case, END};
use super::said::Said;
use super::score::Score;

/// Judges what is said of the states in the capture of an end.
pub(crate) fn judge(case: &Case<'_>, end: usize, all: &[Said], score: &mut Score) {
    let segments = &case.ends[end];
    for (at, (segment, said)) in segments.iter().zip(all).enumerate() {
        if segment.protocol != 6 || segment.rst() {
            continue;
        }
        let place = |who: usize, is: &str| {
            let plan = &case.run.plan;
            let told = &said.states[who];
            format!(
                "seed {} {:?} {}.pcapng packet {}: {} said {told:?}, is {is} (came {:?})",
                plan.seed,
                plan.traffic,
                END[end],
                at + 1,
                END[who],
                segment.came
            )
        };
        for who in [0, 1] {
            let Some((before, after, one_of)) = &said.states[who] else {
                continue;
            };
            if after == "?" {
                // Which of two it is depends on what is on its way.
                if let Some(is) = there(case, end, at).filter(|_| who != end && segment.own && !one_of.is_empty()) {
                    let is_true = one_of.iter().any(|one| may_be(one, is)) || is_between(one_of, is);
                    score.claim("one of two states of the other end, or between", true, is_true, || {
                        place(who, is)
                    });
                }
                continue;
            }
            if who == end {
                // Its own state: what it has sent and what has reached it are all in this capture.
                let [was, is] = case.steps[end][at].state;
                let changes = before != after && before != "?";
                if changes || was != is {
                    score.claim("a change of the own state", changes || after == is, after == is, || {
                        place(who, is)
                    });
                }
            } else if segment.own {
                // What it does to the other end.
                let Some(is) = there(case, end, at) else { continue };
                let class = match &**after {
                    "CLOSE-WAIT" => "deduced: the other end is in CLOSE-WAIT",
                    "SYN-RECEIVED" => "deduced: the other end is in SYN-RECEIVED",
                    "ESTABLISHED" if before != after => "deduced: the other end is in ESTABLISHED",
                    "FIN-WAIT-2" => "deduced: the other end is in FIN-WAIT-2",
                    "TIME-WAIT" => "deduced: the other end is in TIME-WAIT",
                    "CLOSED" if before != after => "deduced: the other end is in CLOSED",
                    "CLOSING" => "deduced: the other end is in CLOSING",
                    _ => continue,
                };
                // What the other end has sent meanwhile cannot be known here yet.
                let is_true = after == is || moved(after) == Some(is);
                score.claim(class, true, is_true, || place(who, is));
            } else {
                // The state of its sender when it was sent.
                let Some(of) = segment.of.filter(|_| !segment.bad && !segment.again) else {
                    continue;
                };
                let [was, is] = case.steps[1 - end][of].state;
                if was != is || before != after {
                    score.claim("a change of the sender's state", true, after == is, || place(who, is));
                }
            }
        }
    }
}

/// Is an end of which this was said in that state, or was it brought there by what it has sent meanwhile, which was not captured here?
pub(crate) fn may_be(told: &str, is: &str) -> bool {
    let own_steps: &[&str] = match told {
        "ESTABLISHED" | "SYN-RECEIVED" => &["FIN-WAIT-1", "FIN-WAIT-2", "CLOSING", "TIME-WAIT", "CLOSED"],
        "CLOSE-WAIT" => &["LAST-ACK", "CLOSED"],
        "FIN-WAIT-1" | "FIN-WAIT-2" => &["CLOSED"],
        _ => &[],
    };
    told == is || own_steps.contains(&is)
}

/// Is it on a way from the one state to the other? RFC 9293 section 3.3.2
pub(crate) fn is_between(ends: &[String], is: &str) -> bool {
    let [from, to] = ends else { return false };
    let between: &[&str] = match (&**from, &**to) {
        ("FIN-WAIT-1", "TIME-WAIT") => &["FIN-WAIT-2", "CLOSING"],
        ("FIN-WAIT-1", "CLOSED") => &["FIN-WAIT-2", "CLOSING", "TIME-WAIT"],
        ("SYN-RECEIVED", "CLOSE-WAIT") => &["ESTABLISHED"],
        _ => &[],
    };
    between.contains(&is)
}

/// The state after this one, when the end has closed of its own accord. RFC 9293 section 3.3.2
fn moved(state: &str) -> Option<&'static str> {
    match state {
        "ESTABLISHED" | "SYN-RECEIVED" => Some("FIN-WAIT-1"),
        "CLOSE-WAIT" => Some("LAST-ACK"),
        _ => None,
    }
}

/// The state of the other end when it had received this packet; where it never did, when that should have been.
fn there(case: &Case<'_>, end: usize, at: usize) -> Option<&'static str> {
    let (segment, other) = (&case.ends[end][at], 1 - end);
    let arrived = segment.came.iter().find(|at| !case.ends[other][**at].bad);
    if let Some(at) = arrived {
        // What was sent later and overtook it may have changed that state, which nothing here could show.
        if case.ends[other][*at].late {
            return None;
        }
        return Some(case.steps[other][*at].state[1]);
    }
    let before = case.ends[other]
        .iter()
        .take_while(|one| one.time <= segment.time)
        .count();
    Some(match before.checked_sub(1) {
        Some(last) => case.steps[other][last].state[1],
        None => case.steps[other].first()?.state[0],
    })
}
