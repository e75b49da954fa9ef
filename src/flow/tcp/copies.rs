//! A packet that is captured again, and was sent once: captured on two interfaces or a mirrored port, or repeated on the way.

use super::Tcp;
use super::repetition::ASKING;
use crate::flow::packed_time::{CurrentPacket, PacketNumber};
use crate::flow::party::Party;
use crate::flow::recent::{Earlier, RecentPacket};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::signs::Signs;
use crate::flow::stream::StreamFlag;

/// What is the same within that many nanoseconds, no timer sent again.
const COPIED_WITHIN: i64 = 3_000_000;
/// The same where the sender counts its identifications up: then one that is sent again has another, unless its network stack sends the
/// very same packet. The shortest retransmission timer in use (Linux: `TCP_RTO_MIN`).
const REPEATED_WITHIN: i64 = 200_000_000;

/// From here on, in nanoseconds, a host may have sent it again. Sooner nothing asked for it.
const SENT_AGAIN_AFTER: i64 = 1_000_000;

/// No host answers twice within that many nanoseconds.
const AT_ONCE: i64 = 20_000;

impl Tcp {
    /// The segment, if it is an earlier packet once more: nothing changes by it, in either end's state or in what is measured.
    pub(super) fn copy(
        &self,
        sender: Party,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        earlier: Option<Earlier>,
    ) -> Option<Segment> {
        let earlier = earlier.filter(|earlier| earlier.is_same)?;
        let (first, may_be_sent_again) = self.copied(sender, now, info, earlier.packet)?;
        Some(Segment {
            first_sent: Some(first.number),
            signs: Signs {
                since_first: now.time.since(first.time),
                may_be_sent_again,
                ..Signs::default()
            },
            ..self.header(sender, info, SegmentPart::Copy)
        })
    }

    /// The packet of which this one is a copy, where it is; and whether its sender may have sent this one too. Without an identification
    /// of its own a packet that is sent again at once looks the same, but for the timestamp of what carries something: of that, nothing is
    /// sent again so soon.
    fn copied(
        &self,
        sender: Party,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        first: RecentPacket,
    ) -> Option<(RecentPacket, bool)> {
        let own = self.stream(sender);
        let since = now.time.since(first.time).map(i64::abs);
        // A SYN that came again is answered again, but not at once.
        let is_answer = info.syn
            && info.acknowledgment.is_some()
            && self.stream(sender.other()).is(StreamFlag::SynAgain)
            && since.is_some_and(|since| since > AT_ONCE);
        // Linux gives a SYN-ACK no identification. No timer sends one again so soon (RFC 6298 section 2.1).
        let is_syn_ack =
            info.syn && info.acknowledgment.is_some() && !self.stream(sender.other()).is(StreamFlag::SynAgain);
        let is_identified = info.identification != 0 && !own.is(StreamFlag::SameIdentification);
        let is_marked = is_identified || is_syn_ack || (info.length() > 0 && info.timestamps.is_some() && !is_answer);
        let is_counted = is_identified && own.counted() > 0;
        // Of a SYN no timer is shorter than a second (RFC 6298 section 2.1), and its timestamp would be another one.
        let is_syn = info.syn && (info.timestamps.is_some() || is_syn_ack);
        let within = if is_counted || is_syn {
            REPEATED_WITHIN
        } else {
            COPIED_WITHIN
        };
        if since.is_some_and(|since| since > within) {
            return None;
        }
        if is_marked {
            let was_asked = self.stream(sender.other()).duplicates >= ASKING || own.is(StreamFlag::Recovering);
            let has_time = was_asked || since.is_none_or(|since| since >= SENT_AGAIN_AFTER);
            return Some((first, info.length() > 0 && has_time));
        }
        self.has_no_cause(sender, now, info, first).then_some((first, true))
    }

    /// Has nothing come that its sender would have to answer by saying the same again?
    fn has_no_cause(&self, sender: Party, now: CurrentPacket, info: &TcpSegmentInfo, first: RecentPacket) -> bool {
        let (own, other) = (self.stream(sender), self.stream(sender.other()));
        let latest = PacketNumber::from_low(other.latest).whole(now.number);
        if other.latest != 0 && latest > first.number {
            return false;
        }
        // With SACK, what comes before its turn is reported.
        let asks_nothing =
            other.next() <= other.acked() || self.reports() && info.sack.first().is_none_or(Option::is_none);
        // An end that has acknowledged more says no less.
        let to = info.acknowledgment.map(|raw| other.relative(raw));
        let is_old = other.is(StreamFlag::Begun) && to.is_some_and(|to| to < other.acked());
        let has_no_answer = self.challenged != Some(sender) && (asks_nothing || is_old);
        let is_answered = info.length() == 0 && (info.rst || has_no_answer);
        // Nothing asked for it to be sent again, and no timer is so short.
        let since = now.time.since(first.time).map(i64::abs);
        let is_at_once = info.length() > 0 && since.is_some_and(|since| since < SENT_AGAIN_AFTER);
        // No keep-alive follows another one so soon.
        is_answered || is_at_once || own.is(StreamFlag::AskedAlive) && info.data <= 1
    }

    /// The number of an earlier packet that is the same in all, so shortly before that no timer lies between.
    pub(super) fn same(now: CurrentPacket, earlier: Option<Earlier>) -> Option<u64> {
        let first = earlier.filter(|earlier| earlier.is_same)?.packet;
        let since = now.time.since(first.time).map(i64::abs);
        since.is_none_or(|since| since <= COPIED_WITHIN).then_some(first.number)
    }
}
