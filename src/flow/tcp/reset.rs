//! What a RST does at its receiver, and why it was sent. RFC 9293 sections 3.5.2, 3.5.3, 3.10.7; RFC 5961 section 3

use super::{SegmentPosition, Tcp};
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment::{RemarkableReset, ResetCause, Segment, SegmentPart};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::{ObservedState, State};
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// A RST that its receiver does not take: it changes nothing.
    pub(super) fn reset_not_taken(&mut self, position: SegmentPosition, info: &TcpSegmentInfo) -> Option<Segment> {
        if !info.rst || info.is_stray() || self.is_over() {
            return None;
        }
        let effect = self.reset_effect(position)?;
        if effect == RemarkableReset::Challenged {
            self.disturb(position.sender);
            // It may be genuine, and data before it missing in the capture.
            let shown = self.stream(position.sender).observed_state();
            let doubted = ObservedState {
                inferred: true,
                ..shown
            };
            self.stream_mut(position.sender).set_state(doubted);
        }
        let part = SegmentPart::Reset(ResetCause::NotTaken(effect));
        Some(self.header(position.sender, info, part))
    }

    /// What the receiver does with it: `None` when it takes it.
    fn reset_effect(&self, position: SegmentPosition) -> Option<RemarkableReset> {
        let receiver = position.sender.other();
        let (own, other) = (self.stream(position.sender), self.stream(receiver));
        let answers_syn = |to: i64| to > 0 && to <= other.next();
        if other.is(StreamFlag::SynSeen) && !own.is(StreamFlag::Sent) && !other.syn_is_acked() {
            // Its receiver is in SYN-SENT: the acknowledgment number alone is the proof. RFC 9293 section 3.10.7.3
            let is_answer = position.acknowledgment.is_some_and(answers_syn);
            return (!is_answer).then_some(RemarkableReset::Ignored);
        }
        if !own.is(StreamFlag::Begun) || other.observed_state().state == State::Unknown {
            // What it expects was not captured.
            return None;
        }
        // What it expects next is known as far as it has acknowledged, and as far as something was sent.
        let (from, to) = (own.acked(), own.next().max(own.acked()));
        // Linux takes a RST in place of the FIN. net/ipv4/tcp_input.c, tcp_reset_check()
        let in_place_of_fin = own.fin() == Some(position.start);
        if (from..=to).contains(&position.start) || in_place_of_fin {
            return None;
        }
        let window = self.window_of(receiver).unwrap_or_else(|| u64::from(other.window));
        let edge = from.saturating_add(i64::try_from(window).unwrap_or(i64::MAX));
        let is_inside = position.start > to && position.start < edge;
        Some(if is_inside {
            RemarkableReset::Challenged
        } else {
            RemarkableReset::Ignored
        })
    }

    /// Why a RST was sent, told from what was known before it.
    pub(super) fn reset_cause(&self, position: SegmentPosition, info: &TcpSegmentInfo) -> ResetCause {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        if self.is_over() {
            return ResetCause::ConnectionOver;
        }
        let asks_nothing_known = info.acknowledgment.is_none() || info.sequence == 0;
        if self.opening == Opening::Unanswered && position.sender == Party::Server && !own.is(StreamFlag::Sent) {
            return ResetCause::NobodyListens;
        }
        if self.opening == Opening::NotCompleted && position.sender == Party::Client && own.is(StreamFlag::SynSeen) {
            return ResetCause::BreaksOffHandshake;
        }
        if own.is(StreamFlag::FinSeen) && other.in_flight().is_some_and(|bytes| bytes > 0) {
            return ResetCause::DataAfterClose;
        }
        // RFC 9293 section 3.10.7.1: it takes its number from the acknowledgment that it answers, or has 0.
        let answers = position.start == own.acked() || info.sequence == 0;
        if asks_nothing_known && answers {
            return ResetCause::NoSuchConnection;
        }
        ResetCause::Abort
    }

    /// Did this sender's RST come from elsewhere? An end that has sent one sends nothing new.
    pub(super) fn goes_on(&self, position: SegmentPosition, info: &TcpSegmentInfo) -> bool {
        let own = self.stream(position.sender);
        self.ending == Ending::Reset(position.sender)
            && !info.rst
            && !info.syn
            && !info.is_stray()
            && info.length() > 0
            && position.end > own.next()
    }

    /// How it stood before the RST.
    pub(super) fn take_reset_back(&mut self) {
        let closed = self.client.is(StreamFlag::FinSeen) && self.server.is(StreamFlag::FinSeen);
        self.ending = match self.first_fin {
            None => Ending::Open,
            Some(first) if closed => Ending::Closed(first),
            Some(first) => Ending::HalfClosed(first),
        };
    }
}
