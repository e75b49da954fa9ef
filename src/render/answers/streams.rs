//! What one end of a connection sent, and what was said to it: the numbers that the questions ask for.

use std::collections::VecDeque;

use super::flights::{Flights, NewData, Stop};
use crate::flow::number::{ByteRange, Number};
use crate::flow::segment::{Remark, Scale, Segment};
use crate::frame::Time;
use crate::render::proof::Proof;
use crate::wire::tcp;
use crate::wire::{Packet, Protocol};

/// This many segments with data are listed one by one.
pub(super) const TOLD: usize = 6;
/// This many examples of anything else are listed.
const EXAMPLES: usize = 5;
/// This many segments that are not acknowledged yet are counted, and of this many the time is kept.
const COUNTED: usize = 256;

/// One direction's data, and the acknowledgments that they got.
#[derive(Debug, Clone, Default)]
pub(super) struct StreamFacts {
    /// The first segments with data.
    pub(super) sent: Vec<SentData>,
    /// Segments with data, repetitions too.
    pub(super) segments: u64,
    /// Data bytes in one segment: the least and the most.
    pub(super) sizes: Option<(u64, u64)>,
    /// The relative number of the first byte of data that was captured.
    first_byte: Option<i64>,
    /// The relative number after the last byte.
    end: i64,
    /// Where the first data ended when the other end began to speak.
    first_turn: Option<i64>,
    /// The segments that repeat what was sent before, and their first transmission.
    pub(super) repeated: Vec<Repeated>,
    pub(super) repetitions: u64,
    /// Packet and time of the last segments with new data, until the repetitions that are listed have come.
    recent: VecDeque<(u64, Time)>,
    /// The new data, in flights.
    pub(super) flights: Flights,
    pub(super) fast: u64,
    pub(super) duplicate_acks: u64,
    /// Acknowledgments of new bytes.
    pub(super) acks: Acks,
    /// Ends of segments that no acknowledgment covered yet; `None` when there were too many to count.
    waiting: Option<VecDeque<i64>>,
    /// The windows that the other end advertised to this one.
    pub(super) windows: Windows,
}

/// A segment with data.
#[derive(Debug, Clone)]
pub(super) struct SentData {
    pub(super) number: u64,
    pub(super) time: Option<Time>,
    pub(super) sequence: Number,
    pub(super) bytes: ByteRange,
    /// Bytes of frame, IP header or headers, and TCP header.
    pub(super) frame: usize,
    pub(super) tcp_header: usize,
    pub(super) fields: Vec<Proof>,
    /// The packet that acknowledged it first, when, and its acknowledgment number.
    pub(super) acked: Option<(u64, Option<Time>, Number)>,
    /// Was it sent again?
    pub(super) again: bool,
}

/// A segment that repeats data.
#[derive(Debug, Clone)]
pub(super) struct Repeated {
    pub(super) number: u64,
    pub(super) time: Option<Time>,
    pub(super) first_sent: Option<u64>,
    pub(super) first_time: Option<Time>,
    pub(super) sequence: Number,
    pub(super) field: Option<Proof>,
    /// After three duplicate ACKs.
    pub(super) is_fast: bool,
}

/// Acknowledgments of new bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Acks {
    pub(super) count: u64,
    pub(super) bytes: u64,
    /// The first ones: packet, bytes, segments where they could be counted.
    pub(super) examples: Vec<(u64, u64, Option<usize>)>,
    pub(super) most: Option<(u64, u64)>,
    pub(super) least: Option<(u64, u64)>,
    /// How many covered two segments or more, and the first of them.
    pub(super) several: u64,
    pub(super) first_several: Option<(u64, usize)>,
    /// The last one.
    pub(super) last: Option<(u64, Option<Time>)>,
}

/// Windows that were advertised after the SYNs.
#[derive(Debug, Clone, Default)]
pub(super) struct Windows {
    /// The smallest.
    pub(super) smallest: Option<Smallest>,
    pub(super) zeros: u64,
    /// Segments that filled the window to its last byte, and the first of them.
    pub(super) full: u64,
    pub(super) first_full: Option<u64>,
    /// Most bytes that were sent and not acknowledged.
    pub(super) most_in_flight: Option<(u64, u64)>,
}

/// The smallest window.
#[derive(Debug, Clone)]
pub(super) struct Smallest {
    pub(super) number: u64,
    pub(super) raw: u16,
    pub(super) scale: Scale,
    pub(super) bytes: Option<u64>,
    pub(super) field: Option<Proof>,
}

impl StreamFacts {
    pub(super) fn new() -> Self {
        Self {
            waiting: Some(VecDeque::new()),
            ..Self::default()
        }
    }

    /// Bytes from the first captured one to the last, each counted once.
    pub(super) fn reach(&self) -> u64 {
        self.first_byte
            .map_or(0, |first| u64::try_from(self.end - first).unwrap_or(0))
    }

    /// Bytes that it sent before the other end sent any.
    pub(super) fn first_turn(&self) -> u64 {
        let end = self.first_turn.unwrap_or(self.end);
        self.first_byte
            .map_or(0, |first| u64::try_from(end - first).unwrap_or(0))
    }

    /// The other end sends data.
    pub(super) const fn interrupt(&mut self) {
        if self.first_byte.is_some() && self.first_turn.is_none() {
            self.first_turn = Some(self.end);
        }
    }

    /// Takes a segment that this end sends. `round_trip`: nanoseconds that the handshake took, if they are known yet.
    pub(super) fn send(
        &mut self,
        number: u64,
        time: Option<Time>,
        packet: &Packet<'_>,
        segment: &Segment,
        round_trip: Option<i64>,
    ) {
        let Some(bytes) = segment.data else {
            return;
        };
        self.segments += 1;
        let count = bytes.count();
        self.sizes = Some(
            self.sizes
                .map_or((count, count), |(least, most)| (least.min(count), most.max(count))),
        );
        let is_repeated = segment.remarks.has(Remark::Retransmission) || segment.remarks.has(Remark::Overlap);
        if is_repeated {
            self.repeat(number, time, packet, segment);
            self.flights.stop(Stop::Repetition(number));
        } else if segment.remarks.has(Remark::Gap) {
            self.flights.stop(Stop::Gap(number));
        }
        self.first_byte = Some(self.first_byte.map_or(bytes.first, |first| first.min(bytes.first)));
        let is_new = bytes.last >= self.end;
        if is_new && !is_repeated {
            self.remember(number, time);
            let field = || Proof::of(number, packet, Protocol::Tcp, tcp::id::SEQ_RAW);
            self.flights.take(NewData { number, time, count }, round_trip, field);
        }
        self.end = self.end.max(bytes.last.saturating_add(1));
        if let Some(waiting) = self.waiting.as_mut().filter(|_| is_new) {
            waiting.push_back(bytes.last.saturating_add(1));
            if waiting.len() > COUNTED {
                self.waiting = None;
            }
        }
        if self.sent.len() < TOLD && !is_repeated {
            self.sent.extend(SentData::of(number, time, packet, segment, bytes));
        }
        if segment.remarks.has(Remark::WindowFull) {
            self.windows.full += 1;
            self.windows.first_full = self.windows.first_full.or(Some(number));
        }
        let Some(flight) = segment.in_flight else { return };
        if self.windows.most_in_flight.is_none_or(|(most, _)| flight > most) {
            self.windows.most_in_flight = Some((flight, number));
        }
    }

    fn remember(&mut self, number: u64, time: Option<Time>) {
        if self.repeated.len() < EXAMPLES {
            self.recent.extend(time.map(|time| (number, time)));
            if self.recent.len() > COUNTED {
                self.recent.pop_front();
            }
        }
    }

    fn repeat(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, segment: &Segment) {
        self.repetitions += 1;
        let is_fast = segment.remarks.has(Remark::FastRetransmission);
        self.fast += u64::from(is_fast);
        if self.repeated.len() < EXAMPLES {
            let first = |&&(known, _): &&(u64, Time)| segment.first_sent == Some(known);
            self.repeated.push(Repeated {
                number,
                time,
                first_sent: segment.first_sent,
                first_time: self.recent.iter().find(first).map(|&(_, time)| time),
                sequence: segment.sequence,
                field: Proof::of(number, packet, Protocol::Tcp, tcp::id::SEQ_RAW),
                is_fast,
            });
        } else {
            self.recent = VecDeque::new();
        }
        let Some(bytes) = segment.data else { return };
        for sent in &mut self.sent {
            sent.again |= sent.bytes.first <= bytes.last && bytes.first <= sent.bytes.last;
        }
    }

    /// Takes a segment of the other end: what it acknowledges, and the window that it advertises.
    pub(super) fn acknowledge(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, segment: &Segment) {
        self.window(number, packet, segment);
        self.duplicate_acks += u64::from(segment.remarks.has(Remark::DuplicateAck));
        let Some(to) = segment.acknowledgment else {
            return;
        };
        for sent in &mut self.sent {
            if sent.acked.is_none() && to.relative > sent.bytes.last {
                sent.acked = Some((number, time, to));
            }
        }
        let covered = self.waiting.as_mut().map(|waiting| {
            let before = waiting.len();
            waiting.retain(|&end| end > to.relative);
            before - waiting.len()
        });
        let Some(bytes) = segment.acknowledges.bytes else {
            return;
        };
        let count = bytes.count();
        let acks = &mut self.acks;
        acks.count += 1;
        acks.bytes = acks.bytes.saturating_add(count);
        acks.last = Some((number, time));
        if acks.examples.len() < EXAMPLES {
            acks.examples.push((number, count, covered));
        }
        if acks.most.is_none_or(|(most, _)| count > most) {
            acks.most = Some((count, number));
        }
        if acks.least.is_none_or(|(least, _)| count < least) {
            acks.least = Some((count, number));
        }
        if let Some(covered) = covered.filter(|&covered| covered > 1) {
            acks.several += 1;
            acks.first_several = acks.first_several.or(Some((number, covered)));
        }
    }

    fn window(&mut self, number: u64, packet: &Packet<'_>, segment: &Segment) {
        if segment.window.scale == Scale::OfSyn || packet.tcp().is_some_and(|tcp| tcp.flags().has(RST)) {
            return;
        }
        let raw = segment.window.raw;
        self.windows.zeros += u64::from(raw == 0);
        if self.windows.smallest.as_ref().is_none_or(|known| raw < known.raw) {
            self.windows.smallest = Some(Smallest {
                number,
                raw,
                scale: segment.window.scale,
                bytes: segment.window.bytes(),
                field: Proof::of(number, packet, Protocol::Tcp, tcp::id::WINDOW_SIZE_VALUE),
            });
        }
    }
}

/// A reset says nothing of a window.
const RST: tcp::Flags = tcp::Flags::RST;

impl SentData {
    fn of(number: u64, time: Option<Time>, packet: &Packet<'_>, segment: &Segment, bytes: ByteRange) -> Option<Self> {
        let layer = packet.layer(Protocol::Tcp)?;
        let length = usize::try_from(bytes.count()).ok()?;
        let field = Proof::of(number, packet, Protocol::Tcp, tcp::id::SEQ_RAW);
        Some(Self {
            number,
            time,
            sequence: segment.sequence,
            bytes,
            frame: packet.original_length(),
            tcp_header: layer.header_length(),
            fields: field.into_iter().chain(Proof::data(number, packet, length)).collect(),
            acked: None,
            again: false,
        })
    }
}
