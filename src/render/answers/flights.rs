//! The first flights of a stream: groups of segments with new data that a pause separates.

use crate::frame::Time;
use crate::render::proof::Proof;

/// This many flights are kept.
const KEPT: usize = 8;

/// The first flights.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights {
    pub(super) all: Vec<Flight>,
    last: Option<Time>,
    /// Why nothing after them is counted.
    pub(super) stopped: Option<Stop>,
    /// Most data bytes in a segment, and its packet.
    pub(super) largest: Option<(u64, u64)>,
}

/// A group of segments.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    /// Its first packet and its last.
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) start: Time,
    pub(super) segments: u64,
    pub(super) bytes: u64,
    /// The sequence number of its first segment.
    pub(super) field: Option<Proof>,
}

/// Why no more segments are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// From this packet on, data were sent again.
    Repetition(u64),
    /// Bytes before this packet are missing, or come later.
    Gap(u64),
    /// Another flight begins.
    Another,
    /// Data came before the handshake was complete, or without a time.
    Unknown,
}

/// A segment with new data.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewData {
    pub(super) number: u64,
    pub(super) time: Option<Time>,
    /// Bytes.
    pub(super) count: u64,
}

impl Flights {
    /// Takes a segment with new data. `round_trip` is what the handshake took, in nanoseconds: a pause of at least half of it
    /// separates two flights. `field` makes the proof.
    pub(super) fn take(&mut self, data: NewData, round_trip: Option<i64>, field: impl FnOnce() -> Option<Proof>) {
        if self.stopped.is_some() {
            return;
        }
        let (Some(time), Some(round_trip)) = (data.time, round_trip) else {
            self.stopped = Some(Stop::Unknown);
            return;
        };
        let is_pause = |last: Time| time.0.saturating_sub(last.0) >= round_trip.saturating_sub(round_trip / 2);
        if self.last.is_none_or(is_pause) {
            if self.all.len() == KEPT {
                self.stopped = Some(Stop::Another);
                return;
            }
            self.all.push(Flight {
                first: data.number,
                last: data.number,
                start: time,
                segments: 0,
                bytes: 0,
                field: field(),
            });
        }
        self.last = Some(time);
        if let Some(flight) = self.all.last_mut() {
            flight.last = data.number;
            flight.segments += 1;
            flight.bytes = flight.bytes.saturating_add(data.count);
        }
        if self.largest.is_none_or(|(most, _)| data.count > most) {
            self.largest = Some((data.count, data.number));
        }
    }

    /// What comes from here on is no longer the beginning.
    pub(super) const fn stop(&mut self, why: Stop) {
        if self.stopped.is_none() {
            self.stopped = Some(why);
        }
    }
}
