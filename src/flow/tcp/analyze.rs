//! What is remarkable about a segment, told from what was known before it.

use super::analysis::Analysis;
use super::repetition::arrived_twice;
use super::{EarlierConnection, SegmentPosition, Tcp};
use crate::flow::packed_time::CurrentPacket;
use crate::flow::segment::Remark;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

/// Without a measured handshake: segments so close together, in nanoseconds, were rather reordered than sent again. As
/// Wireshark has it.
const REORDERED_WITHIN: i64 = 3_000_000;
/// This many duplicate acknowledgments ask for a segment. RFC 5681 section 3.2
const ASKING: u8 = 3;

impl Tcp {
    pub(super) fn analyze(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        pause: Option<i64>,
        info: &TcpSegmentInfo,
    ) -> Analysis {
        let mut analysis = Analysis::default();
        if self.earlier.is_some() && info.syn && !self.client.is(StreamFlag::Sent) && !self.server.is(StreamFlag::Sent)
        {
            analysis.remark(match self.earlier {
                Some(EarlierConnection::Open) => Remark::OtherSyn,
                _ => Remark::PortReuse,
            });
        }
        if self.knows_end(position, info) {
            analysis.remark(Remark::AfterEnd);
        }
        if info.syn && info.data > 0 {
            analysis.remark(Remark::DataInSyn);
        }
        if let Some((_, echo)) = info.timestamps {
            analysis.echoes = self.outstanding.stamped(position.sender.other(), now, echo);
        }
        if !info.is_stray() && !info.rst {
            self.questions(position, info, &mut analysis);
            self.acknowledgments(position, info, &mut analysis);
            self.transmissions(position, now, pause, info, &mut analysis);
            self.windows(position, info, &mut analysis);
            self.closes(position, info, &mut analysis);
        }
        analysis
    }

    /// Keep-alives, window probes, and the answers to both.
    fn questions(&self, position: SegmentPosition, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        if info.syn || info.fin {
            return;
        }
        // What the other end has acknowledged was sent, though it was not captured.
        let next = if own.is(StreamFlag::Sent) {
            own.next()
        } else {
            own.acked()
        };
        let is_closed = other.is(StreamFlag::Sent) && other.window == 0;
        // Linux asks for a window with the number before the next one and no data, others with the next byte.
        let is_old =
            info.data <= 1 && position.start == next - 1 && own.acked() >= next && !own.is(StreamFlag::FinSeen);
        let is_next = info.data == 1 && position.start == next;
        analysis.asks_window = is_closed && (is_old || is_next);
        analysis.asks_alive = is_old && !is_closed;
        let repeats = info.data == 0
            && position.start == next
            && position.acknowledgment == Some(other.acked())
            && !position.is_first_word;
        let took_it =
            info.data == 0 && position.start == next && position.acknowledgment == Some(other.next().saturating_add(1));
        analysis.answers_alive = repeats && other.is(StreamFlag::AskedAlive);
        analysis.answers_window = (repeats || took_it) && other.is(StreamFlag::AskedWindow);
    }

    /// Duplicate acknowledgments, window updates, and acknowledgments of what was not captured.
    fn acknowledgments(&self, position: SegmentPosition, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        let Some(to) = position.acknowledgment else {
            return;
        };
        analysis.acknowledges_more = to > other.acked() || position.is_first_word;
        let took_probe = other.is(StreamFlag::AskedWindow) && to == other.next().saturating_add(1);
        if other.is(StreamFlag::Sent) && to > other.whole().max(other.acked()) && !took_probe {
            analysis.remark(Remark::AcknowledgesUnseen);
        }
        analysis.arrived_twice = arrived_twice(other, to, info);
        if analysis.arrived_twice.is_some() {
            analysis.remark(Remark::DuplicateSack);
        }
        let repeats = info.data == 0
            && !info.syn
            && !info.fin
            && own.is(StreamFlag::Sent)
            && position.start == own.next()
            && to == other.acked()
            && !position.is_first_word;
        if !repeats || info.window == 0 || analysis.answers_alive {
            return;
        }
        if info.window != own.window {
            analysis.updates_window = true;
            analysis.answers_window = false;
        } else if other.next() > other.acked() && !analysis.answers_window {
            // RFC 5681 section 2: something has to be outstanding.
            analysis.remark(Remark::DuplicateAck);
        }
    }

    /// Gaps, repetitions, and what comes out of order.
    fn transmissions(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        pause: Option<i64>,
        info: &TcpSegmentInfo,
        analysis: &mut Analysis,
    ) {
        let own = self.stream(position.sender);
        let (next, acked) = (own.next(), own.acked());
        if !own.is(StreamFlag::Sent) || position.start >= next {
            analysis.is_new = true;
            if own.is(StreamFlag::Sent) && position.start > next {
                analysis.remark(Remark::Gap);
            }
            return;
        }
        if position.end <= position.start || analysis.asks_alive || analysis.asks_window {
            return;
        }
        if info.syn && !own.is(StreamFlag::SynSeen) {
            // What it opens has gone on already.
            analysis.remark(Remark::OutOfOrder);
            return;
        }
        if self.crossing && info.syn && info.acknowledgment.is_some() {
            // The answer to the SYN that crossed has the number of the own one. RFC 9293 section 3.5, figure 7
            return;
        }
        if position.end <= acked {
            analysis.remark(Remark::Retransmission);
            analysis.remark(Remark::SpuriousRetransmission);
            self.repetition_of_acknowledged(position, now, info, analysis);
            return;
        }
        let lost_track = own.is(StreamFlag::LostTrack);
        let last_sent = self.outstanding.last_sent(position.sender);
        let earlier = self.outstanding.repeat(position.sender, now, info.trace());
        analysis.first_sent = earlier.first.map(|first| first.packet);
        let old = (position.end.min(next) - position.start.max(acked))
            .max(0)
            .unsigned_abs();
        let hole = old.saturating_sub(earlier.numbers);
        let since = last_sent.and_then(|sent| now.time.since(sent)).or(pause);
        let is_recent = since.is_some_and(|since| since < self.handshake.get().unwrap_or(REORDERED_WITHIN));
        let was_asked_for = self.was_asked_for(position);
        if position.end > next {
            analysis.is_new = true;
            let fills = earlier.numbers == 0 && position.start >= acked && !lost_track;
            analysis.fills_hole = fills;
            analysis.remark(if fills { Remark::OutOfOrder } else { Remark::Overlap });
        } else if hole > 0 && !lost_track {
            analysis.is_new = earlier.numbers == 0;
            analysis.fills_hole = analysis.is_new;
            analysis.remark(match (earlier.numbers, is_recent && !was_asked_for) {
                (0, true) => Remark::OutOfOrder,
                (0, false) => Remark::Retransmission,
                _ => Remark::Overlap,
            });
        } else if lost_track && hole > 0 && is_recent && !was_asked_for {
            analysis.remark(Remark::OutOfOrder);
        } else {
            analysis.remark(Remark::Retransmission);
        }
        if analysis.remarks.has(Remark::Retransmission) {
            analysis.repetition = Some(self.repetition(position, info, &earlier, hole));
            if was_asked_for {
                analysis.remark(Remark::FastRetransmission);
            }
        }
    }

    /// Have duplicate acknowledgments asked for just this segment?
    fn was_asked_for(&self, position: SegmentPosition) -> bool {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        other.duplicates >= ASKING && position.start == own.acked()
    }

    fn windows(&self, position: SegmentPosition, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        if info.syn || info.fin {
            return;
        }
        if info.window == 0 {
            analysis.remark(Remark::ZeroWindow);
        }
        if info.data == 0 || analysis.asks_window || analysis.asks_alive {
            return;
        }
        let receiver = position.sender.other();
        let edge = self.window_of(receiver).and_then(|window| {
            let acked = self.stream(position.sender).acked();
            acked.checked_add(i64::try_from(window).ok()?)
        });
        if edge == Some(position.end) {
            analysis.remark(Remark::WindowFull);
        }
    }

    /// Half closed, and closed by both at once.
    fn closes(&self, position: SegmentPosition, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        let Some(their_fin) = other.fin() else {
            return;
        };
        if info.data > 0 && !own.is(StreamFlag::FinSeen) && !analysis.may_be_older() {
            analysis.remark(Remark::HalfClosed);
        }
        let has_got_it = position.acknowledgment.is_some_and(|to| to > their_fin);
        if info.fin && !has_got_it && (!own.is(StreamFlag::FinSeen) || self.first_fin == Some(position.sender.other()))
        {
            analysis.remark(Remark::SimultaneousClose);
        }
    }
}
