//! What is remarkable about a segment, told from what was known before it.

use super::analysis::Analysis;
use super::{Place, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::packed_time::Now;
use crate::flow::segment::Remark;
use crate::flow::stream::{Fact, Stream};

/// Without a measured handshake: segments so close together, in nanoseconds, were rather reordered than sent again. As
/// Wireshark has it.
const REORDERED_WITHIN: i64 = 3_000_000;
/// So many duplicate acknowledgments ask for a segment. RFC 5681 section 3.2
const ASKING: u8 = 3;

impl Tcp {
    pub(super) fn analyze(&mut self, place: Place, now: Now, pause: Option<i64>, arrival: &TcpSegmentInfo) -> Analysis {
        let mut analysis = Analysis::default();
        if self.reuses_ports && arrival.syn && !self.client.is(Fact::Sent) && !self.server.is(Fact::Sent) {
            analysis.remark(Remark::PortReuse);
        }
        if self.is_over() {
            analysis.remark(Remark::AfterEnd);
        }
        if arrival.syn && arrival.data > 0 {
            analysis.remark(Remark::DataInSyn);
        }
        if let Some((_, echo)) = arrival.timestamps {
            analysis.echoes = self.outstanding.stamped(place.sender.other(), now, echo);
        }
        if !arrival.is_stray() && !arrival.rst {
            self.questions(place, arrival, &mut analysis);
            self.acknowledgments(place, arrival, &mut analysis);
            self.transmissions(place, now, pause, arrival, &mut analysis);
            self.windows(place, arrival, &mut analysis);
            self.closes(place, arrival, &mut analysis);
        }
        analysis
    }

    /// Keep-alives, window probes, and the answers to both.
    fn questions(&self, place: Place, arrival: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(place.sender), self.stream(place.sender.other()));
        if arrival.syn || arrival.fin {
            return;
        }
        // What the other end has acknowledged was sent, though it was not captured.
        let next = if own.is(Fact::Sent) { own.next() } else { own.acked() };
        let is_closed = other.is(Fact::Sent) && other.window == 0;
        // Linux asks for a window with the number before the next one and no data, others with the next byte.
        let is_old = arrival.data <= 1 && place.start == next - 1 && own.acked() >= next && !own.is(Fact::FinSeen);
        let is_next = arrival.data == 1 && place.start == next;
        analysis.asks_window = is_closed && (is_old || is_next);
        analysis.asks_alive = is_old && !is_closed;
        let repeats = arrival.data == 0
            && place.start == next
            && place.acknowledgment == Some(other.acked())
            && !place.is_first_word;
        let took_it =
            arrival.data == 0 && place.start == next && place.acknowledgment == Some(other.next().saturating_add(1));
        analysis.answers_alive = repeats && other.is(Fact::AskedAlive);
        analysis.answers_window = (repeats || took_it) && other.is(Fact::AskedWindow);
    }

    /// Duplicate acknowledgments, window updates, and acknowledgments of what was not captured.
    fn acknowledgments(&self, place: Place, arrival: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(place.sender), self.stream(place.sender.other()));
        let Some(to) = place.acknowledgment else {
            return;
        };
        analysis.acknowledges_more = to > other.acked() || place.is_first_word;
        let took_probe = other.is(Fact::AskedWindow) && to == other.next().saturating_add(1);
        if other.is(Fact::Sent) && to > other.whole().max(other.acked()) && !took_probe {
            analysis.remark(Remark::AcknowledgesUnseen);
        }
        if duplicate_sack(other, to, arrival) {
            analysis.remark(Remark::DuplicateSack);
        }
        let repeats = arrival.data == 0
            && !arrival.syn
            && !arrival.fin
            && own.is(Fact::Sent)
            && place.start == own.next()
            && to == other.acked()
            && !place.is_first_word;
        if !repeats || arrival.window == 0 || analysis.answers_alive {
            return;
        }
        if arrival.window != own.window {
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
        place: Place,
        now: Now,
        pause: Option<i64>,
        arrival: &TcpSegmentInfo,
        analysis: &mut Analysis,
    ) {
        let own = self.stream(place.sender);
        let (next, acked) = (own.next(), own.acked());
        if !own.is(Fact::Sent) || place.start >= next {
            analysis.is_new = true;
            if own.is(Fact::Sent) && place.start > next {
                analysis.remark(Remark::Gap);
            }
            return;
        }
        if place.end <= place.start || analysis.asks_alive || analysis.asks_window {
            return;
        }
        if arrival.syn && !own.is(Fact::SynSeen) {
            // What it opens has gone on already.
            analysis.remark(Remark::OutOfOrder);
            return;
        }
        if self.crossing && arrival.syn && arrival.acknowledgment.is_some() {
            // The answer to the SYN that crossed has the number of the own one. RFC 9293 section 3.5, figure 7
            return;
        }
        if place.end <= acked {
            analysis.remark(Remark::Retransmission);
            analysis.remark(Remark::SpuriousRetransmission);
            return;
        }
        let lost_track = own.is(Fact::LostTrack);
        let last_sent = self.outstanding.last_sent(place.sender);
        let earlier = self.outstanding.repeat(place.sender, now, arrival.trace());
        analysis.first_sent = earlier.first.map(|(packet, _)| packet);
        let old = (place.end.min(next) - place.start.max(acked)).max(0).unsigned_abs();
        let hole = old.saturating_sub(earlier.numbers);
        let since = last_sent.and_then(|sent| now.time.since(sent)).or(pause);
        let is_recent = since.is_some_and(|since| since < self.handshake.get().unwrap_or(REORDERED_WITHIN));
        let was_asked_for = self.was_asked_for(place);
        if place.end > next {
            analysis.is_new = true;
            let fills = earlier.numbers == 0 && place.start >= acked && !lost_track;
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
        if was_asked_for && analysis.remarks.has(Remark::Retransmission) {
            analysis.remark(Remark::FastRetransmission);
        }
    }

    /// Have duplicate acknowledgments asked for just this segment?
    fn was_asked_for(&self, place: Place) -> bool {
        let (own, other) = (self.stream(place.sender), self.stream(place.sender.other()));
        other.duplicates >= ASKING && place.start == own.acked()
    }

    fn windows(&self, place: Place, arrival: &TcpSegmentInfo, analysis: &mut Analysis) {
        if arrival.syn || arrival.fin {
            return;
        }
        if arrival.window == 0 {
            analysis.remark(Remark::ZeroWindow);
        }
        if arrival.data == 0 || analysis.asks_window || analysis.asks_alive {
            return;
        }
        let receiver = place.sender.other();
        let edge = self.window_of(receiver).and_then(|window| {
            let acked = self.stream(place.sender).acked();
            acked.checked_add(i64::try_from(window).ok()?)
        });
        if edge == Some(place.end) {
            analysis.remark(Remark::WindowFull);
        }
    }

    /// Half closed, and closed by both at once.
    fn closes(&self, place: Place, arrival: &TcpSegmentInfo, analysis: &mut Analysis) {
        let (own, other) = (self.stream(place.sender), self.stream(place.sender.other()));
        let Some(their_fin) = other.fin() else {
            return;
        };
        if arrival.data > 0 && !own.is(Fact::FinSeen) {
            analysis.remark(Remark::HalfClosed);
        }
        let has_got_it = place.acknowledgment.is_some_and(|to| to > their_fin);
        if arrival.fin && !has_got_it && (!own.is(Fact::FinSeen) || self.first_fin == Some(place.sender.other())) {
            analysis.remark(Remark::SimultaneousClose);
        }
    }
}

/// RFC 2883 section 4: the first block lies below the acknowledgment number, or inside of the second one.
fn duplicate_sack(other: &Stream, to: i64, arrival: &TcpSegmentInfo) -> bool {
    let [Some((left, right)), second] = arrival.sack else {
        return false;
    };
    let (left, right) = (other.relative(left), other.relative(right));
    let inside = second.is_some_and(|(from, until)| other.relative(from) <= left && right <= other.relative(until));
    left < right && (right <= to || inside)
}
