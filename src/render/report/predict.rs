//! "Predict, then show": questions about a handshake and what follows it, each answered by a later packet of the same capture.
//!
//! A question is asked only if a packet answers it as the protocol says: the numbers are those of the packets, never computed
//! alone.

use crate::explain::count;
use crate::flow::Party;
use crate::flow::number::ByteRange;
use crate::flow::segment::{Segment, SegmentPart};
use crate::timeline::PacketRef;

/// A question.
pub(super) struct Question {
    pub(super) asks: String,
    pub(super) answer: String,
}

/// The questions of a connection.
#[derive(Default)]
pub(super) struct Questions {
    /// One for each step of the handshake.
    pub(super) steps: [Option<Question>; 3],
    /// About data and the end.
    pub(super) more: Vec<Question>,
}

/// The packets of a handshake.
pub(super) struct Handshake<'a>(pub(super) [Seen<'a>; 3]);

/// A segment and its packet's number.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) packet: &'a PacketRef,
    pub(super) segment: &'a Segment,
}

impl Seen<'_> {
    const fn number(&self) -> u64 {
        self.packet.number
    }

    const fn sender(&self) -> Party {
        self.packet.in_flow.sender
    }

    const fn sequence(&self) -> i64 {
        self.segment.sequence.relative
    }

    fn acknowledges(&self) -> Option<i64> {
        self.segment.acknowledgment.map(|number| number.relative)
    }

    fn bytes(&self) -> i64 {
        let count = self.segment.data.map_or(0, ByteRange::count);
        i64::try_from(count).unwrap_or(i64::MAX)
    }
}

/// The segments among these packets.
fn segments(packets: &[PacketRef]) -> impl Iterator<Item = Seen<'_>> {
    let seen = |packet| {
        let packet: &PacketRef = packet;
        let segment = packet.in_flow.segment()?;
        Some(Seen { packet, segment })
    };
    packets.iter().filter_map(seen)
}

impl<'a> Handshake<'a> {
    /// The SYN that was answered, the SYN-ACK, the ACK; `None` where one of them is not here.
    pub(super) fn of(packets: &'a [PacketRef]) -> Option<Self> {
        let part = |part| segments(packets).find(move |seen| seen.segment.part == part);
        Some(Self([
            part(SegmentPart::Syn)?,
            part(SegmentPart::SynAck)?,
            part(SegmentPart::HandshakeAck)?,
        ]))
    }

    /// The questions that its packets and those after it answer.
    pub(super) fn questions(&self, packets: &[PacketRef]) -> Questions {
        let [syn, syn_ack, ack] = self.0;
        let after = || segments(packets).skip_while(move |seen| seen.number() <= ack.number());
        let data = after().find(|seen| seen.segment.part == SegmentPart::Data);
        let end = after().find(|seen| seen.segment.part == SegmentPart::FirstFin);
        let acknowledged = data.and_then(|data| acknowledgment(data, data.bytes(), after()));
        let closed = end.and_then(|end| acknowledgment(end, end.bytes().saturating_add(1), after()));
        Questions {
            steps: [
                next_number(syn, syn_ack, "SYN"),
                next_number(syn_ack, ack, "SYN-ACK"),
                data.and_then(|data| first_byte(self, data)),
            ],
            more: [acknowledged, closed].into_iter().flatten().collect(),
        }
    }
}

/// What acknowledges a SYN.
fn next_number(syn: Seen<'_>, answer: Seen<'_>, name: &str) -> Option<Question> {
    let number = answer.acknowledges().filter(|number| *number == syn.sequence() + 1)?;
    let raw = answer.segment.acknowledgment?.raw;
    Some(Question {
        asks: format!(
            "The {name} has seq={}. Which number will the {} acknowledge?",
            syn.sequence(),
            answer.sender()
        ),
        answer: format!(
            "ack={number} in packet {} ({raw} in the header): the {name}'s number plus one, because a SYN counts as one byte.",
            answer.number()
        ),
    })
}

/// The sequence number of the first data, if it is the same as the ACK's.
fn first_byte(Handshake([_, syn_ack, ack]): &Handshake<'_>, data: Seen<'_>) -> Option<Question> {
    let (before, reason) = if data.sender() == ack.sender() {
        let is_empty = ack.bytes() == 0 && ack.sequence() == data.sequence();
        (
            is_empty.then_some(*ack)?,
            "the ACK carried no data, so it used up no number",
        )
    } else {
        let is_next = syn_ack.sequence() + 1 == data.sequence();
        (is_next.then_some(*syn_ack)?, "the SYN-ACK used up one number")
    };
    Some(Question {
        asks: format!(
            "Packet {} had seq={}. The {} sends the first data in packet {}. Which sequence number will that packet have?",
            before.number(),
            before.sequence(),
            data.sender(),
            data.number()
        ),
        answer: format!("seq={}: {reason}.", data.sequence()),
    })
}

/// The question about the acknowledgment of a segment that takes `takes` sequence numbers.
fn acknowledgment<'a>(sent: Seen<'_>, takes: i64, mut after: impl Iterator<Item = Seen<'a>>) -> Option<Question> {
    let next = sent.sequence().checked_add(takes)?;
    let covers = |seen: &Seen<'_>| {
        seen.number() > sent.number()
            && seen.sender() != sent.sender()
            && seen.acknowledges().is_some_and(|number| number >= next)
    };
    // An acknowledgment of more than this segment would answer another question.
    let answer = after.find(covers).filter(|seen| seen.acknowledges() == Some(next))?;
    let bytes = count(sent.bytes().unsigned_abs(), "byte");
    let is_fin = takes > sent.bytes();
    let carries = match (is_fin, sent.bytes()) {
        (true, 0) => "is a FIN without data".to_owned(),
        (true, _) => format!("carries {bytes} and a FIN"),
        (false, _) => format!("carries {bytes}"),
    };
    let sum = match (is_fin, sent.bytes()) {
        (true, 0) => "a FIN counts as one byte, like a SYN".to_owned(),
        (true, data) => format!("{} + {data} + 1 for the FIN", sent.sequence()),
        (false, data) => format!("{} + {data}, the number of the next byte", sent.sequence()),
    };
    Some(Question {
        asks: format!(
            "Packet {} has seq={}, and {carries}. Which number will the {} acknowledge?",
            sent.number(),
            sent.sequence(),
            answer.sender()
        ),
        answer: format!("ack={next} in packet {}: {sum}.", answer.number()),
    })
}
