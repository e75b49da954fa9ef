//! What is remarkable about a segment, told from what was known before it.

use super::analysis::Analysis;
use super::repetition::arrived_twice;
use super::{EarlierConnection, SegmentPosition, Tcp};
use crate::flow::marks::Mark;
use crate::flow::packed_time::CurrentPacket;
use crate::flow::recent::Earlier;
use crate::flow::repetition::Asked;
use crate::flow::segment::Remark;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::signs::DuplicateCause;
use crate::flow::stream::StreamFlag;

/// Without a measured round trip: segments so close together, in nanoseconds, were rather reordered than sent again. As
/// Wireshark has it.
const REORDERED_WITHIN: i64 = 3_000_000;
/// What a host takes for a packet, in nanoseconds, when much goes on in it.
const ON_A_HOST: i64 = 1_000_000;
/// No keep-alive comes sooner after another segment, in nanoseconds (Linux: `TCP_KEEPIDLE`, one second at least).
const SHORTEST_KEEP_ALIVE: i64 = 1_000_000_000;

impl Tcp {
    pub(super) fn analyze(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        pause: Option<i64>,
        info: &TcpSegmentInfo,
        earlier: Option<Earlier>,
    ) -> Analysis {
        let mut analysis = Analysis::default();
        if self.earlier.is_some() && info.syn && !self.client.is(StreamFlag::Sent) && !self.server.is(StreamFlag::Sent)
        {
            analysis.remark(match self.earlier {
                Some(EarlierConnection::Open) => Remark::OtherSyn,
                _ => Remark::PortReuse,
            });
        }
        let is_over = self.is_over();
        let other = self.stream(position.sender.other());
        if is_over || (info.length() == 0 && position.acknowledgment.is_some_and(|to| to < other.acked())) {
            self.overtaken(position, now, info, &mut analysis);
        }
        if is_over {
            self.after_end(position, now, info, &mut analysis);
        }
        let other = self.stream(position.sender.other());
        analysis.signs.acknowledges_uncaptured = position.acknowledgment.is_some() && !other.is(StreamFlag::Sent);
        let mss = other.mss;
        analysis.signs.larger_than = (mss > 0 && info.data > u32::from(mss)).then_some(mss);
        if info.syn && info.data > 0 {
            analysis.remark(Remark::DataInSyn);
        }
        analysis.has_marks = info.timestamps.is_some();
        if let Some((_, echo)) = info.timestamps {
            analysis.echoes = self.outstanding.stamped(position.sender.other(), now, echo);
        }
        if !info.is_stray() && !info.rst {
            self.questions(position, pause, info, &mut analysis);
            analysis.signs.same_as = Self::same(now, earlier).filter(|_| info.length() == 0);
            self.acknowledgments(position, info, &mut analysis);
            self.transmissions(position, now, pause, info, earlier, &mut analysis);
            self.windows(position, info, &mut analysis);
            self.closes(position, info, &mut analysis);
        }
        analysis
    }

    /// An acknowledgment that says less than one before, or what comes after the end: was it sent before that?
    fn overtaken(&self, position: SegmentPosition, now: CurrentPacket, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        let latest = self.latest(position.sender, now);
        analysis.signs.order = self.order(position.sender, info, latest);
        // No end takes an acknowledgment back (RFC 9293 section 3.4), so one with a lower number was sent before. What comes before all
        // data that were captured is not lower than one that was.
        let other = self.stream(position.sender.other());
        let was_said = !other.is(StreamFlag::AckAssumed);
        let is_lower = was_said && position.acknowledgment.is_some_and(|to| to < other.acked());
        let shows_it = is_lower && !info.rst && !info.syn && !info.is_stray();
        if info.length() == 0 && analysis.signs.order.map_or(shows_it, |order| order.is_before) {
            analysis.remark(Remark::OutOfOrder);
            analysis.signs.has_lower_acknowledgment = analysis.signs.order.is_none();
        }
    }

    /// Of what comes here after the end: did its sender know of that?
    fn after_end(&self, position: SegmentPosition, now: CurrentPacket, info: &TcpSegmentInfo, analysis: &mut Analysis) {
        let own = self.stream(position.sender);
        // Until the other end's last segment was there, and this one here.
        let has_crossed = now
            .time
            .since(self.ended)
            .zip(own.nearest())
            .is_some_and(|(since, trip)| {
                (0..=trip.saturating_add(trip / 2).saturating_add(ON_A_HOST)).contains(&since)
            });
        let says_itself = analysis.signs.order.is_some_and(|order| order.is_before);
        // What comes again does so because its sender has not seen the last acknowledgment: it knows of no end.
        let comes_again = info.length() > 0 && position.end <= own.acked();
        if says_itself || comes_again {
            return;
        }
        if self.knows_end(position, info) {
            analysis.remark(Remark::AfterEnd);
        } else if has_crossed && self.ended_by != Some(position.sender) {
            analysis.remark(Remark::CrossesEnd);
        }
    }

    /// Keep-alives, window probes, and the answers to both.
    fn questions(&self, position: SegmentPosition, pause: Option<i64>, info: &TcpSegmentInfo, analysis: &mut Analysis) {
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
        // A byte that is pushed, or comes soon, is the last one sent again. RFC 9293 section 3.8.4: a keep-alive has none, or any.
        let is_byte = info.data == 1 && (info.psh || pause.is_some_and(|pause| pause < SHORTEST_KEEP_ALIVE));
        analysis.asks_alive = is_old && !is_closed && !is_byte;
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
            && position.start >= own.next()
            && to == other.acked()
            && !position.is_first_word;
        if !repeats || info.window == 0 || analysis.answers_alive {
            analysis.signs.same_as = None;
            return;
        }
        let is_outstanding = other.next() > other.acked();
        let reports_gap = analysis.arrived_twice.is_none() && info.sack.first().is_some_and(Option::is_some);
        // What arrived since then comes first (RFC 2018 section 4): nothing did, and only the window is new.
        let is_only_window = info.window != own.window && own.reported == info.reported();
        if is_outstanding && reports_gap && !is_only_window {
            // RFC 6675 section 2: what it reports counts, whatever its window.
            analysis.answers_window = false;
            analysis.signs.duplicate = Some(DuplicateCause::Gap);
        } else if info.window != own.window {
            // An end that does not report what came before its turn may say so by this.
            // So may one right after what came twice.
            analysis.updates_window = analysis.arrived_twice.is_none()
                && (self.reports() || !is_outstanding)
                && !other.is(StreamFlag::CameTwice);
            analysis.answers_window = false;
            analysis.signs.previous_window = self.window_of(position.sender);
        } else if is_outstanding && !analysis.answers_window && !self.reports() {
            // RFC 5681 section 2: something has to be outstanding. What comes before its turn has something before it.
            // Where the capture has a hole, the one that is missing here may be missing there too.
            let is_alone = !other.is(StreamFlag::LostTrack)
                && other.whole() >= other.next()
                && self.outstanding.is_alone(position.sender.other());
            analysis.signs.duplicate = Some(if is_alone && analysis.signs.same_as.is_none() {
                DuplicateCause::Twice
            } else {
                DuplicateCause::GapOrTwice
            });
        }
        let is_open = analysis.signs.duplicate == Some(DuplicateCause::GapOrTwice);
        analysis.signs.same_as = analysis.signs.same_as.filter(|_| is_open);
        if analysis.signs.duplicate.is_some() {
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
        recent: Option<Earlier>,
        analysis: &mut Analysis,
    ) {
        let own = self.stream(position.sender);
        let (next, acked) = (own.next(), own.acked());
        if !own.is(StreamFlag::Sent) || position.start >= next {
            analysis.is_new = true;
            if own.is(StreamFlag::Sent) && position.start > next {
                analysis.remark(Remark::Gap);
            }
            self.after_damage(position.sender, now, info, recent, analysis);
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
            self.repetition_of_acknowledged(position, now, info, recent, analysis);
            return;
        }
        let lost_track = own.is(StreamFlag::LostTrack);
        analysis.has_later = next > position.end;
        analysis.has_earlier = position.start > acked;
        let above = self.outstanding.next_above(position.sender, now, own.raw(position.end));
        let earlier = self.outstanding.repeat(position.sender, now, info.trace());
        analysis.first_sent = earlier.first.map(|first| first.packet);
        let old = (position.end.min(next) - position.start.max(acked))
            .max(0)
            .unsigned_abs();
        let hole = old.saturating_sub(earlier.numbers);
        let request = self.asked(position, now, &earlier, pause);
        if hole == 0 || earlier.numbers > 0 {
            // All of it was captured before: was this one sent before that?
            let first = earlier.first.map(|first| first.sign);
            analysis.signs.order = first.and_then(|first| self.order(position.sender, info, first));
            analysis.is_repeated_again = earlier.first.is_some_and(|first| first.marks.has(Mark::Repeated));
            if let Some(recent) = recent {
                analysis.recognize(now, info, recent);
            }
            let since = earlier.first.and_then(|first| now.time.since(first.time));
            analysis.signs.since_first = analysis.signs.since_first.or(since);
        } else {
            let above_sign = above.map_or_else(|| self.latest(position.sender, now), |(sign, _)| sign);
            analysis.signs.order = self.order(position.sender, info, above_sign);
        }
        let is_before = analysis.signs.order.map(|order| order.is_before);
        let since = above.and_then(|(_, time)| now.time.since(time)).or(pause);
        let round_trip = self.stream(position.sender).nearest();
        let is_soon = since.is_some_and(|since| since < round_trip.unwrap_or(REORDERED_WITHIN));
        let is_overtaken = is_before.unwrap_or_else(|| {
            analysis.signs.round_trip = round_trip.filter(|_| is_soon);
            is_soon && request == Asked::Not && earlier.numbers == 0
        });
        if position.end > next {
            analysis.is_new = true;
            let fills = earlier.numbers == 0 && position.start >= acked && !lost_track;
            analysis.fills_hole = fills;
            let is_late = fills && is_before != Some(false);
            analysis.remark(if is_late { Remark::OutOfOrder } else { Remark::Overlap });
        } else if hole > 0 && !lost_track {
            analysis.is_new = earlier.numbers == 0;
            analysis.fills_hole = analysis.is_new;
            analysis.remark(match (earlier.numbers, is_overtaken) {
                (0, true) => Remark::OutOfOrder,
                (0, false) => Remark::Retransmission,
                _ => Remark::Overlap,
            });
        } else if is_overtaken && (lost_track && hole > 0 || is_before == Some(true)) {
            analysis.remark(Remark::OutOfOrder);
        } else {
            analysis.remark(Remark::Retransmission);
        }
        if analysis.remarks.has(Remark::OutOfOrder) {
            analysis.first_sent = None;
            // Later than its sender needs to hear of it, the identification alone leaves open that this is the first one again.
            analysis.signs.may_be_sent_again = is_before == Some(true) && !is_soon && info.timestamps.is_none();
        }
        if analysis.remarks.has(Remark::Retransmission) {
            analysis.repetition = Some(self.repetition(position, &earlier, hole, request, analysis.signs.order));
            if request != Asked::Not {
                analysis.remark(Remark::FastRetransmission);
                self.stream_mut(position.sender).recover(StreamFlag::Recovering);
            }
        }
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
