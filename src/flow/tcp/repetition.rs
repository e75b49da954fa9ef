//! What the capture shows about the first transmission of a segment, and what a later one proves of it.

use super::analysis::Analysis;
use super::delay::SHORTEST_TIMER;
use super::{SegmentPosition, Tcp, is_named};
use crate::flow::conversation::{Ending, Opening};
use crate::flow::datagram::IcmpErrorKind;
use crate::flow::icmp_error::IcmpError;
use crate::flow::marks::{Mark, Marks};
use crate::flow::number::Sequence;
use crate::flow::order::{self, SendOrder, SendSign};
use crate::flow::outstanding::{AckTrace, AckedSegments, EarlierTransmission};
use crate::flow::packed_time::{CurrentPacket, PackedTime, PacketNumber};
use crate::flow::party::Party;
use crate::flow::recent::Earlier;
use crate::flow::repetition::{Asked, FirstTransmission, Proof, Repetition};
use crate::flow::segment::Remark;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::{Stream, StreamFlag};

/// This many duplicate acknowledgments ask for a segment. RFC 5681 section 3.2
pub(super) const ASKING: u8 = 3;
/// What a host takes at most to send again what it was asked for, in nanoseconds.
const REACTION: i64 = 5_000_000;

impl Tcp {
    /// Of a retransmission of which not all is acknowledged yet. `hole`: how many of its numbers the capture has not had.
    pub(super) fn repetition(
        &self,
        position: SegmentPosition,
        earlier: &EarlierTransmission,
        hole: u64,
        asked: Asked,
        order: Option<SendOrder>,
    ) -> Repetition {
        Repetition {
            first: self.first_transmission(position, earlier, hole),
            may_be_older: order.is_none_or(|order| order.is_before),
            asked,
        }
    }

    /// What asked for a segment, so that it was sent again before the timer ran out: what is asked for is asked for once (RFC 5681 section
    /// 3.2), and after the timer everything is sent again without being asked for.
    pub(super) fn asked(
        &self,
        position: SegmentPosition,
        now: CurrentPacket,
        earlier: &EarlierTransmission,
        pause: Option<i64>,
    ) -> Asked {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        let marks = earlier.first.map(|first| first.marks);
        let is_first = position.start == own.acked();
        // It reacts to what comes: from here to it and back, and a quarter of the way for the reordering window (RFC 8985 section 6.2).
        let (here, there) = (own.nearest().unwrap_or(0), other.nearest().unwrap_or(0));
        let soon = REACTION + here.saturating_add(here / 2).saturating_add(there / 4);
        let is_soon = pause.is_none_or(|pause| pause < soon.min(SHORTEST_TIMER));
        // With a report, its sender may wait a while for what was overtaken (RFC 8985 section 6.2): no timer is as short as that.
        let since_first = earlier.first.and_then(|first| now.time.since(first.time));
        let is_before_timer = since_first.is_some_and(|since| since < SHORTEST_TIMER);
        // Three acknowledgments ask, however long the way is. Where that was not measured, only a timer is known not to be so short.
        let reacts_until = own.nearest().map_or(SHORTEST_TIMER, |_| soon);
        let reacts = pause.is_none_or(|pause| pause < reacts_until);
        // What was sent again is asked for again only where later transmissions arrived and it did not (RFC 8985 section 6.2).
        let is_on_its_way = |marks: Marks| marks.has(Mark::Repeated) && !marks.has(Mark::MissingAgain);
        if marks.is_some_and(is_on_its_way) || own.is(StreamFlag::TimedOut) || position.start <= 0 {
            Asked::Not
        } else if other.duplicates >= ASKING && is_first && reacts {
            Asked::Duplicates
        } else if marks.is_some_and(|marks| marks.has(Mark::Missing)) && (is_soon || is_before_timer) {
            Asked::Reports
        } else if own.is(StreamFlag::Recovering) && is_first && is_soon {
            Asked::PartialAck
        } else if own.is(StreamFlag::Recovering) && other.reported != 0 && is_soon {
            // What arrived meanwhile had been sent again after this one was sent. RFC 8985 section 6.2
            Asked::Reports
        } else {
            Asked::Not
        }
    }

    /// Takes note of a copy. Where it came twice to the other end too, it is one more duplicate acknowledgment there.
    pub(super) fn take_copy(&mut self, sender: Party, info: &TcpSegmentInfo) {
        self.stream_mut(sender).set(StreamFlag::CameTwice, info.length() > 0);
        let other = self.stream(sender.other());
        let is_bare = info.length() == 0 && !info.rst && info.acknowledgment == Some(other.raw_acked());
        if is_bare && other.next() > other.acked() && !self.reports() {
            let own = self.stream_mut(sender);
            own.duplicates = own.duplicates.saturating_add(1);
        }
    }

    /// What this packet and others of its sender show about the order in which they were sent.
    pub(super) fn order(&self, sender: Party, info: &TcpSegmentInfo, other: SendSign) -> Option<SendOrder> {
        let this = SendSign {
            packet: 0,
            identification: info.identification,
            stamp: info.timestamps.map_or(0, |(value, _)| value),
        };
        order::of(this, other, self.stream(sender).counted())
    }

    /// The packet of this sender that was captured last.
    pub(super) fn latest(&self, sender: Party, now: CurrentPacket) -> SendSign {
        let own = self.stream(sender);
        SendSign {
            packet: match own.latest {
                0 => 0,
                low => PacketNumber::from_low(low).whole(now.number),
            },
            identification: own.identification,
            stamp: if own.is(StreamFlag::Stamped) { own.stamp } else { 0 },
        }
    }

    fn first_transmission(
        &self,
        position: SegmentPosition,
        earlier: &EarlierTransmission,
        hole: u64,
    ) -> FirstTransmission {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        if matches!(self.ending, Ending::Reset(_)) {
            return FirstTransmission::Unknown;
        }
        let Some(first) = earlier.first else {
            return if hole > 0 && !own.is(StreamFlag::LostTrack) {
                FirstTransmission::NotCaptured
            } else {
                FirstTransmission::Unknown
            };
        };
        let marks = first.marks;
        let start = own.relative(first.start);
        let is_head = position.start <= start.max(own.acked());
        let takes_part = own.is(StreamFlag::SynSeen) && start == 0 && position.start > 0;
        if own.is(StreamFlag::SynChallenged) && position.start == 0 && !own.syn_is_acked() {
            FirstTransmission::Challenged
        } else if marks.has(Mark::Undelivered) {
            FirstTransmission::Undelivered
        } else if marks.has(Mark::Reported) {
            FirstTransmission::Reported
        } else if takes_part && own.syn_is_acked() {
            FirstTransmission::NotTaken
        } else if marks.has(Mark::Missing) && (is_head || !marks.has(Mark::PartlyReported)) {
            FirstTransmission::Missing
        } else if marks.has(Mark::PartlyReported) {
            FirstTransmission::Unknown
        } else if position.start == own.acked() && (marks.has(Mark::Asked) || other.duplicates > 0) {
            // Where nothing was sent after it, the duplicates have another cause.
            if marks.has(Mark::Asked) && own.next() > position.end {
                FirstTransmission::AskedFor
            } else {
                FirstTransmission::Unknown
            }
        } else {
            FirstTransmission::Open
        }
    }

    /// Of a retransmission that was acknowledged before, or of an earlier transmission that was overtaken.
    pub(super) fn repetition_of_acknowledged(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        earlier: Option<Earlier>,
        analysis: &mut Analysis,
    ) {
        let sender = position.sender;
        let latest = self.latest(sender, now);
        let known = earlier.map_or(latest, |earlier| earlier.packet.sign());
        analysis.signs.order = self.order(sender, info, known);
        if let Some(earlier) = earlier {
            analysis.recognize(now, info, earlier);
        }
        if earlier.is_some() && analysis.signs.order.is_some_and(|order| order.is_before) {
            // The one that was captured before was sent after it.
            analysis.remark(Remark::OutOfOrder);
            analysis.first_sent = None;
            return;
        }
        let own = self.stream(sender);
        // What was sent before the first captured byte has no acknowledgment here that is known to be its own.
        let is_older = position.end <= 1 && !own.is(StreamFlag::SynSeen);
        let is_unknown = is_older || matches!(self.ending, Ending::Reset(_));
        let is_newer = analysis.signs.order.is_some_and(|order| !order.is_before);
        analysis.remark(Remark::Retransmission);
        if !is_older {
            analysis.remark(Remark::SpuriousRetransmission);
        }
        analysis.repetition = Some(Repetition {
            first: if is_unknown {
                FirstTransmission::Unknown
            } else {
                FirstTransmission::Acknowledged
            },
            may_be_older: !is_newer,
            asked: Asked::Not,
        });
        if info.syn && info.acknowledgment.is_none() && is_newer && !is_unknown {
            // An end that has the SYN-ACK does not ask again.
            let other = sender.other();
            let start = self.stream(other).raw(0);
            analysis.proof = self.outstanding.miss(other, now, start).map(Proof::Missing);
        }
    }

    /// Do both ends report what arrives before its turn? Then a duplicate acknowledgment that such a segment causes has a report.
    pub(super) fn reports(&self) -> bool {
        self.client.is(StreamFlag::SackPermitted) && self.server.is(StreamFlag::SackPermitted)
    }

    /// What the segment proves about one of the other end that was sent again: by its acknowledgment number and timestamp, by what it
    /// reports, or by being sent at all.
    pub(super) fn proof(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        analysis: &Analysis,
        acked_segments: &AckedSegments,
    ) -> Option<Proof> {
        let arrived = acked_segments.arrived.map(Proof::Arrived);
        let is_duplicate = analysis.remarks.has(Remark::DuplicateAck);
        if info.sack.first().is_none_or(Option::is_none) && !is_duplicate && arrived.or(analysis.proof).is_none() {
            // As most segments are.
            return None;
        }
        if is_duplicate && !self.reports() {
            self.outstanding.ask(position.sender.other());
        }
        let reported = self.report(position, now, info);
        let twice = analysis.arrived_twice.map(|(first, last)| Proof::ArrivedTwice {
            first: Sequence(first),
            last: Sequence(last),
        });
        let proof = arrived.or(twice).or(reported).or(analysis.proof);
        proof.filter(|proof| proof.packet().is_none_or(is_named))
    }

    /// The selective acknowledgments of a segment: what had arrived, and what had not.
    fn report(&mut self, position: SegmentPosition, now: CurrentPacket, info: &TcpSegmentInfo) -> Option<Proof> {
        let (Some(to), Some(_)) = (position.acknowledgment, info.sack.first()?) else {
            return None;
        };
        let sender = position.sender.other();
        let raw = self.stream(sender).raw(to);
        self.outstanding
            .report(sender, now, raw, &info.sack)
            .map(Proof::Missing)
    }

    /// What an acknowledgment up to `to` is compared with.
    pub(super) fn ack_trace(&self, sender: Party, to: i64, info: &TcpSegmentInfo) -> AckTrace {
        let stream = self.stream(sender);
        AckTrace {
            from: stream.raw_acked(),
            to: stream.raw(to),
            echo: info.timestamps.map(|(_, echo)| echo),
            longest: u32::from(self.longest(sender)),
        }
    }

    /// An ICMP error about a segment of this party: the packet, and when it was sent.
    pub(in crate::flow) fn find_quoted(
        &mut self,
        cause: Party,
        now: CurrentPacket,
        error: &IcmpError<'_>,
    ) -> Option<(u64, PackedTime)> {
        if self.opening == Opening::Unanswered && cause == Party::Client {
            self.opening = Opening::Refused;
        }
        // What else it may say, such as that a parameter is wrong, does not show it.
        let is_undelivered = error.says != IcmpErrorKind::Other;
        self.outstanding.quoted(cause, now, error.sequence?, is_undelivered)
    }
}

/// The first and the last number that arrived twice. RFC 2883 section 4: the first block lies below the acknowledgment number, or inside
/// the second one.
pub(super) fn arrived_twice(other: &Stream, to: i64, info: &TcpSegmentInfo) -> Option<(u32, u32)> {
    let [Some(block), second, ..] = info.sack else {
        return None;
    };
    let (left, right) = (other.relative(block.0), other.relative(block.1));
    let inside = second.is_some_and(|(from, until)| other.relative(from) <= left && right <= other.relative(until));
    (left < right && (right <= to || inside)).then(|| (block.0, block.1.wrapping_sub(1)))
}
