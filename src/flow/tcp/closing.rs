//! How a connection ends. RFC 9293 section 3.6; RST: section 3.5.2

use super::{Place, Tcp};
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment::ResetCause;
use crate::flow::stream::Fact;

impl Tcp {
    /// Takes note of a FIN or RST.
    pub(super) fn close(&mut self, place: Place, arrival: &TcpSegmentInfo) {
        let sender = place.sender;
        if arrival.is_stray() || self.is_over() {
            return;
        }
        if arrival.rst {
            self.ending = Ending::Reset(sender);
            self.outstanding.clear();
        } else if arrival.fin {
            let their_fin = self.stream(sender.other()).fin();
            let has_got_it = their_fin.is_some_and(|fin| place.acknowledgment.is_some_and(|to| to > fin));
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
    pub(super) fn reset_cause(&self, place: Place, arrival: &TcpSegmentInfo) -> ResetCause {
        let (own, other) = (self.stream(place.sender), self.stream(place.sender.other()));
        let asks_nothing_known = arrival.acknowledgment.is_none() || arrival.sequence == 0;
        if self.opening == Opening::Unanswered && place.sender == Party::Server && !own.is(Fact::Sent) {
            return ResetCause::NobodyListens;
        }
        if self.opening == Opening::NotCompleted && place.sender == Party::Client && own.is(Fact::SynSeen) {
            return ResetCause::HalfOpenScan;
        }
        if own.is(Fact::FinSeen) && other.in_flight().is_some_and(|bytes| bytes > 0) {
            return ResetCause::DataAfterClose;
        }
        // RFC 9293 section 3.10.7.1: it takes its number from the acknowledgment that it answers, or has 0.
        let answers = place.start == own.acked() || arrival.sequence == 0;
        if asks_nothing_known && answers {
            return ResetCause::NoSuchConnection;
        }
        ResetCause::Abort
    }
}
