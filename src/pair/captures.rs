//! The packets of both captures, as they are read.

use std::collections::HashMap;

use super::both::{Both, Side};
use super::conversations::{Conversation, Table};
use super::digest::Secret;
use super::seen::{self, Reading, Seen};
use crate::flow::number::Sequence;
use crate::frame::{Frame, Time};
use crate::wire::Packet;
use crate::wire::tcp::Flags;

/// The packets of one capture.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// Those with an IP header, in the order of the file.
    pub packets: Vec<Seen>,
    /// Frames without an IP header, such as ARP's.
    pub without_ip: u64,
    /// Packets to or from more than one interface (multicast, broadcast): routers mostly do not forward them, and nothing shows
    /// which end they come from.
    pub to_many: u64,
    /// Frames without a time.
    pub without_time: u64,
    /// The earliest and the latest time of a frame, or of the capture where its file says when it began and ended.
    pub window: Option<(i64, i64)>,
}

impl Capture {
    /// The capture was under way at this time.
    pub const fn covers(&mut self, time: i64) {
        self.window = Some(match self.window {
            Some((first, last)) => (
                if time < first { time } else { first },
                if time > last { time } else { last },
            ),
            None => (time, time),
        });
    }
}

/// How captures are compared.
#[derive(Debug, Clone, Copy, Default)]
pub struct Comparison {
    /// Are addresses, ports and checksums left out, because a router between the ends translates them?
    pub with_nat: bool,
    /// Did both captures keep everything? Then a conversation that one of them lacks was lost, and not left out by a filter.
    pub unfiltered: bool,
    /// Were both captures made with one clock, so that times need not be compared?
    pub one_clock: bool,
    /// Bytes of each IP packet that are compared; all where neither capture is cut.
    pub limit: Option<usize>,
}

/// Reads both captures, one packet after the other.
pub struct Captures {
    reading: Reading,
    pub(super) comparison: Comparison,
    table: Table,
    packets: Both<Capture>,
    /// Per capture, conversation and direction: what was sent so far.
    sent: Both<HashMap<(u32, bool), Sent>>,
}

/// What one end has sent so far.
#[derive(Debug, Clone, Copy)]
struct Sent {
    /// Where it ends: the number after the last one.
    end: u32,
    /// Was a SYN-ACK among it?
    syn_ack: bool,
}

/// What was read.
pub(super) struct Known {
    pub(super) captures: Both<Capture>,
    pub(super) conversations: Vec<Conversation>,
    pub(super) comparison: Comparison,
}

impl Captures {
    /// Nothing read yet.
    #[must_use]
    pub fn new(comparison: Comparison) -> Self {
        Self {
            reading: Reading {
                secret: Secret::new(),
                limit: comparison.limit.unwrap_or(usize::MAX),
                with_nat: comparison.with_nat,
            },
            comparison,
            table: Table::default(),
            packets: Both::default(),
            sent: Both::default(),
        }
    }

    /// Takes the next packet of a capture. The numbers count its file's packets from 1.
    pub fn take(&mut self, side: Side, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) {
        let capture = self.packets.of_mut(side);
        let Some(Time(time)) = frame.time else {
            capture.without_time += 1;
            return;
        };
        capture.covers(time);
        let Some(read) = seen::read(self.reading, number, frame, packet) else {
            capture.without_ip += 1;
            return;
        };
        if !read.is_unicast {
            capture.to_many += 1;
            return;
        }
        let mut seen = read.seen;
        (seen.conversation, seen.from_low) = self.table.place(side, &read.ends);
        if seen.takes() > 0 {
            let end = seen.sequence.wrapping_add(seen.takes());
            let stream = self.sent.of_mut(side);
            let sent = stream.entry((seen.conversation, seen.from_low)).or_insert(Sent {
                end: end.wrapping_sub(1),
                syn_ack: false,
            });
            // Where both ends open at once, a SYN-ACK follows the own SYN and does not repeat it: RFC 9293 section 3.5, figure 7.
            let syn_ack = seen.flags.has(Flags::SYN) && seen.flags.has(Flags::ACK);
            // The difference of two places of a stream is less than 2^31. RFC 9293 section 3.4
            let is_known = Sequence(end).distance(Sequence(sent.end)) <= 0;
            seen.is_again = is_known && (!syn_ack || sent.syn_ack);
            if !is_known {
                sent.end = end;
            }
            sent.syn_ack |= syn_ack;
        }
        self.packets.of_mut(side).packets.push(seen);
    }

    /// A capture was under way at this time: its file says so.
    pub const fn covers(&mut self, side: Side, Time(time): Time) {
        self.packets.of_mut(side).covers(time);
    }

    pub(super) fn finish(self) -> Known {
        Known {
            captures: self.packets,
            conversations: self.table.into_all(),
            comparison: self.comparison,
        }
    }
}

/// Bytes from the IP header on that a cut frame still has; `None` for a frame that is whole, or has no IP header. The least of
/// both captures is the limit of a [`Comparison`].
#[must_use]
pub fn cut_at(frame: &Frame<'_>, packet: &Packet<'_>) -> Option<usize> {
    frame.is_cut().then(|| seen::captured_of_ip(packet)).flatten()
}
