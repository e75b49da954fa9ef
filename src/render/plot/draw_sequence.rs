//! Sequence number against time.

use std::collections::BTreeMap;

use super::panel::{Panel, PanelFrame, PlotLook, bytes, legend, upright};
use super::{PlotDirection, PlotSegment};
use crate::explain::count;
use crate::render::plot::axis::{in_unit, unit};
use crate::render::svg::canvas::Canvas;

/// Pixels of the area.
const HEIGHT: i64 = 248;
/// The window's edge is drawn up to this many times as far as the data: any further would press the data flat.
const FAR: i64 = 4;
/// More segments than this are not drawn one by one: they would cover each other, and a page would have a link for each.
const ONE_BY_ONE: usize = 400;

/// What the picture shows, in a sentence.
#[must_use]
pub(super) fn describe(direction: &PlotDirection) -> String {
    let times = || direction.segments.iter().map(|segment| segment.time);
    let of = |has: fn(&PlotSegment) -> bool| direction.segments.iter().filter(|segment| has(segment)).count();
    let (again, lost) = (of(|segment| segment.again), of(|segment| segment.lost));
    let first = times().min().unwrap_or(0);
    let end = times().max().unwrap_or(0);
    let bytes = direction.segments.iter().map(|segment| segment.last).max().unwrap_or(0);
    let length = end.saturating_sub(first);
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
    let lost = match lost {
        0 => String::new(),
        _ => format!(", {lost} lost on the way"),
    };
    format!(
        "The {sender} sends {} with data, up to byte {bytes}{within}{again}{lost}; the {receiver} sends {}.",
        count(direction.segments.len() as u64, "segment"),
        count(direction.acknowledgments.len() as u64, "acknowledgment"),
    )
}

/// Draws a direction with its upper edge at `top`; returns where the next panel begins.
pub(super) fn draw(
    canvas: &mut Canvas,
    top: i64,
    (title, direction): (&str, &PlotDirection),
    (look, span): (PlotLook, (i64, i64)),
    linked: u64,
) -> i64 {
    let segments = direction.segments.iter().map(|segment| segment.last.saturating_add(1));
    let acknowledged = direction.acknowledgments.iter().map(|point| point.value);
    let highest = segments.chain(acknowledged).max().unwrap_or(1);
    let edge = direction.window.iter().map(|point| point.value).max().unwrap_or(0);
    let is_far = edge / FAR > highest;
    let panel = Panel::draw(
        canvas,
        top,
        &PanelFrame {
            look,
            title: title.to_owned(),
            quantity: "relative sequence number, bytes",
            span,
            highest: if is_far { highest } else { edge.max(highest) },
            label: bytes,
            height: HEIGHT,
        },
    );
    if panel.value.is_beyond(edge) {
        let words = format!("the window's edge lies above the picture, up to {edge}");
        panel.above(canvas, &words);
    } else {
        panel.steps(canvas, "window", &direction.window);
    }
    panel.steps(canvas, "ack", &direction.acknowledgments);
    if direction.segments.len() > ONE_BY_ONE {
        merged(canvas, &panel, &direction.segments);
    } else {
        let acknowledgments = direction.acknowledgments.iter();
        for point in acknowledgments.filter(|point| panel.time.is_within(point.time)) {
            let (x, y) = (panel.time.pixel(point.time), panel.value.pixel(point.value));
            canvas.line("ack", (x - 3, y), (x + 3, y));
        }
        for segment in &direction.segments {
            one(canvas, &panel, segment, segment.number <= linked);
        }
    }
    panel.end()
}

/// What the signs mean; returns where the next panel begins.
pub(super) fn signs(canvas: &mut Canvas, top: i64, look: PlotLook, has_lost: bool) -> i64 {
    let mut signs = vec![
        ("segment", "segment with data"),
        ("resent", "sent again"),
        ("ack", "acknowledged up to here"),
        ("window", "window's edge"),
    ];
    if has_lost {
        signs.insert(2, ("lost-segment", "lost"));
    }
    top + legend(canvas, top, look, &signs)
}

/// How a segment is drawn.
const fn class(segment: &PlotSegment) -> &'static str {
    match (segment.lost, segment.again) {
        (true, _) => "lost-segment",
        (false, true) => "resent",
        (false, false) => "segment",
    }
}

fn place(panel: &Panel, segment: &PlotSegment) -> (i64, i64, i64) {
    let x = panel.time.pixel(segment.time);
    let low = panel.value.pixel(segment.first);
    (x, low, panel.value.pixel(segment.last.saturating_add(1)))
}

fn one(canvas: &mut Canvas, panel: &Panel, segment: &PlotSegment, links: bool) {
    let again = if segment.again { ", sent before" } else { "" };
    let lost = if segment.lost { ", lost on the way" } else { "" };
    let label = format!(
        "packet {}: bytes {} to {}{again}{lost}",
        segment.number, segment.first, segment.last
    );
    if links {
        canvas.link("plotted", &format!("packet-{}", segment.number), &label);
    } else {
        canvas.group("plotted", &label);
    }
    let (x, low, high) = place(panel, segment);
    canvas.rectangle("hit", (x - 5, high - 3), (10, low - high + 6));
    upright(canvas, class(segment), (x, low), (x, high));
    if links {
        canvas.close_link();
    } else {
        canvas.close();
    }
}

/// Segments of one pixel's width that touch each other, as one line. What was sent again or lost is drawn last.
fn merged(canvas: &mut Canvas, panel: &Panel, segments: &[PlotSegment]) {
    for wanted in ["segment", "resent", "lost-segment"] {
        let mut columns: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        for segment in segments.iter().filter(|segment| class(segment) == wanted) {
            let (x, low, high) = place(panel, segment);
            columns.entry(x).or_default().push((high, low));
        }
        let mut usual = Vec::new();
        for (x, mut lines) in columns {
            lines.sort_unstable();
            let mut joined: Vec<(i64, i64)> = Vec::new();
            for (high, low) in lines {
                match joined.last_mut() {
                    Some((_, lowest)) if high <= *lowest + 1 => *lowest = low.max(*lowest),
                    _ => joined.push((high, low)),
                }
            }
            for (high, low) in joined {
                if wanted == "segment" {
                    usual.push([(x, low + 1), (x, high)]);
                } else {
                    upright(canvas, wanted, (x, low), (x, high));
                }
            }
        }
        canvas.paths(wanted, &usual, false);
    }
}
