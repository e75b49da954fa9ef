//! Sequence number against time, a panel for each direction with data: Stevens' graph (TCP/IP Illustrated, volume 1).
//!
//! A segment is an upright line from its first byte to its last, an acknowledgment a step of the line below, the window's edge the
//! line above: what lies between the two may be sent. `axis` finds round numbers, `draw` draws.

mod axis;
mod draw;
mod points;
#[cfg(test)]
mod tests;

pub use draw::{describe, draw};
pub use points::{PlotDirection, PlotSegment, Point, directions};
