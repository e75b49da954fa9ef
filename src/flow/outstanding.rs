//! Segments that are sent and not yet acknowledged: they are kept to measure round trips and to find repetitions.
//! [`reports`]: what the other end shows to have arrived, and not to have arrived.

mod reports;

use smallvec::SmallVec;

use super::marks::{Mark, Marks};
use super::number::Sequence;
use super::order::SendSign;
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
    /// Its IPv4 identification, or 0.
    identification: u16,
    marks: Marks,
    /// The packet that sent some of it again last; the same as above as long as there is none.
    again: PacketNumber,
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
    /// Its IPv4 identification, or 0.
    pub(super) identification: u16,
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
    /// The packet that the echoed timestamp proves to have arrived, though it was sent again.
    pub(super) arrived: Option<u64>,
}

/// An acknowledgment, as it is compared with what was sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct AckTrace {
    /// All before this number was acknowledged before.
    pub(super) from: u32,
    /// All before this one is now.
    pub(super) to: u32,
    /// The timestamp that it echoes.
    pub(super) echo: Option<u32>,
    /// The longest segment that can be one packet.
    pub(super) longest: u32,
}

/// How a segment's numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EarlierTransmission {
    /// How many of them were sent before, in segments that are remembered.
    pub(super) numbers: u64,
    /// The segment that sent the first of them.
    pub(super) first: Option<FirstSegment>,
}

/// A segment of which some is sent again, as it was before that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirstSegment {
    pub(super) packet: u64,
    /// Its first number, as in the header.
    pub(super) start: u32,
    pub(super) marks: Marks,
    pub(super) sign: SendSign,
    pub(super) time: PackedTime,
}

/// The outstanding segments of both directions. Without any it has no memory of its own.
#[derive(Debug, Clone, Default)]
pub(super) struct Outstanding(Option<Box<List>>);

/// Mostly there is one.
type List = SmallVec<[SentSegment; 1]>;

const fn before(one: u32, two: u32) -> bool {
    Sequence(one).distance(Sequence(two)) < 0
}

impl SentSegment {
    const fn is_of(&self, sender: Party) -> bool {
        self.marks.has(Mark::OfServer) == matches!(sender, Party::Server)
    }

    fn sign(&self, now: CurrentPacket) -> SendSign {
        SendSign {
            packet: self.packet.whole(now.number),
            identification: self.identification,
            stamp: self.stamp,
        }
    }

    /// Does the timestamp that this echoes prove that it arrived, though it was sent again? An end remembers the timestamp of the segment
    /// that it expects next (RFC 7323 section 4.3), so this is the first that is acknowledged now, and one packet.
    fn is_proved_by(&self, ack: AckTrace) -> bool {
        let end = self.start.wrapping_add(self.length);
        self.marks.has(Mark::StampDiffers)
            && !self.marks.has(Mark::StampIsSame)
            && ack.echo == Some(self.stamp)
            && !before(ack.from, self.start)
            && before(ack.from, end)
            && self.length <= ack.longest
    }
}

impl Outstanding {
    /// Remembers a segment. `false` when there are too many.
    pub(super) fn push(&mut self, sender: Party, now: CurrentPacket, trace: SegmentTrace) -> bool {
        if self.of(sender).count() >= MOST {
            return false;
        }
        let packet = PacketNumber::new(now.number);
        self.0.get_or_insert_default().push(SentSegment {
            time: now.time,
            packet,
            start: trace.start,
            length: trace.length,
            stamp: trace.stamp.unwrap_or(0),
            identification: trace.identification,
            marks: Marks::of(sender),
            again: packet,
        });
        true
    }

    fn of(&self, sender: Party) -> impl Iterator<Item = &SentSegment> {
        self.0
            .iter()
            .flat_map(|list| list.iter())
            .filter(move |sent| sent.is_of(sender))
    }

    /// Is anything outstanding, of either direction?
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Is at most one segment of this sender outstanding?
    pub(super) fn is_alone(&self, sender: Party) -> bool {
        self.of(sender).nth(1).is_none()
    }

    /// All before `ack.to` of this sender's stream is acknowledged.
    pub(super) fn acknowledge(&mut self, sender: Party, now: CurrentPacket, ack: AckTrace) -> AckedSegments {
        let to = ack.to;
        let mut acked = AckedSegments::default();
        let mut furthest: Option<u32> = None;
        let (mut remembered, mut waits, mut is_echoed) = (0_u32, false, false);
        let Some(list) = &mut self.0 else {
            return acked;
        };
        list.retain(|sent| {
            let end = sent.start.wrapping_add(sent.length);
            if !sent.is_of(sender) || before(to, end) {
                return true;
            }
            let packet = sent.packet.whole(now.number);
            acked.several |= acked.packet.is_some_and(|known| known != packet);
            remembered = remembered.saturating_add(sent.length);
            waits |= sent.marks.has(Mark::Repeated);
            if sent.is_proved_by(ack) {
                acked.arrived = Some(sent.packet.whole(now.number));
            }
            if furthest.is_none_or(|known| before(known, end)) {
                furthest = Some(end);
                acked.packet = Some(packet);
                acked.sent = Some(sent.time);
                let is_repeated = sent.marks.has(Mark::Repeated);
                is_echoed = !is_repeated && sent.stamp != 0 && ack.echo == Some(sent.stamp);
                let time = now.time.since(sent.time).filter(|_| end == to && !is_repeated);
                acked.round_trip = time.map(|time| RoundTrip { packet, time });
            }
            false
        });
        if list.is_empty() {
            self.0 = None;
        }
        // Of a repeated segment it is unknown which one is answered (RFC 6298 section 3), and the acknowledgment of what came after
        // it has waited for it; then it echoes the timestamp of what it waited for (RFC 7323 section 4.3). What is not remembered may
        // have been repeated.
        if !is_echoed && (waits || remembered < to.wrapping_sub(ack.from)) {
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
        self.cut(sender, start);
        self.cut(sender, end);
        // In the order of transmission, which is that of the numbers but for holes: overlaps among themselves are rare.
        let mut counted_to = start;
        for sent in self
            .0
            .iter_mut()
            .flat_map(|list| list.iter_mut())
            .filter(|sent| sent.is_of(sender))
        {
            let sent_end = sent.start.wrapping_add(sent.length);
            if !before(sent.start, end) || !before(start, sent_end) {
                continue;
            }
            let stamp_differs = sent.stamp != 0 && trace.stamp.is_some_and(|stamp| stamp != sent.stamp);
            if earlier.first.is_none() {
                earlier.first = Some(FirstSegment {
                    packet: sent.packet.whole(now.number),
                    start: sent.start,
                    marks: sent.marks,
                    sign: sent.sign(now),
                    time: sent.time,
                });
            }
            if sent.marks.has(Mark::Undelivered) && (sent.start, sent.length) == (start, length) {
                // It did not arrive, so what comes back is for this one.
                (sent.time, sent.packet) = (now.time, PacketNumber::new(now.number));
                (sent.stamp, sent.marks) = (trace.stamp.unwrap_or(0), Marks::of(sender));
            } else {
                sent.marks.add(Mark::Repeated);
                sent.marks.remove(Mark::MissingAgain);
            }
            sent.again = PacketNumber::new(now.number);
            if !stamp_differs {
                sent.marks.add(Mark::StampIsSame);
            } else if !before(sent.start, start) {
                sent.marks.add(Mark::StampDiffers);
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

    /// The latest packet of this sender that starts with this number, which an ICMP error is about.
    pub(super) fn quoted(
        &mut self,
        sender: Party,
        now: CurrentPacket,
        start: u32,
        is_undelivered: bool,
    ) -> Option<(u64, PackedTime)> {
        let list = self.0.as_mut()?;
        let is_it = |sent: &&mut SentSegment| sent.is_of(sender) && sent.start == start;
        let sent = list.iter_mut().rfind(is_it)?;
        if is_undelivered {
            sent.marks.add(Mark::Undelivered);
        }
        Some((sent.packet.whole(now.number), sent.time))
    }

    /// The latest outstanding packet of this sender with this timestamp.
    pub(super) fn stamped(&self, sender: Party, now: CurrentPacket, stamp: u32) -> Option<u64> {
        let sent = self.of(sender).filter(|sent| sent.stamp == stamp).last()?;
        Some(sent.packet.whole(now.number))
    }

    /// Of this sender's segments the one that comes next after `end` in the stream and was captured once: what it was compared with, and
    /// when it was captured.
    pub(super) fn next_above(&self, sender: Party, now: CurrentPacket, end: u32) -> Option<(SendSign, PackedTime)> {
        let above = self
            .of(sender)
            .filter(|sent| !before(sent.start, end) && !sent.marks.has(Mark::Repeated));
        let next = above.reduce(|one, two| if before(two.start, one.start) { two } else { one })?;
        Some((next.sign(now), next.time))
    }

    /// Nothing of this sender is waited for any more.
    pub(super) fn forget(&mut self, sender: Party) {
        if let Some(list) = &mut self.0 {
            list.retain(|sent| !sent.is_of(sender));
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
