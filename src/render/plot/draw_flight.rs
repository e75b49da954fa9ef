//! Bytes under way against the windows.

use super::Point;
use super::flight::Flight;
use super::panel::{Panel, PanelFrame, PlotLook, bytes, legend};
use crate::render::svg::canvas::Canvas;

/// Pixels of the area.
const HEIGHT: i64 = 200;
/// A line is drawn up to this many times as high as what is under way and the congestion window: any further would press those flat.
const FAR: i64 = 3;

/// Draws it with its upper edge at `top`; returns where the next panel begins.
pub(super) fn draw(
    canvas: &mut Canvas,
    top: i64,
    title: &str,
    flight: &Flight,
    (look, span): (PlotLook, (i64, i64)),
) -> i64 {
    let most = |points: &[Point]| points.iter().map(|point| point.value).max().unwrap_or(0);
    let base = most(&flight.under_way).max(most(&flight.congestion_window)).max(1);
    let lines = [
        ("receive-window", "receiver's window", &flight.receive_window),
        ("threshold", "slow start threshold", &flight.threshold),
    ];
    let is_far = |points: &[Point]| most(points) / FAR > base;
    let highest = lines.iter().filter(|(.., points)| !is_far(points));
    let highest = highest.map(|(.., points)| most(points)).max().unwrap_or(0).max(base);
    let panel = Panel::draw(
        canvas,
        top,
        &PanelFrame {
            look,
            title: title.to_owned(),
            quantity: "bytes",
            span,
            highest,
            label: bytes,
            height: HEIGHT,
        },
    );
    let mut above = Vec::new();
    for (class, name, points) in lines {
        if is_far(points) {
            above.push(format!("the {name} lies above the picture, up to {}", most(points)));
        } else {
            panel.steps(canvas, class, points);
        }
    }
    panel.above(canvas, &above.join("; "));
    panel.steps(canvas, "congestion-window", &flight.congestion_window);
    panel.steps(canvas, "in-flight", &flight.under_way);
    let mut signs = vec![
        ("in-flight", "sent, not acknowledged"),
        ("receive-window", "receiver's window"),
    ];
    if !flight.congestion_window.is_empty() {
        signs.extend([("congestion-window", "congestion window"), ("threshold", "threshold")]);
    }
    panel.end() + legend(canvas, panel.end(), look, &signs)
}
