//! Round trips, and the timer that follows from them.

use super::Point;
use super::axis::in_unit;
use super::panel::{Panel, PanelFrame, PlotLook, legend, measured};
use super::round_trips::{RoundTrips, TripSample};
use crate::explain::duration;
use crate::render::svg::canvas::Canvas;

/// Pixels of the area.
const HEIGHT: i64 = 200;
/// The kernel's timeout is drawn up to this many times as high as the rest: doubled several times, it would press that flat.
const FAR: i64 = 4;
/// More samples than this are not drawn one by one.
const ONE_BY_ONE: usize = 400;

/// Draws it with its upper edge at `top`; returns where the next panel begins.
pub(super) fn draw(
    canvas: &mut Canvas,
    top: i64,
    title: &str,
    trips: &RoundTrips,
    (look, span): (PlotLook, (i64, i64)),
) -> i64 {
    let most = |points: &[Point]| points.iter().map(|point| point.value).max().unwrap_or(0);
    let least = trips.kernels_timeout.iter().map(|point| point.value).min().unwrap_or(0);
    let longest_trip = trips.samples.iter().map(|sample| sample.trip).max().unwrap_or(0);
    let base = longest_trip
        .max(most(&trips.timeout))
        .max(most(&trips.kernels_smoothed))
        .max(least)
        .max(1);
    let longest = most(&trips.kernels_timeout);
    let is_far = longest / FAR > base;
    let highest = if is_far {
        base.saturating_mul(2)
    } else {
        base.max(longest)
    };
    let panel = Panel::draw(
        canvas,
        top,
        &PanelFrame {
            look,
            title: title.to_owned(),
            quantity: "milliseconds",
            span,
            highest,
            label: |value| in_unit(value, 1_000_000),
            height: HEIGHT,
        },
    );
    if is_far {
        let words = format!(
            "the kernel's timeout rises above the picture, up to {}",
            duration(longest)
        );
        panel.above(canvas, &words);
    }
    panel.steps(canvas, "kernels-timeout", &trips.kernels_timeout);
    panel.steps(canvas, "timeout", &trips.timeout);
    panel.steps(canvas, "kernels-smoothed", &trips.kernels_smoothed);
    panel.steps(canvas, "smoothed", &trips.smoothed);
    let places = places(&panel, trips).into_iter();
    let signs: Vec<_> = places.map(|(x, ends)| measured(x, ends)).collect();
    canvas.paths("trip", &signs, true);
    let mut signs = vec![
        ("trip", "measured"),
        ("smoothed", "SRTT"),
        ("timeout", "RTO, by RFC 6298"),
    ];
    if !trips.kernels_smoothed.is_empty() {
        signs.extend([
            ("kernels-smoothed", "kernel's SRTT"),
            ("kernels-timeout", "kernel's RTO"),
        ]);
    }
    panel.end() + legend(canvas, panel.end(), look, &signs)
}

/// Where the samples are: each at its pixel, or, of very many, those of one pixel's width that touch each other together.
fn places(panel: &Panel, trips: &RoundTrips) -> Vec<(i64, (i64, i64))> {
    /// Pixels between two that do not touch.
    const APART: i64 = 6;
    let within = trips.samples.iter().filter(|sample| panel.time.is_within(sample.time));
    let place = |sample: &TripSample| (panel.time.pixel(sample.time), panel.value.pixel(sample.trip));
    let mut all: Vec<(i64, i64)> = within.map(place).collect();
    if all.len() <= ONE_BY_ONE {
        return all.into_iter().map(|(x, y)| (x, (y, y))).collect();
    }
    all.sort_unstable();
    let mut joined: Vec<(i64, (i64, i64))> = Vec::new();
    for (x, y) in all {
        match joined.last_mut() {
            // Downwards: the next one is the lower one.
            Some((column, (low, _))) if *column == x && y - *low <= APART => *low = y,
            _ => joined.push((x, (y, y))),
        }
    }
    joined
}
