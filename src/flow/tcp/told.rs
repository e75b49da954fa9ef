//! What is told of a segment: what its header says in its streams, and nothing new where it is only a copy.

use super::Tcp;
use crate::flow::arrival::TcpSegmentInfo;
use crate::flow::number::Bytes;
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Remarks, Segment, SegmentPart, Window};
use crate::flow::state::Change;

impl Tcp {
    /// What the header says, in the streams as they are now. States stay, and nothing is new or remarkable.
    pub(super) fn header(&self, sender: Party, arrival: &TcpSegmentInfo, part: SegmentPart) -> Segment {
        let own = self.stream(sender);
        let other = self.stream(sender.other());
        let first = own.relative(arrival.sequence) + i64::from(arrival.syn);
        let stays = |standing| Change {
            before: standing,
            after: standing,
        };
        Segment {
            part,
            client: stays(self.client.standing()),
            server: stays(self.server.standing()),
            sequence: own.number(arrival.sequence),
            acknowledgment: arrival.acknowledgment.map(|raw| other.number(raw)),
            own_start: own.start(),
            other_start: other.start(),
            data: (arrival.data > 0).then(|| Bytes {
                first,
                last: first + i64::from(arrival.data) - 1,
            }),
            acknowledges: Acknowledged::default(),
            window: Window {
                raw: arrival.window,
                scale: self.scale(sender, arrival.syn),
            },
            in_flight: own.in_flight(),
            remarks: Remarks::NONE,
            first_sent: None,
            round_trip: None,
            echoes: None,
            delay: None,
        }
    }

    /// A segment that is outstanding, captured a second time: on two interfaces, or on a mirrored port.
    pub(super) fn copy(&self, sender: Party, arrival: &TcpSegmentInfo) -> Option<Segment> {
        let is_copy = self.outstanding.is_copy(sender, arrival.trace());
        is_copy.then(|| self.header(sender, arrival, SegmentPart::Copy))
    }
}
