//! Is a segment of this connection, or of another between the same addresses and ports? RFC 9293 section 3.5

use super::Tcp;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// Does this segment open another connection between the same ports? A SYN with another initial sequence number does;
    /// with the same one it is a retransmission. So does such a SYN-ACK, unless it answers the SYN of this connection.
    pub(in crate::flow) fn is_left_for(&self, sender: Party, info: &TcpSegmentInfo) -> bool {
        let own = self.stream(sender);
        // After a bare acknowledgment the server's own SYN may come: a split handshake.
        let is_apart = sender == Party::Server
            && self.opening == Opening::Unanswered
            && info.acknowledgment.is_none()
            && !own.is(StreamFlag::SynSeen)
            && own.next() <= 1;
        if is_apart {
            return false;
        }
        let opens = info.syn && !info.is_stray() && own.is(StreamFlag::Begun) && !own.begins_at(info.sequence);
        opens && !info.acknowledgment.is_some_and(|to| self.answers(sender, to))
    }

    /// Does this number acknowledge the SYN of this connection?
    fn answers(&self, sender: Party, to: u32) -> bool {
        let other = self.stream(sender.other());
        let is_over = self.is_over() && !matches!(self.opening, Opening::Unanswered | Opening::NotCompleted);
        other.is(StreamFlag::SynSeen) && other.begins_at(to.wrapping_sub(1)) && !is_over
    }

    /// Can the numbers of this segment be of this connection?
    pub(in crate::flow) fn fits(&self, sender: Party, info: &TcpSegmentInfo) -> bool {
        let (own, other) = (self.stream(sender), self.stream(sender.other()));
        // RFC 9293 section 3.10.7.1: a RST that answers a segment without acknowledgment has the number 0.
        let is_answer = info.rst && info.sequence == 0 && info.acknowledgment.is_some();
        let is_own = !own.is(StreamFlag::SynSeen) || is_answer || own.relative(info.sequence) >= 0;
        let acknowledges = info.acknowledgment.is_none_or(|to| {
            let to = if other.is(StreamFlag::SynSeen) {
                other.relative(to)
            } else {
                1
            };
            (1..=other.next().saturating_add(1 << 30)).contains(&to)
        });
        is_own && acknowledges
    }

    /// Does a SYN of this number repeat this sender's?
    pub(in crate::flow) fn repeats_syn(&self, sender: Party, info: &TcpSegmentInfo) -> bool {
        let own = self.stream(sender);
        info.syn && own.is(StreamFlag::SynSeen) && own.begins_at(info.sequence) && !self.is_over()
    }

    /// Another SYN came from this sender, which the other end answers by saying what it expects. RFC 9293 section 3.10.7.4
    pub(in crate::flow) fn disturb(&mut self, sender: Party) {
        self.challenged = Some(sender.other());
    }

    /// Its SYN reached an end that still has the connection before, and says what that expects. RFC 9293 section 3.5.1
    /// Once the SYN was sent again, it is not known which one did.
    pub(in crate::flow) fn take_challenge(&mut self) {
        if self.opening == Opening::Unanswered && !self.client.is(StreamFlag::SynAgain) {
            self.client.set(StreamFlag::SynChallenged, true);
        }
    }

    /// Is the connection over?
    pub(in crate::flow) fn is_over(&self) -> bool {
        matches!(self.ending, Ending::Reset(_)) || (self.client.fin_is_acked() && self.server.fin_is_acked())
    }
}
