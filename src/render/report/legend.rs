//! What the signs of the page's ladders mean: of all of them, once.

use super::ladder::kind;
use crate::render::ladder::ArrowLine;
use crate::render::svg::signs::LadderSigns;

/// A sign: the style sheet's word for it, what it looks like as text, and what it means.
pub(super) struct Sign {
    pub(super) class: &'static str,
    pub(super) text: &'static str,
    pub(super) means: &'static str,
    /// Is it an arrow?
    pub(super) is_line: bool,
}

/// The signs that any of these ladders has.
pub(super) fn signs(ladders: &[&LadderSigns]) -> Vec<Sign> {
    let lines = [
        (ArrowLine::Control, "opens, closes, acknowledges"),
        (ArrowLine::Data, "carries data"),
        (ArrowLine::Retransmission, "sent again"),
        (ArrowLine::Lost, "refused or lost"),
    ];
    let has = |sign: &dyn Fn(&LadderSigns) -> bool| ladders.iter().any(|used| sign(used));
    let drawn = lines
        .into_iter()
        .filter(|(line, _)| has(&|used| used.lines.contains(line)));
    let drawn = drawn.map(|(line, means)| Sign {
        class: kind(line),
        text: "",
        means,
        is_line: true,
    });
    let words = [
        (has(&|used| used.calls), "inside", "", "inside a socket call"),
        (
            has(&|used| used.inferred),
            "word",
            "(STATE)",
            "deduced: that end has not confirmed it yet",
        ),
        (has(&|used| used.moved), "word", "~", "moved: the clocks differ"),
        (
            has(&|used| used.too_early),
            "word",
            "!",
            "before its cause: call log and capture contradict each other",
        ),
    ];
    let words = words.into_iter().filter(|(is_used, ..)| *is_used);
    let words = words.map(|(_, class, text, means)| Sign {
        class,
        text,
        means,
        is_line: false,
    });
    drawn.chain(words).collect()
}
