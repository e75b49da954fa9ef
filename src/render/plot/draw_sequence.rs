//! The graph as SVG.

use super::axis::{Axis, in_unit, unit};
use super::{PlotDirection, Point};
use crate::explain::count;
use crate::render::svg::Picture;
use crate::render::svg::canvas::{Anchor, Canvas};

const WIDTH: i64 = 760;
/// The area of the plot, in a panel.
const LEFT: i64 = 96;
const RIGHT: i64 = WIDTH - 20;
const TOP: i64 = 52;
const BOTTOM: i64 = 300;
/// A panel with its axis below.
const PANEL: i64 = BOTTOM + 48;
/// The window's edge is drawn up to this many times as far as the data: any further would press the data flat.
const FAR: i64 = 4;

/// Draws the directions of a conversation below each other. `links`: a segment leads to its packet's place in the page.
#[must_use]
pub fn draw(title: &str, directions: &[PlotDirection], links: bool) -> Picture {
    let mut canvas = Canvas::default();
    let mut descriptions = Vec::new();
    let span = span(directions);
    let mut y = 0;
    for direction in directions {
        descriptions.push(describe(direction));
        Panel::new(direction, y, title, span).draw(&mut canvas, links);
        y += PANEL;
    }
    y += legend(&mut canvas, y);
    Picture {
        title: format!("{title}: sequence number against time"),
        description: descriptions.join(" "),
        size: (WIDTH, y),
        body: canvas.into_body(),
    }
}

/// From the first data to the last segment, for all panels: a wait before the data would press them into a line.
fn span(directions: &[PlotDirection]) -> (i64, i64) {
    let segments = directions.iter().flat_map(|direction| &direction.segments);
    let points = directions.iter().flat_map(|direction| &direction.acknowledgments);
    let times = || segments.clone().map(|segment| segment.time);
    let start = times().min().unwrap_or(0);
    let end = times().chain(points.map(|point| point.time)).max().unwrap_or(start);
    (start, end)
}

/// What the picture shows, in a sentence.
#[must_use]
pub fn describe(direction: &PlotDirection) -> String {
    let again = direction.segments.iter().filter(|segment| segment.again).count();
    let first = direction.segments.iter().map(|segment| segment.time).min().unwrap_or(0);
    let last = direction.segments.iter().map(|segment| segment.time).max().unwrap_or(0);
    let bytes = direction.segments.iter().map(|segment| segment.last).max().unwrap_or(0);
    let length = last.saturating_sub(first);
    let (name, size) = unit(length);
    let (sender, receiver) = (direction.sender, direction.sender.other());
    let within = match direction.segments.len() {
        1 => String::new(),
        _ => format!(" within {} {name}", in_unit(length, size)),
    };
    let again = match again {
        0 => String::new(),
        _ => format!(", {again} of them sent again"),
    };
    format!(
        "The {sender} sends {} with data, up to byte {bytes}{within}{again}; the {receiver} sends {}.",
        count(direction.segments.len() as u64, "segment"),
        count(direction.acknowledgments.len() as u64, "acknowledgment"),
    )
}

/// One direction.
struct Panel<'a> {
    direction: &'a PlotDirection,
    title: String,
    top: i64,
    time: Axis,
    number: Axis,
    unit: (&'static str, i64),
}

impl<'a> Panel<'a> {
    fn new(direction: &'a PlotDirection, top: i64, title: &str, (start, end): (i64, i64)) -> Self {
        let segments = &direction.segments;
        let points = || direction.acknowledgments.iter();
        let highest = segments.iter().map(|segment| segment.last.saturating_add(1));
        let highest = highest.chain(points().map(|point| point.value)).max().unwrap_or(1);
        let edge = direction.window.iter().map(|point| point.value).max().unwrap_or(0);
        let top_value = if edge / FAR <= highest {
            edge.max(highest)
        } else {
            highest
        };
        let (sender, receiver) = (direction.sender, direction.sender.other());
        Self {
            direction,
            title: format!("{title}, {sender} to {receiver}"),
            top,
            time: Axis::new((start, LEFT), (end, RIGHT)),
            number: Axis::new((0, top + BOTTOM), (top_value, top + TOP)),
            unit: unit(end.saturating_sub(start)),
        }
    }

    fn draw(&self, canvas: &mut Canvas, links: bool) {
        canvas.text("title", (0, self.top + 16), Anchor::Start, &self.title);
        canvas.text(
            "soft",
            (0, self.top + 36),
            Anchor::Start,
            "relative sequence number, bytes",
        );
        self.axes(canvas);
        self.window(canvas);
        canvas.path("ack", &self.steps(&self.direction.acknowledgments), false);
        let acknowledgments = self.direction.acknowledgments.iter();
        for point in acknowledgments.filter(|point| self.time.is_within(point.time)) {
            let (x, y) = (self.time.pixel(point.time), self.number.pixel(point.value));
            canvas.line("ack", (x - 3, y), (x + 3, y));
        }
        for segment in &self.direction.segments {
            let again = if segment.again { ", sent before" } else { "" };
            let label = format!(
                "packet {}: bytes {} to {}{again}",
                segment.number, segment.first, segment.last
            );
            if links {
                canvas.link("plotted", &format!("packet-{}", segment.number), &label);
            } else {
                canvas.group("plotted", &label);
            }
            self.segment(canvas, segment);
            if links {
                canvas.close_link();
            } else {
                canvas.close();
            }
        }
    }

    /// Ticks at both ends, so that a single byte is seen too; a cross through one that was sent before.
    fn segment(&self, canvas: &mut Canvas, segment: &super::PlotSegment) {
        let x = self.time.pixel(segment.time);
        let low = self.number.pixel(segment.first);
        let high = self.number.pixel(segment.last.saturating_add(1));
        let class = if segment.again { "resent" } else { "segment" };
        canvas.rectangle("hit", (x - 5, high - 3), (10, low - high + 6));
        canvas.line(class, (x, low), (x, high));
        for y in [low, high] {
            canvas.line(class, (x - 4, y), (x + 4, y));
        }
        if segment.again {
            let middle = (low + high) / 2;
            for slope in [-5, 5] {
                canvas.line(class, (x - 5, middle - slope), (x + 5, middle + slope));
            }
        }
    }

    fn axes(&self, canvas: &mut Canvas) {
        let bottom = self.top + BOTTOM;
        for tick in self.number.ticks(6) {
            let y = self.number.pixel(tick);
            canvas.line("grid", (LEFT, y), (RIGHT, y));
            canvas.text("soft", (LEFT - 8, y + 4), Anchor::End, &tick.to_string());
        }
        let (name, size) = self.unit;
        for tick in self.time.ticks(7) {
            let x = self.time.pixel(tick);
            canvas.line("axis", (x, bottom), (x, bottom + 5));
            canvas.text("soft", (x, bottom + 20), Anchor::Middle, &in_unit(tick, size));
        }
        canvas.line("axis", (LEFT, bottom), (RIGHT, bottom));
        canvas.line("axis", (LEFT, self.top + TOP), (LEFT, bottom));
        let words = format!("time since the conversation's first packet, {name}");
        canvas.text("soft", (RIGHT, bottom + 38), Anchor::End, &words);
    }

    /// Each value holds until the next one.
    fn steps(&self, points: &[Point]) -> Vec<(i64, i64)> {
        let mut path: Vec<(i64, i64)> = Vec::new();
        for point in points {
            let (x, y) = (self.time.pixel(point.time), self.number.pixel(point.value));
            if let Some(&(_, before)) = path.last().filter(|&&(_, before)| before != y) {
                path.push((x, before));
            }
            path.push((x, y));
        }
        if let Some(&(_, last)) = path.last() {
            path.push((RIGHT, last));
        }
        path
    }

    /// An edge that lies above the picture is told instead.
    fn window(&self, canvas: &mut Canvas) {
        let window = &self.direction.window;
        let furthest = window.iter().map(|point| point.value).max().unwrap_or(0);
        if !self.number.is_beyond(furthest) {
            canvas.path("window", &self.steps(window), false);
            return;
        }
        let words = format!("the window's edge lies above the picture, up to {furthest}");
        canvas.text("soft", (RIGHT, self.top + TOP - 6), Anchor::End, &words);
    }
}

/// What the signs mean; returns its height.
fn legend(canvas: &mut Canvas, y: i64) -> i64 {
    let signs: [(&str, &str, i64); 4] = [
        ("segment", "segment with data", 0),
        ("resent", "sent again", 190),
        ("ack", "acknowledged up to here", 320),
        ("window", "window's edge", 560),
    ];
    let y = y + 16;
    for (class, words, x) in signs {
        if class == "segment" || class == "resent" {
            canvas.line(class, (x + 12, y - 12), (x + 12, y + 2));
            for end in [y - 12, y + 2] {
                canvas.line(class, (x + 8, end), (x + 16, end));
            }
        } else {
            canvas.line(class, (x, y - 4), (x + 24, y - 4));
        }
        if class == "resent" {
            for slope in [-5, 5] {
                canvas.line(class, (x + 7, y - 5 - slope), (x + 17, y - 5 + slope));
            }
        }
        canvas.text("soft", (x + 30, y), Anchor::Start, words);
    }
    32
}
