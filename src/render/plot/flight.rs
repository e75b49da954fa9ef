//! Bytes on their way against the windows that bound them: the other end's, which its segments announce, and the congestion window,
//! which only the sender's kernel knows.

use super::Point;
use crate::flow::Party;
use crate::tcp_info::TcpSample;
use crate::timeline::PacketRef;

/// What one end has under way, and what bounds it. Values are bytes, times nanoseconds since the conversation's first packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flight {
    /// Who sends the data.
    pub sender: Party,
    /// Sent and not acknowledged.
    pub under_way: Vec<Point>,
    /// The other end's window. Nothing where its scale is not known.
    pub receive_window: Vec<Point>,
    /// The congestion window.
    pub congestion_window: Vec<Point>,
    /// The slow start threshold.
    pub threshold: Vec<Point>,
}

/// What this end has under way, as this capture shows it. `samples` are those of this connection at this end.
#[must_use]
pub(super) fn flight<'s>(
    packets: &[PacketRef],
    sender: Party,
    start: i64,
    samples: impl Iterator<Item = &'s TcpSample>,
) -> Flight {
    let mut found = Flight {
        sender,
        under_way: Vec::new(),
        receive_window: Vec::new(),
        congestion_window: Vec::new(),
        threshold: Vec::new(),
    };
    let (mut sent, mut acknowledged) = (0, 0);
    for seen in packets {
        let (Some(segment), Some(time)) = (seen.in_flow.segment(), seen.time) else {
            continue;
        };
        let time = time.0.saturating_sub(start);
        if seen.in_flow.sender == sender {
            let Some(data) = segment.data else { continue };
            sent = data.last.saturating_add(1).max(sent);
        } else {
            let window = segment.window.bytes().and_then(|bytes| i64::try_from(bytes).ok());
            found.receive_window.extend(window.map(|value| Point { time, value }));
            let Some(number) = segment.acknowledgment else { continue };
            acknowledged = number.relative.max(acknowledged);
        }
        if sent > 0 {
            let value = sent.saturating_sub(acknowledged).max(0);
            found.under_way.push(Point { time, value });
        }
    }
    for sample in samples {
        let time = sample.time.saturating_sub(start);
        // Of two numbers of 32 bits: what a file claims may be too much.
        let bytes = |segments: u32| i64::from(segments).saturating_mul(i64::from(sample.info.snd_mss));
        let value = bytes(sample.info.snd_cwnd);
        found.congestion_window.push(Point { time, value });
        found.threshold.extend(sample.info.snd_ssthresh.map(|segments| Point {
            time,
            value: bytes(segments),
        }));
    }
    found
}

impl Flight {
    /// What it shows, in a sentence or two.
    #[must_use]
    pub fn describe(&self) -> String {
        let most = |points: &[Point]| points.iter().map(|point| point.value).max();
        let sender = self.sender;
        let mut sentences = vec![format!(
            "The {sender} has {} bytes under way at most.",
            most(&self.under_way).unwrap_or(0)
        )];
        if let (Some(first), Some(largest)) = (self.congestion_window.first(), most(&self.congestion_window)) {
            sentences.push(format!(
                "Its congestion window, asked of its kernel, is {} bytes at first and {largest} at most.",
                first.value
            ));
        }
        if let Some(largest) = most(&self.receive_window) {
            sentences.push(format!("The {}'s window is {largest} bytes at most.", sender.other()));
        }
        sentences.join(" ")
    }
}
