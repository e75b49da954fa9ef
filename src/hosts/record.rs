//! What was done to each frame: the truth of a wire.

use std::io::{self, Write};

use serde_json::json;

use super::seen::SeenFrame;
use crate::flow::Party;
use crate::tcp_info::TcpSample;

/// The word for the router as a sender.
pub const ROUTER: &str = "router";

/// What a wire did.
#[derive(Debug, Default)]
pub struct WireRecord {
    /// Each frame, in the order in which the wire took them.
    pub frames: Vec<FrameRecord>,
    /// How many more there were than are kept.
    pub left_out: u64,
    /// The rules, as they were written.
    pub rules: Vec<String>,
    /// A sentence for each rule that was never used.
    pub unused: Vec<String>,
    /// What the hosts' kernels knew of their connections, each time that a frame had left or arrived and something had changed.
    pub samples: Vec<TcpSample>,
    /// How many more of those there were than are kept.
    pub samples_left_out: u64,
    taken: [u64; 2],
}

/// What was done to a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameRecord {
    /// Who sent it.
    pub from: Party,
    /// Its number among the frames that this host sent, from 1; absent where the router has made it.
    pub number: Option<u64>,
    /// What it is.
    pub is: SeenFrame,
    /// Its length, in bytes, with its Ethernet header.
    pub length: usize,
    /// When the wire took it: nanoseconds since 1970-01-01 00:00:00 UTC.
    pub taken: i64,
    /// What became of it.
    pub fate: Fate,
    /// The rules that were applied to it, by their places in the list, from 0.
    pub rules: Vec<usize>,
    /// Each time that it arrived.
    pub arrivals: Vec<Arrival>,
}

/// A frame, or a copy of it, at the other host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When it was handed over: nanoseconds since 1970-01-01 00:00:00 UTC.
    pub time: i64,
    /// Its number among all that this host received, from 1.
    pub order: u64,
    /// Was a bit of it changed?
    pub changed: bool,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Passed,
    /// A rule lost it.
    LostByRule,
    /// As many frames waited as may.
    QueueFull,
    /// The packet was longer than the wire carries.
    TooLong,
    /// The router did not send it on.
    NotForwarded,
    /// It had not arrived when the wire ended.
    OnTheWay,
}

impl Fate {
    /// The word for it in `wire.jsonl`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::LostByRule => "lost",
            Self::QueueFull => "queue full",
            Self::TooLong => "too long",
            Self::NotForwarded => "not forwarded",
            Self::OnTheWay => "on the way",
        }
    }
}

/// Which packet of a capture is the n-th frame that a host sent, or received: the numbers of the packets, in their order.
#[derive(Debug, Clone, Default)]
pub struct CaptureNumbers {
    /// Of those that the host sent.
    pub sent: Vec<u64>,
    /// Of those that it received.
    pub received: Vec<u64>,
}

impl WireRecord {
    /// The number of the next frame from this end.
    pub(super) const fn count(&mut self, from: Party) -> u64 {
        let taken = match from {
            Party::Client => &mut self.taken[0],
            Party::Server => &mut self.taken[1],
        };
        *taken += 1;
        *taken
    }

    /// Writes it as JSON, an object a line: `docs/wire.schema.json`. The numbers are those of the captures at the client and at
    /// the server.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&self, output: &mut impl Write, [client, server]: [&CaptureNumbers; 2]) -> io::Result<()> {
        for (number, frame) in (1_u64..).zip(&self.frames) {
            let (sender, receiver) = match frame.from {
                Party::Client => (client, server),
                Party::Server => (server, client),
            };
            let arrivals: Vec<serde_json::Value> = frame
                .arrivals
                .iter()
                .map(|arrival| {
                    json!({
                        "time": arrival.time,
                        "packet": nth(&receiver.received, arrival.order),
                        "order": arrival.order,
                        "changed": arrival.changed,
                    })
                })
                .collect();
            let line = json!({
                "frame": number,
                "from": if frame.number.is_some() { frame.from.word() } else { ROUTER },
                "packet": frame.number.and_then(|number| nth(&sender.sent, number)),
                "is": frame.is.to_string(),
                "length": frame.length,
                "time": frame.taken,
                "fate": frame.fate.word(),
                "rules": frame.rules.iter().map(|&index| self.rules.get(index)).collect::<Vec<_>>(),
                "arrivals": arrivals,
            });
            writeln!(output, "{line}")?;
        }
        Ok(())
    }
}

/// The n-th number, counted from 1.
fn nth(numbers: &[u64], order: u64) -> Option<u64> {
    let index = usize::try_from(order).ok()?.checked_sub(1)?;
    numbers.get(index).copied()
}
