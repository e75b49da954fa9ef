//! A TCP conversation as graphs: sequence number against time, Stevens' graph (TCP/IP Illustrated, volume 1); bytes under way against
//! the windows that bound them; round trips and the timer.
//!
//! In the first a segment is an upright line from its first byte to its last, an acknowledgment a step of the line below, the window's
//! edge the line above: what lies between the two may be sent. `points`, `flight` and `round_trips` are what is shown, as data, each with
//! its `draw_…`; `panel` the frame that all have, `axis` finds round numbers.

mod axis;
mod draw_flight;
mod draw_round_trips;
mod draw_sequence;
mod flight;
mod panel;
mod plots;
mod points;
mod round_trips;
#[cfg(test)]
mod tests;

pub use panel::PlotLook;
pub use plots::{PlotCapture, Plots, SequencePlot};
pub use points::{PlotDirection, PlotSegment, Point, directions};
