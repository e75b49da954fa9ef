//! What an acknowledgment covers for the first time, and which packet it answers.

use super::analysis::Analysis;
use super::{SegmentPosition, Tcp, is_named};
use crate::flow::outstanding::AckedSegments;
use crate::flow::packed_time::{CurrentPacket, PacketNumber};
use crate::flow::segment::Acknowledged;
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// What the acknowledgment number newly covers.
    pub(super) fn acknowledge(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
    ) -> (Acknowledged, AckedSegments) {
        let nothing = (Acknowledged::default(), AckedSegments::default());
        let Some(to) = position.acknowledgment else {
            return nothing;
        };
        let sender = position.sender.other();
        let stream = self.stream_mut(sender);
        if stream.is(StreamFlag::AskedWindow) && to == stream.next().saturating_add(1) {
            // The byte that asked was taken.
            stream.send(to - 1, to);
        }
        let from = stream.acked();
        if to == from {
            stream.set(StreamFlag::AckAssumed, false);
        }
        // A window has 2^30 bytes at most (RFC 7323 section 2.3): what lies further is not an acknowledgment of this stream.
        if to <= from || to > from.max(stream.next()).saturating_add(1 << 30) {
            return nothing;
        }
        let fin = stream.fin().is_some_and(|fin| from <= fin && fin < to);
        let bytes = stream.bytes(from, to);
        let syn = from <= 0 && stream.is(StreamFlag::SynSeen);
        let ack = self.ack_trace(sender, to, info);
        self.stream_mut(sender).acknowledge(to);
        let acked_segments = self.outstanding.acknowledge(sender, now, ack);
        self.complete(sender);
        let stream = self.stream_mut(sender);
        if stream.acked() >= stream.next() {
            stream.set(StreamFlag::LostTrack, false);
        }
        stream.end_recovery();
        let acknowledged = Acknowledged {
            syn,
            bytes,
            fin,
            packet: acked_segments.packet.filter(|&number| is_named(number)),
            several: acked_segments.several,
        };
        (acknowledged, acked_segments)
    }

    /// The packet whose timestamp is echoed; takes note of this one's.
    pub(super) fn echoes(
        &mut self,
        position: SegmentPosition,
        now: CurrentPacket,
        info: &TcpSegmentInfo,
        analysis: &Analysis,
    ) -> Option<u64> {
        let latest = PacketNumber::new(now.number).low();
        let own = self.stream_mut(position.sender);
        own.take_marks(info, latest);
        own.reported = info.reported();
        let (_, echo) = info.timestamps?;
        info.acknowledgment?;
        let other = self.stream(position.sender.other());
        if other.is(StreamFlag::Stamped) && other.latest != 0 && other.stamp == echo {
            return Some(PacketNumber::from_low(other.latest).whole(now.number));
        }
        analysis.echoes
    }
}
