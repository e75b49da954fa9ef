//! Clocks that differ.
//!
//! Packets have the time of the machine that captured them, calls the wall clock of the program. Each cause that comes before
//! its effect bounds the difference: a packet cannot be earlier than the entry of the call that sent it, and a call cannot
//! have returned before the packet that it waited for. RFC 5905 section 8 reckons with the same two bounds.

use std::collections::HashMap;

use super::PartyCall;
use super::causes::{Cause, Node};
use super::packet_ref::ProcessClock;
use crate::calls::Program;

/// Times that are this near to each other say nothing of their order, in nanoseconds: many captures keep microseconds.
pub(super) const RESOLUTION: i64 = 1_000;

/// A process whose clock differs from that of the capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    /// The program.
    pub program: Program,
    /// Its process number.
    pub pid: u32,
    /// What is added to its times, in nanoseconds: the least that brings every effect after its cause.
    pub shift: i64,
}

/// What bounds the shift of a clock.
#[derive(Clone, Copy)]
struct ShiftBounds {
    least: i64,
    most: i64,
}

impl ShiftBounds {
    const NONE: Self = Self {
        least: i64::MIN,
        most: i64::MAX,
    };

    /// The smallest shift within; none when causes contradict each other, as when a clock was set meanwhile.
    fn shift(self) -> Option<i64> {
        if self.least > self.most {
            return None;
        }
        Some(0.clamp(self.least, self.most))
    }

    /// Is a shift of 0 within the bounds, as exactly as times can be compared?
    const fn has_zero(self) -> bool {
        self.least <= RESOLUTION && self.most >= -RESOLUTION
    }
}

/// The clocks that have to be shifted. `packets` are the times of the packets, where they have one.
pub(super) fn of(packets: &[Option<i64>], calls: &[PartyCall], causes: &[Cause]) -> Vec<Skew> {
    let mut bounds: HashMap<ProcessClock, ShiftBounds> = HashMap::new();
    let time_of = |index: usize| packets.get(index).copied().flatten();
    for cause in causes {
        match (cause.before, cause.after) {
            (Node::Entered(call), Node::Packet(packet)) => {
                let (Some(party_call), Some(time)) = (calls.get(call), time_of(packet)) else {
                    continue;
                };
                let known = bounds.entry(party_call.clock()).or_insert(ShiftBounds::NONE);
                known.most = known.most.min(time.saturating_sub(party_call.entered()));
            }
            (Node::Packet(packet), Node::Returned(call)) => {
                let (Some(party_call), Some(time)) = (calls.get(call), time_of(packet)) else {
                    continue;
                };
                let known = bounds.entry(party_call.clock()).or_insert(ShiftBounds::NONE);
                known.least = known.least.max(time.saturating_sub(party_call.returned()));
            }
            _ => {}
        }
    }
    let mut skews: Vec<Skew> = bounds
        .into_iter()
        .filter(|(_, bounds)| !bounds.has_zero())
        .filter_map(|((program, pid), bounds)| {
            Some(Skew {
                program,
                pid,
                shift: bounds.shift()?,
            })
        })
        .collect();
    skews.sort_by_key(|skew| (skew.program.word(), skew.pid));
    skews
}
