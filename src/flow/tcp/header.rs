//! What a header says in its streams, and nothing new where it is only a copy.

use super::Tcp;
use crate::flow::conversation::Opening;
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Remarks, Segment, SegmentPart, Window};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::signs::Signs;
use crate::flow::state::Change;
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// What the header says, in the streams as they are now. States stay, and nothing is new or remarkable.
    pub(super) fn header(&self, sender: Party, info: &TcpSegmentInfo, part: SegmentPart) -> Segment {
        let stays = |party| {
            let observed_state = self.observed(party);
            Change {
                before: observed_state,
                after: observed_state,
            }
        };
        self.header_with(sender, info, part, [stays(Party::Client), stays(Party::Server)])
    }

    /// The same where the states are known, of the client and of the server.
    pub(super) fn header_with(
        &self,
        sender: Party,
        info: &TcpSegmentInfo,
        part: SegmentPart,
        [client, server]: [Change; 2],
    ) -> Segment {
        let own = self.stream(sender);
        let other = self.stream(sender.other());
        let first = own.place(info.sequence) + i64::from(info.syn);
        Segment {
            part,
            client,
            server,
            sequence: own.number(info.sequence),
            acknowledgment: info.acknowledgment.map(|raw| other.number(raw)),
            own_start: own.start(),
            other_start: other.start(),
            data: (info.data > 0).then(|| ByteRange {
                first,
                last: first + i64::from(info.data) - 1,
            }),
            acknowledges: Acknowledged::default(),
            window: Window {
                raw: info.window,
                scale: self.scale(sender, info.syn),
            },
            in_flight: own.in_flight(),
            remarks: Remarks::NONE,
            first_sent: None,
            repetition: None,
            proof: None,
            round_trip: None,
            echoes: None,
            delay: None,
            signs: Signs::default(),
        }
    }

    /// A SYN-ACK that acknowledges the SYN of a connection which is open, with another number than the SYN-ACK had that was taken.
    pub(super) fn other_syn_ack(&mut self, sender: Party, info: &TcpSegmentInfo) -> Option<Segment> {
        let own = self.stream(sender);
        let is_other = info.syn && !info.is_stray() && own.is(StreamFlag::Begun) && !own.begins_at(info.sequence);
        if !is_other || matches!(self.opening, Opening::Unanswered | Opening::NotCompleted) {
            return None;
        }
        self.disturb(sender);
        let segment = self.header(sender, info, SegmentPart::OtherSynAck);
        // It would begin another stream.
        let sequence = Number {
            raw: Sequence(info.sequence),
            relative: 0,
        };
        Some(Segment {
            sequence,
            own_start: None,
            ..segment
        })
    }
}
