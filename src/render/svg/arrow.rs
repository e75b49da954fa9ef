//! An arrow of a ladder, in any direction: two lines for data, one for control, dashes for what is sent again.

use super::canvas::Canvas;
use crate::render::ladder::ArrowLine;

/// Length of the head, and half of its width.
const HEAD: i64 = 11;
const HALF: i64 = 5;

/// What is at the end of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Tip {
    /// It arrives.
    Head,
    /// It is lost.
    Cross,
    /// That is not known.
    Nothing,
}

/// Draws one.
pub(in crate::render) fn draw(canvas: &mut Canvas, line: ArrowLine, from: (i64, i64), to: (i64, i64), tip: Tip) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).isqrt().max(1);
    // So that the upper side of the arrow is the upper side in both directions.
    let way = dx.signum();
    let back = |by: i64| (to.0 - dx * by / length, to.1 - dy * by / length);
    let beside = |point: (i64, i64), by: i64| (point.0 - way * dy * by / length, point.1 + way * dx * by / length);
    let (shaft, head) = match line {
        ArrowLine::Control => ("control-line", "control-head"),
        ArrowLine::Data => ("data-line", "data-head"),
        ArrowLine::Retransmission => ("again-line", "again-head"),
        ArrowLine::Lost => ("lost-line", ""),
    };
    let neck = back(HEAD);
    if line == ArrowLine::Data {
        for by in [-2, 2] {
            canvas.line(shaft, beside(from, by), beside(neck, by));
        }
    } else {
        canvas.line(shaft, from, neck);
    }
    match tip {
        Tip::Head => canvas.path(head, &[to, beside(neck, -HALF), beside(neck, HALF)], true),
        Tip::Cross => {
            let (x, y) = back(6);
            for slope in [-HALF, HALF] {
                canvas.line("cross", (x - HALF, y - slope), (x + HALF, y + slope));
            }
        }
        Tip::Nothing => {}
    }
}
