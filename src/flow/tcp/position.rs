//! Where a segment is in its stream.

use super::{SegmentPosition, Tcp};
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::State;
use crate::flow::stream::{Stream, StreamFlag};

impl Tcp {
    /// Starts the count of numbers, and finds the segment's place.
    pub(super) fn position(&mut self, sender: Party, info: &TcpSegmentInfo) -> SegmentPosition {
        let own = self.stream_mut(sender);
        if info.syn && !info.is_stray() && own.is(StreamFlag::Begun) && !own.begins_at(info.sequence) {
            // Only in a handshake that is not complete: the server forgot its first answer, as one with SYN cookies does (RFC 4987 section 3.6), and counts from there.
            *own = Stream::new(own.observed_state());
            self.outstanding.forget(sender);
        }
        let own = self.stream_mut(sender);
        let waits = own.is(StreamFlag::SynSeen) && own.observed_state().state == State::SynSent;
        // As Wireshark counts: without SYN the first byte seen is 1. The number of a RST may be no number of a stream.
        if !info.rst {
            own.begin(if info.syn {
                info.sequence
            } else {
                info.sequence.wrapping_sub(1)
            });
        }
        let start = own.place(info.sequence);
        let other = self.stream_mut(sender.other());
        let is_first_word = info.acknowledgment.is_some() && !other.is(StreamFlag::Begun);
        let acknowledgment = info.acknowledgment.map(|raw| {
            if !other.is(StreamFlag::Begun) {
                other.begin(raw.wrapping_sub(1));
                other.acknowledge(1);
            }
            other.relative(raw)
        });
        SegmentPosition {
            sender,
            start,
            end: start.saturating_add(i64::from(info.length())),
            acknowledgment,
            is_first_word,
            proves_syn_ack: is_first_word && waits && !info.syn && !info.rst && !info.is_stray(),
        }
    }
}
