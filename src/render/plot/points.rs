//! What a graph shows, as data: points and segments of each direction.

use crate::flow::Party;
use crate::flow::segment::Remark;
use crate::timeline::PacketRef;

/// One direction of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlotDirection {
    /// Who sends the data.
    pub sender: Party,
    /// The segments with data, in the order of the capture.
    pub segments: Vec<PlotSegment>,
    /// When the other end acknowledged, and up to where all is acknowledged: the highest number so far of the byte that it expects next.
    /// An acknowledgment that was overtaken takes nothing back.
    pub acknowledgments: Vec<Point>,
    /// When the other end told how far may be sent, and the furthest so far: acknowledgment number and window together. A receiver should
    /// not take back what it allowed (RFC 9293 section 3.8.6). Nothing where the window's scale is not known.
    pub window: Vec<Point>,
}

/// A segment with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlotSegment {
    /// Number of the packet.
    pub number: u64,
    /// Nanoseconds since the conversation's first packet.
    pub time: i64,
    /// Its first byte, counted from 1.
    pub first: i64,
    /// Its last byte.
    pub last: i64,
    /// Were its bytes sent before?
    pub again: bool,
    /// Was it lost on the way? Known where there is a capture of the other end too.
    pub lost: bool,
}

/// A value at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// Nanoseconds since the conversation's first packet.
    pub time: i64,
    /// A relative sequence number.
    pub value: i64,
}

/// The directions that carry data, the client's first, with times since `start`. Nothing for UDP, which has no sequence numbers, and for
/// packets without times.
#[must_use]
pub fn directions(packets: &[PacketRef], start: i64) -> Vec<PlotDirection> {
    let both = [Party::Client, Party::Server].map(|sender| direction(packets, sender, start));
    both.into_iter()
        .filter(|direction| !direction.segments.is_empty())
        .collect()
}

fn direction(packets: &[PacketRef], sender: Party, start: i64) -> PlotDirection {
    let mut found = PlotDirection {
        sender,
        segments: Vec::new(),
        acknowledgments: Vec::new(),
        window: Vec::new(),
    };
    let (mut acknowledged, mut edge) = (i64::MIN, i64::MIN);
    for seen in packets {
        let (Some(segment), Some(time)) = (seen.in_flow.segment(), seen.time) else {
            continue;
        };
        let time = time.0.saturating_sub(start);
        if seen.in_flow.sender == sender {
            found.segments.extend(segment.data.map(|data| PlotSegment {
                number: seen.number,
                time,
                first: data.first,
                last: data.last,
                again: segment.remarks.has(Remark::Retransmission),
                lost: false,
            }));
        } else if let Some(acknowledgment) = segment.acknowledgment {
            let value = acknowledgment.relative;
            acknowledged = acknowledged.max(value);
            found.acknowledgments.push(Point {
                time,
                value: acknowledged,
            });
            let window = segment.window.bytes().and_then(|bytes| i64::try_from(bytes).ok());
            found.window.extend(window.map(|window| {
                edge = edge.max(value.saturating_add(window));
                Point { time, value: edge }
            }));
        }
    }
    found
}
