//! A socket that is connected to itself: source and destination of every segment are the same address and port.
//!
//! That is a simultaneous open (RFC 9293 section 3.5, figure 7) with only one end: one stream of numbers, which its own
//! sender acknowledges. Two streams would take each acknowledgment for one of bytes that were never sent.

use super::Tcp;
use crate::flow::conversation::{Ending, Opening};
use crate::flow::party::Party;
use crate::flow::segment::{Acknowledged, Remark, Remarks, ResetCause, Segment, SegmentPart};
use crate::flow::segment_info::TcpSegmentInfo;
use crate::flow::state::{Change, ObservedState, State};
use crate::flow::stream::StreamFlag;

impl Tcp {
    /// What the segment does; both ends are the client.
    pub(in super::super) fn follow_itself(&mut self, info: &TcpSegmentInfo) -> Segment {
        let before = self.client.observed_state();
        let syn = u32::from(info.syn);
        self.client.begin(info.sequence.wrapping_sub(1 - syn));
        let start = self.client.relative(info.sequence);
        let end = start.saturating_add(i64::from(info.length()));
        let acknowledges = self.acknowledge_itself(info);
        let is_answer = info.syn && info.acknowledgment.is_some();
        let is_old = self.client.is(StreamFlag::Sent) && start < end && end <= self.client.next();
        let remarks = if is_old && !is_answer && !info.rst {
            Remarks::NONE.with(Remark::Retransmission)
        } else {
            Remarks::NONE
        };
        let part = part(info, &acknowledges);
        self.take_itself(info, start, end);
        let after = State::after(part, before.state);
        self.client.set_state(ObservedState::deduced(after));
        self.server.set_state(self.client.observed_state());
        let change = Change {
            before,
            after: self.client.observed_state(),
        };
        let acknowledgment = info.acknowledgment.map(|raw| self.client.number(raw));
        Segment {
            client: change,
            server: change,
            acknowledgment,
            other_start: self.client.start(),
            acknowledges,
            remarks,
            ..self.header(Party::Client, info, part)
        }
    }

    fn acknowledge_itself(&mut self, info: &TcpSegmentInfo) -> Acknowledged {
        let stream = &mut self.client;
        let Some(to) = info.acknowledgment.map(|raw| stream.relative(raw)) else {
            return Acknowledged::default();
        };
        let from = stream.acked();
        if to <= from || !stream.is(StreamFlag::Sent) || to > stream.next() {
            return Acknowledged::default();
        }
        let acknowledged = Acknowledged {
            syn: from <= 0 && stream.is(StreamFlag::SynSeen),
            bytes: stream.bytes(from, to),
            fin: stream.fin().is_some_and(|fin| from <= fin && fin < to),
            packet: None,
            several: false,
        };
        stream.acknowledge(to);
        if acknowledged.syn {
            self.opening = Opening::Simultaneous;
        }
        if acknowledged.fin {
            self.ending = Ending::ClosedTogether;
        }
        acknowledged
    }

    /// Takes note of what it sent.
    fn take_itself(&mut self, info: &TcpSegmentInfo, start: i64, end: i64) {
        if info.rst {
            self.ending = Ending::Reset(Party::Client);
            return;
        }
        if info.syn {
            // What its SYN offered, it offered to itself.
            self.server.begin(info.sequence);
            self.server.set(StreamFlag::SynSeen, true);
            self.server.set(StreamFlag::ScaleOffered, info.shift.is_some());
        }
        let stream = &mut self.client;
        if info.syn {
            stream.take_syn(info);
        }
        stream.send(start, end);
        if info.fin {
            stream.end(end - 1);
        }
    }
}

fn part(info: &TcpSegmentInfo, acknowledges: &Acknowledged) -> SegmentPart {
    if info.is_stray() {
        SegmentPart::Stray
    } else if info.rst {
        SegmentPart::Reset(ResetCause::Abort)
    } else if info.syn {
        match info.acknowledgment {
            Some(_) => SegmentPart::SynAck,
            None => SegmentPart::Syn,
        }
    } else if info.fin {
        SegmentPart::FirstFin
    } else if info.data > 0 {
        SegmentPart::Data
    } else if acknowledges.syn {
        SegmentPart::HandshakeAck
    } else if acknowledges.fin {
        SegmentPart::FinAck
    } else {
        SegmentPart::Ack
    }
}

impl State {
    /// The state of a socket that is connected to itself after this part of its own. RFC 9293 section 3.3.2
    const fn after(part: SegmentPart, before: Self) -> Self {
        match part {
            SegmentPart::Syn => Self::SynSent,
            SegmentPart::SynAck => Self::SynReceived,
            SegmentPart::HandshakeAck => Self::Established,
            // Its own FIN comes back to it before the acknowledgment.
            SegmentPart::FirstFin => Self::Closing,
            SegmentPart::FinAck => Self::TimeWait,
            SegmentPart::Reset(_) => Self::Closed,
            _ => match before {
                Self::SynReceived => Self::Established,
                as_it_was => as_it_was,
            },
        }
    }
}
