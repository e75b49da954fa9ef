//! The frame of one graph: title, axes, grid, and lines in it.

use super::Point;
use super::axis::{Axis, in_unit, unit};
use crate::escape::columns::Columns as _;
use crate::explain::grouped;
use crate::render::svg::canvas::{Anchor, CHARACTER, Canvas, pixels};
use crate::render::table::wrap;

/// For which page a graph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotLook {
    /// A wide one, or a file.
    Wide,
    /// A phone's.
    Narrow,
}

impl PlotLook {
    /// All graphs are as wide, in pixels.
    pub(super) const fn width(self) -> i64 {
        match self {
            Self::Wide => 760,
            Self::Narrow => 380,
        }
    }

    /// The lines of text that have room above the area, between the quantity and a remark.
    const fn top(self) -> i64 {
        match self {
            Self::Wide => 52,
            Self::Narrow => 52 + 2 * LINE,
        }
    }
}

/// A line of text.
const LINE: i64 = 16;
/// The area inside the axes begins here, and ends as far before the right edge as [`END`] says.
const LEFT: i64 = 96;
const END: i64 = 20;
/// A number along the axis of time has at least so much room.
const PER_TICK: i64 = 62;
/// Below the area: the numbers along the axis, and their name.
const BELOW: i64 = 48;

/// What a panel shows along its axes.
pub(super) struct PanelFrame {
    /// For which page.
    pub(super) look: PlotLook,
    /// Its title.
    pub(super) title: String,
    /// What is measured, with its unit.
    pub(super) quantity: &'static str,
    /// From when to when: nanoseconds since the conversation's first packet.
    pub(super) span: (i64, i64),
    /// The highest value.
    pub(super) highest: i64,
    /// How a value is written along the axis.
    pub(super) label: fn(i64) -> String,
    /// Pixels of the area.
    pub(super) height: i64,
}

/// A graph under way.
pub(super) struct Panel {
    look: PlotLook,
    top: i64,
    bottom: i64,
    right: i64,
    pub(super) time: Axis,
    pub(super) value: Axis,
}

impl Panel {
    /// Draws the frame with its upper edge at `top`.
    pub(super) fn draw(canvas: &mut Canvas, top: i64, frame: &PanelFrame) -> Self {
        let (start, end) = frame.span;
        let area = top + frame.look.top();
        let bottom = area + frame.height;
        let right = frame.look.width() - END;
        let panel = Self {
            look: frame.look,
            top: area,
            bottom,
            right,
            time: Axis::new((start, LEFT), (end, right)),
            value: Axis::new((0, bottom), (frame.highest, area)),
        };
        canvas.text("title", (0, top + 16), Anchor::Start, &frame.title);
        canvas.text("soft", (0, top + 36), Anchor::Start, frame.quantity);
        panel.axes(canvas, frame);
        panel
    }

    /// Where the next one begins.
    pub(super) const fn end(&self) -> i64 {
        self.bottom + BELOW
    }

    fn axes(&self, canvas: &mut Canvas, frame: &PanelFrame) {
        for tick in self.value.ticks(6) {
            let y = self.value.pixel(tick);
            canvas.line("grid", (LEFT, y), (self.right, y));
            canvas.text("soft", (LEFT - 8, y + 4), Anchor::End, &(frame.label)(tick));
        }
        let (name, size) = unit(frame.span.1.saturating_sub(frame.span.0));
        let most = (self.right - LEFT) / PER_TICK;
        for tick in self.time.ticks(most) {
            let x = self.time.pixel(tick);
            canvas.line("axis", (x, self.bottom), (x, self.bottom + 5));
            canvas.text("soft", (x, self.bottom + 20), Anchor::Middle, &in_unit(tick, size));
        }
        canvas.line("axis", (LEFT, self.bottom), (self.right, self.bottom));
        canvas.line("axis", (LEFT, self.top), (LEFT, self.bottom));
        let words = match self.look {
            PlotLook::Wide => format!("time since the conversation's first packet, {name}"),
            PlotLook::Narrow => format!("{name} since the first packet"),
        };
        canvas.text("soft", (self.right, self.bottom + 38), Anchor::End, &words);
    }

    /// A line through values that each hold until the next one. What a pixel's width has of them is drawn as its first, its lowest,
    /// its highest and its last: the picture is the same, and as large for a million values as for a thousand.
    pub(super) fn steps(&self, canvas: &mut Canvas, class: &str, points: &[Point]) {
        let mut path: Vec<(i64, i64)> = Vec::new();
        let within = points.iter().filter(|point| !self.time.is_beyond(point.time));
        let drawn: Vec<(i64, i64)> = within
            .map(|point| (self.time.pixel(point.time), self.value.pixel(point.value)))
            .collect();
        for column in drawn.chunk_by(|one, next| one.0 == next.0) {
            let heights = || column.iter().map(|(_, y)| *y);
            let (Some(&(x, first)), Some(&(_, last))) = (column.first(), column.last()) else {
                continue;
            };
            if let Some(&(_, before)) = path.last() {
                add(&mut path, (x, before));
            }
            add(&mut path, (x, first));
            for y in [heights().max(), heights().min()].into_iter().flatten() {
                add(&mut path, (x, y));
            }
            add(&mut path, (x, last));
        }
        if let Some(&(_, last)) = path.last() {
            add(&mut path, (self.right, last));
        }
        canvas.path(class, &path, false);
    }

    /// Words above the area, at its right: about a line that lies above it.
    pub(super) fn above(&self, canvas: &mut Canvas, words: &str) {
        let room = usize::try_from((self.right - LEFT) / CHARACTER).unwrap_or(1);
        let lines = wrap(words, room);
        let mut y = self.top - 6;
        for line in lines.iter().rev() {
            canvas.text("soft", (self.right, y), Anchor::End, line);
            y -= LINE;
        }
    }
}

fn add(path: &mut Vec<(i64, i64)>, point: (i64, i64)) {
    if path.last() != Some(&point) {
        path.push(point);
    }
}

/// The signs of a graph with what they mean, as many in a row as have room; returns the height of it.
pub(super) fn legend(canvas: &mut Canvas, top: i64, look: PlotLook, signs: &[(&str, &str)]) -> i64 {
    /// A sign, and what is between two.
    const SIGN: i64 = 30;
    let (mut x, mut y) = (0, top + LINE);
    for &(class, words) in signs {
        let width = SIGN + pixels(words.columns());
        if x > 0 && x + width > look.width() {
            (x, y) = (0, y + LINE + 4);
        }
        match class {
            "segment" | "resent" | "lost-segment" => upright(canvas, class, (x + 12, y + 2), (x + 12, y - 12)),
            "trip" => canvas.path(class, &measured(x + 12, (y - 4, y - 4)), true),
            _ => canvas.line(class, (x, y - 4), (x + 24, y - 4)),
        }
        canvas.text("soft", (x + SIGN, y), Anchor::Start, words);
        x += width + SIGN;
    }
    y - top + LINE
}

/// A segment with data: from its first byte to its last, with ticks at both ends, so that a single byte is seen too. A cross through
/// one that was sent before, a box around the middle of one that was lost.
pub(super) fn upright(canvas: &mut Canvas, class: &str, (x, low): (i64, i64), (_, high): (i64, i64)) {
    canvas.line(class, (x, low), (x, high));
    for y in [low, high] {
        canvas.line(class, (x - 4, y), (x + 4, y));
    }
    let middle = (low + high) / 2;
    match class {
        "resent" => {
            for slope in [-5, 5] {
                canvas.line(class, (x - 5, middle - slope), (x + 5, middle + slope));
            }
        }
        "lost-segment" => {
            let corners = [
                (x - 5, middle - 5),
                (x + 5, middle - 5),
                (x + 5, middle + 5),
                (x - 5, middle + 5),
            ];
            canvas.path("lost-box", &corners, true);
        }
        _ => {}
    }
}

/// Measured values, of which the lowest and the highest are at these places.
pub(super) const fn measured(x: i64, (low, high): (i64, i64)) -> [(i64, i64); 6] {
    [
        (x - 3, low),
        (x, low + 3),
        (x + 3, low),
        (x + 3, high),
        (x, high - 3),
        (x - 3, high),
    ]
}

/// A number of bytes along an axis.
pub(super) fn bytes(value: i64) -> String {
    grouped(value.unsigned_abs())
}
