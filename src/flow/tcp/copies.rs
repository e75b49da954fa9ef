//! A packet that is captured again, and was sent once: captured on two interfaces or a mirrored port, or repeated on the way.

use super::Tcp;
use crate::flow::packed_time::CurrentPacket;
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
        let first = self.copied(sender, now, info, earlier)?;
        Some(Segment {
            first_sent: Some(first.number),
            signs: Signs {
                since_first: now.time.since(first.time),
                ..Signs::default()
            },
            ..self.header(sender, info, SegmentPart::Copy)
        })
    }

    /// The packet of which this one is a copy. Without an identification a packet that is sent again at once looks the same, but for the
    /// timestamp of what carries something: of that, nothing is sent again so soon.
    fn copied(
        &self,
        sender: Party,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        earlier: Option<Earlier>,
    ) -> Option<RecentPacket> {
        let first = earlier.filter(|earlier| earlier.is_same)?.packet;
        let since = now.time.since(first.time).map(i64::abs);
        // A SYN that came again is answered again, but not at once.
        let is_answer = info.syn
            && info.acknowledgment.is_some()
            && self.stream(sender.other()).is(StreamFlag::SynAgain)
            && since.is_some_and(|since| since > AT_ONCE);
        // Linux gives a SYN-ACK no identification. No timer sends one again so soon (RFC 6298 section 2.1).
        let is_syn_ack =
            info.syn && info.acknowledgment.is_some() && !self.stream(sender.other()).is(StreamFlag::SynAgain);
        let is_marked =
            info.identification != 0 || is_syn_ack || (info.length() > 0 && info.timestamps.is_some() && !is_answer);
        let is_counted = info.identification != 0 && self.stream(sender).counted() > 0;
        // Of a SYN no timer is shorter than a second (RFC 6298 section 2.1), and its timestamp would be another one.
        let is_syn = info.syn && (info.timestamps.is_some() || is_syn_ack);
        let within = if is_counted || is_syn {
            REPEATED_WITHIN
        } else {
            COPIED_WITHIN
        };
        (is_marked && since.is_none_or(|since| since <= within)).then_some(first)
    }
}
