//! How a connection ends. RFC 9293 section 3.6; RST: section 3.5.2

use super::{SegmentPosition, Tcp};
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment::ResetCause;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// Takes note of a FIN or RST.
    pub(super) fn close(&mut self, position: SegmentPosition, info: &TcpSegmentInfo) {
        let sender = position.sender;
        if info.is_stray() || self.is_over() {
            return;
        }
        if info.rst {
            self.ending = Ending::Reset(sender);
            self.outstanding.clear();
        } else if info.fin {
            let their_fin = self.stream(sender.other()).fin();
            let has_got_it = their_fin.is_some_and(|fin| position.acknowledgment.is_some_and(|to| to > fin));
            match self.ending {
                Ending::Open => self.ending = Ending::HalfClosed(sender),
                Ending::HalfClosed(first) if first != sender => {
                    self.ending = if has_got_it {
                        Ending::Closed(first)
                    } else {
                        Ending::ClosedTogether
                    };
                }
                _ => {}
            }
            self.first_fin.get_or_insert(sender);
        }
    }

    /// Why a RST was sent, told from what was known before it.
    pub(super) fn reset_cause(&self, position: SegmentPosition, info: &TcpSegmentInfo) -> ResetCause {
        let (own, other) = (self.stream(position.sender), self.stream(position.sender.other()));
        let asks_nothing_known = info.acknowledgment.is_none() || info.sequence == 0;
        if self.opening == Opening::Unanswered && position.sender == Party::Server && !own.is(StreamFlag::Sent) {
            return ResetCause::NobodyListens;
        }
        if self.opening == Opening::NotCompleted && position.sender == Party::Client && own.is(StreamFlag::SynSeen) {
            return ResetCause::HalfOpenScan;
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
}
