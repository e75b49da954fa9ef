//! How a connection ends. RFC 9293 section 3.6

use super::{SegmentPosition, Tcp};
use crate::flow::conversation::Ending;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::State;

impl Tcp {
    /// Does this sender know that the connection is over? The end that closes last learns it from an acknowledgment which may be lost,
    /// and which nothing of its own confirms.
    pub(super) fn knows_end(&self, position: SegmentPosition, info: &TcpSegmentInfo) -> bool {
        let sender = position.sender;
        // An acknowledgment number below the last was sent before it, and was overtaken.
        let acked = self.stream(sender.other()).acked();
        let is_late = position.acknowledgment.is_some_and(|to| to < acked);
        let has_left = self.stream(sender).observed_state().state == State::TimeWait && !is_late;
        self.ending == Ending::Reset(sender) || self.is_over() && (has_left || info.rst)
    }

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
}
