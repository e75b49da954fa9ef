//! Measured round trips, the smoothed time and the timeout that follow from them, and those that the sender's kernel has.

use super::Point;
use crate::flow::Party;
use crate::render::rtt_estimate::{ExactTime, RttEstimate};
use crate::tcp_info::TcpSample;
use crate::timeline::PacketRef;

/// The round trips of what one end sends, in nanoseconds; times are nanoseconds since the conversation's first packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundTrips {
    /// Who sends the data.
    pub sender: Party,
    /// When a segment was acknowledged, and how long that took. Of what was sent again none: Karn's algorithm, RFC 6298 section 3.
    pub samples: Vec<TripSample>,
    /// `SRTT` by RFC 6298, computed from these samples.
    pub smoothed: Vec<Point>,
    /// `RTO` by RFC 6298, computed from these samples, without a minimum.
    pub timeout: Vec<Point>,
    /// The kernel's own smoothed time.
    pub kernels_smoothed: Vec<Point>,
    /// The kernel's own timeout.
    pub kernels_timeout: Vec<Point>,
}

/// A measured round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TripSample {
    /// The packet that acknowledges.
    pub number: u64,
    /// When it was captured.
    pub time: i64,
    /// How long before the packet that it acknowledges was.
    pub trip: i64,
}

/// The round trips of what this end sends, as this capture shows them. `samples` are the kernel's, of this connection at this end.
#[must_use]
pub(super) fn round_trips<'s>(
    packets: &[PacketRef],
    sender: Party,
    start: i64,
    samples: impl Iterator<Item = &'s TcpSample>,
) -> RoundTrips {
    let mut found = RoundTrips {
        sender,
        samples: Vec::new(),
        smoothed: Vec::new(),
        timeout: Vec::new(),
        kernels_smoothed: Vec::new(),
        kernels_timeout: Vec::new(),
    };
    let mut known = None;
    for seen in packets.iter().filter(|seen| seen.in_flow.sender != sender) {
        let trip = seen.in_flow.segment().and_then(|segment| segment.round_trip);
        let (Some(trip), Some(time)) = (trip, seen.time) else {
            continue;
        };
        let time = time.0.saturating_sub(start);
        let estimate = RttEstimate::after(known, ExactTime::of(trip.time));
        known = Some(estimate);
        found.samples.push(TripSample {
            number: seen.number,
            time,
            trip: trip.time,
        });
        let point = |value| Point { time, value };
        found.smoothed.push(point(estimate.rtt.nanoseconds()));
        found.timeout.push(point(estimate.timeout().nanoseconds()));
    }
    // Before its first sample a kernel has no smoothed time, and a timeout of one second.
    for sample in samples.filter(|sample| sample.info.rtt_us > 0) {
        let time = sample.time.saturating_sub(start);
        let point = |microseconds: u32| Point {
            time,
            value: i64::from(microseconds) * 1_000,
        };
        found.kernels_smoothed.push(point(sample.info.rtt_us));
        found.kernels_timeout.push(point(sample.info.rto_us));
    }
    found
}

impl RoundTrips {
    /// What it shows, in a sentence or two.
    #[must_use]
    pub fn describe(&self) -> String {
        let trips = || self.samples.iter().map(|sample| sample.trip);
        let time = |time: Option<i64>| crate::explain::duration(time.unwrap_or(0));
        let measured = format!(
            "From a segment of the {} to its acknowledgment, in this capture: {} at least, {} at most, {}. By RFC 6298 the \
             timeout is {} at the end, before a minimum is applied.",
            self.sender,
            time(trips().min()),
            time(trips().max()),
            crate::explain::count(self.samples.len() as u64, "sample"),
            time(self.timeout.last().map(|point| point.value)),
        );
        match self.kernels_timeout.last() {
            Some(last) => format!(
                "{measured} The {}'s kernel has {}.",
                self.sender,
                time(Some(last.value))
            ),
            None => measured,
        }
    }
}
