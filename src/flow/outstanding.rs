//! Segments that are sent and not yet acknowledged: they are kept to measure round trips and to find repetitions.

use smallvec::SmallVec;

use super::number::Sequence;
use super::packed_time::{CurrentPacket, PackedTime, PacketNumber};
use super::party::Party;
use super::segment::RoundTrip;

/// Most segments a direction that are remembered. Beyond that round trips go unmeasured until acknowledgments come.
pub(super) const MOST: usize = 64;

/// A segment that was sent.
#[derive(Debug, Clone, Copy)]
struct SentSegment {
    time: PackedTime,
    packet: PacketNumber,
    /// Its first number, as in the header.
    start: u32,
    /// How many numbers it takes.
    length: u32,
    stamp: u32,
    /// What distinguishes it from its repetitions: [`TcpSegmentInfo::fingerprint`](super::segment_info::TcpSegmentInfo::fingerprint), of the last one.
    fingerprint: u32,
    sender: Party,
    repeated: bool,
}

/// A segment as it is remembered, and as it is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct SegmentTrace {
    /// Its first number, as in the header.
    pub(super) start: u32,
    /// How many numbers it takes.
    pub(super) length: u32,
    /// Its timestamp.
    pub(super) stamp: Option<u32>,
    /// [`TcpSegmentInfo::fingerprint`](super::segment_info::TcpSegmentInfo::fingerprint)
    pub(super) fingerprint: u32,
}

/// What an acknowledgment did to the list.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AckedSegments {
    /// The last packet that it covers as a whole.
    pub(super) packet: Option<u64>,
    /// Are there others that it covers?
    pub(super) several: bool,
    /// When that was sent.
    pub(super) sent: Option<PackedTime>,
    /// The measured round trip, where it is unambiguous.
    pub(super) round_trip: Option<RoundTrip>,
}

/// How a segment's numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EarlierTransmission {
    /// How many of them were sent before, in segments that are remembered.
    pub(super) numbers: u64,
    /// The packet that sent the first of them.
    pub(super) first: Option<(u64, PackedTime)>,
}

/// The outstanding segments of both directions. Without any it has no memory of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Outstanding(Option<Box<List>>);

/// Mostly there is one.
type List = SmallVec<[SentSegment; 1]>;

const fn before(one: u32, two: u32) -> bool {
    Sequence(one).distance(Sequence(two)) < 0
}

impl Outstanding {
    /// Remembers a segment. `false` when there are too many.
    pub(super) fn push(&mut self, sender: Party, now: CurrentPacket, trace: SegmentTrace) -> bool {
        if self.of(sender).count() >= MOST {
            return false;
        }
        self.0.get_or_insert_default().push(SentSegment {
            time: now.time,
            packet: PacketNumber::new(now.number),
            start: trace.start,
            length: trace.length,
            stamp: trace.stamp.unwrap_or(0),
            fingerprint: trace.fingerprint,
            sender,
            repeated: false,
        });
        true
    }

    /// Is it one that is outstanding, captured once more?
    pub(super) fn is_copy(&self, sender: Party, trace: SegmentTrace) -> bool {
        let looked_for = (trace.start, trace.length, trace.fingerprint);
        trace.fingerprint != 0
            && self
                .of(sender)
                .any(|sent| (sent.start, sent.length, sent.fingerprint) == looked_for)
    }

    fn of(&self, sender: Party) -> impl Iterator<Item = &SentSegment> {
        self.0
            .iter()
            .flat_map(|list| list.iter())
            .filter(move |sent| sent.sender == sender)
    }

    /// Is anything outstanding, of either direction?
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// All from `from` to before `to` of this sender's stream is acknowledged for the first time.
    pub(super) fn acknowledge(&mut self, sender: Party, now: CurrentPacket, (from, to): (u32, u32)) -> AckedSegments {
        let mut acked = AckedSegments::default();
        let mut furthest: Option<u32> = None;
        let (mut remembered, mut waits) = (0_u32, false);
        let Some(list) = &mut self.0 else {
            return acked;
        };
        list.retain(|sent| {
            let end = sent.start.wrapping_add(sent.length);
            if sent.sender != sender || before(to, end) {
                return true;
            }
            acked.several = acked.packet.is_some();
            remembered = remembered.saturating_add(sent.length);
            waits |= sent.repeated;
            if furthest.is_none_or(|known| before(known, end)) {
                furthest = Some(end);
                let packet = sent.packet.whole(now.number);
                acked.packet = Some(packet);
                acked.sent = Some(sent.time);
                let time = now.time.since(sent.time).filter(|_| end == to);
                acked.round_trip = time.map(|time| RoundTrip { packet, time });
            }
            false
        });
        if list.is_empty() {
            self.0 = None;
        }
        // Of a repeated segment it is unknown which one is answered (RFC 6298 section 3), and the acknowledgment of what came after
        // it has waited for it. What is not remembered may have been repeated.
        if waits || remembered < to.wrapping_sub(from) {
            acked.round_trip = None;
        }
        acked
    }

    /// Which of these numbers were sent before, and by which packet the first of them. Those are sent again now.
    pub(super) fn repeat(&mut self, sender: Party, now: CurrentPacket, trace: SegmentTrace) -> EarlierTransmission {
        let SegmentTrace { start, length, .. } = trace;
        let mut earlier = EarlierTransmission {
            numbers: 0,
            first: None,
        };
        let end = start.wrapping_add(length);
        // In the order of transmission, which is that of the numbers but for holes: overlaps among themselves are rare.
        let mut counted_to = start;
        for sent in self
            .0
            .iter_mut()
            .flat_map(|list| list.iter_mut())
            .filter(|sent| sent.sender == sender)
        {
            let sent_end = sent.start.wrapping_add(sent.length);
            if !before(sent.start, end) || !before(start, sent_end) {
                continue;
            }
            sent.repeated = true;
            sent.fingerprint = trace.fingerprint;
            if earlier.first.is_none() {
                earlier.first = Some((sent.packet.whole(now.number), sent.time));
            }
            let from = if before(sent.start, counted_to) {
                counted_to
            } else {
                sent.start
            };
            let to = if before(end, sent_end) { end } else { sent_end };
            if before(from, to) {
                earlier.numbers += u64::from(to.wrapping_sub(from));
                counted_to = to;
            }
        }
        earlier
    }

    /// Until where all is there, when it is until `to`: what came out of order may reach further.
    pub(super) fn reach(&self, sender: Party, to: u32) -> u32 {
        let mut reached = to;
        loop {
            let before_this = reached;
            for sent in self.of(sender) {
                let end = sent.start.wrapping_add(sent.length);
                if !before(reached, sent.start) && before(reached, end) {
                    reached = end;
                }
            }
            if reached == before_this {
                return reached;
            }
        }
    }

    /// The latest packet of this sender that starts with this number.
    pub(super) fn starting_at(&self, sender: Party, now: CurrentPacket, start: u32) -> Option<(u64, PackedTime)> {
        let sent = self.of(sender).filter(|sent| sent.start == start).last()?;
        Some((sent.packet.whole(now.number), sent.time))
    }

    /// The latest outstanding packet of this sender with this timestamp.
    pub(super) fn stamped(&self, sender: Party, now: CurrentPacket, stamp: u32) -> Option<u64> {
        let sent = self.of(sender).filter(|sent| sent.stamp == stamp).last()?;
        Some(sent.packet.whole(now.number))
    }

    /// When this sender sent its last outstanding segment.
    pub(super) fn last_sent(&self, sender: Party) -> Option<PackedTime> {
        self.of(sender).last().map(|sent| sent.time)
    }

    /// Nothing of this sender is waited for any more.
    pub(super) fn forget(&mut self, sender: Party) {
        if let Some(list) = &mut self.0 {
            list.retain(|sent| sent.sender != sender);
            if list.is_empty() {
                self.0 = None;
            }
        }
    }

    /// Nothing is waited for any more.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}
