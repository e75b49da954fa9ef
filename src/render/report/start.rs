//! What the first screen says: the handshake in three steps, with the numbers of this capture.

use crate::explain::count;
use crate::explain::packet::{self, StateStyle, states};
use crate::flow::conversation::{Opening, Transport};
use crate::flow::segment::{Segment, SegmentPart};
use crate::flow::{PacketInFlow, PacketKind};
use crate::render::ladder::Detail;
use crate::render::report_model::{ConversationModel, ReportModel};
use crate::timeline::PacketRef;

/// The beginning of the conversation that shows most.
pub(super) struct Start {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) steps: Vec<Stage>,
    /// How the conversation went.
    pub(super) outcome: Vec<String>,
    /// Does a state of the steps stand in parentheses?
    pub(super) has_inferred: bool,
}

/// A packet of it.
pub(super) struct Stage {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) way: String,
    pub(super) says: String,
    pub(super) states: String,
}

impl Start {
    pub(super) fn of(report: &ReportModel) -> Self {
        let shaken = report.conversations.iter().find(|model| is_complete(model));
        let model = shaken.or(report.conversations.first());
        let (title, lead) = match (shaken, model) {
            (Some(_), _) => (
                "The three-way handshake",
                "Before a byte of data passes, three segments make the connection. Each end tells the number from which it counts its \
                 bytes, and hears that the other end knows it.",
            ),
            (None, Some(model)) if matches!(model.conversation.transport, Transport::Udp(_)) => (
                "A request, and no handshake",
                "UDP makes no connection: the first packet carries the data already, and nothing tells whether it arrives.",
            ),
            (None, Some(_)) => (
                "How it went",
                "This capture has no complete three-way handshake (SYN, SYN-ACK, ACK).",
            ),
            (None, None) => ("No conversation", "No conversation over TCP or UDP is known here."),
        };
        let stage = if shaken.is_some() { handshake } else { any };
        let packets = model.into_iter().flat_map(|model| &model.packets);
        let steps: Vec<Stage> = packets.filter_map(|seen| stage(seen, report)).take(3).collect();
        Self {
            title,
            lead,
            has_inferred: steps.iter().any(|stage| stage.states.contains('(')),
            steps,
            outcome: model.map_or(Vec::new(), |model| report.ladder(model, Detail::Folded).outcome),
        }
    }
}

fn is_complete(model: &ConversationModel) -> bool {
    let complete =
        matches!(&model.conversation.transport, Transport::Tcp(connection) if connection.opening == Opening::Complete);
    // All three have to be among the packets that are here.
    complete && model.packets.iter().filter(|seen| part_of_handshake(seen)).count() >= 3
}

const fn part_of_handshake(seen: &PacketRef) -> bool {
    match seen.in_flow.segment() {
        Some(segment) => matches!(
            segment.part,
            SegmentPart::Syn | SegmentPart::SynAck | SegmentPart::HandshakeAck
        ),
        None => false,
    }
}

/// Whatever it is: a segment of the handshake and a datagram in words of their own, the rest with its reason.
fn any(seen: &PacketRef, report: &ReportModel) -> Option<Stage> {
    let row = handshake(seen, report).or_else(|| datagram(seen));
    row.or_else(|| {
        let kept = report.packets.iter().find(|kept| kept.number == seen.number)?;
        let frame = kept.followed();
        let packet = frame.decode();
        let reason = packet::reason(&packet, Some(&seen.in_flow))?;
        Some(Stage {
            number: seen.number,
            name: packet::name(&packet).into_owned(),
            way: way(&seen.in_flow),
            says: sentence(&reason),
            states: states(&seen.in_flow, StateStyle::UNICODE).unwrap_or_default(),
        })
    })
}

/// With a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

fn handshake(seen: &PacketRef, _: &ReportModel) -> Option<Stage> {
    let segment = seen.in_flow.segment()?;
    let (name, says) = match segment.part {
        SegmentPart::Syn => (
            "SYN",
            format!(
                "The client asks to open. Its sequence number is {}, picked at random: it counts its bytes from there.",
                segment.sequence.raw
            ),
        ),
        SegmentPart::SynAck => (
            "SYN-ACK",
            format!(
                "The server's kernel agrees. Its own number is {}. It acknowledges {}: the client's number plus one, because a \
                 SYN counts as one byte.",
                segment.sequence.raw,
                acknowledged(segment)
            ),
        ),
        SegmentPart::HandshakeAck => (
            "ACK",
            format!(
                "The client acknowledges {}: the server's number plus one. Now both may send data.",
                acknowledged(segment)
            ),
        ),
        _ => return None,
    };
    Some(Stage {
        number: seen.number,
        name: name.to_owned(),
        way: way(&seen.in_flow),
        says,
        states: states(&seen.in_flow, StateStyle::UNICODE).unwrap_or_default(),
    })
}

fn acknowledged(segment: &Segment) -> String {
    segment
        .acknowledgment
        .map_or_else(String::new, |number| number.raw.to_string())
}

fn datagram(seen: &PacketRef) -> Option<Stage> {
    let PacketKind::Datagram(datagram) = &seen.in_flow.kind else {
        return None;
    };
    let length = count(datagram.length as u64, "byte");
    Some(Stage {
        number: seen.number,
        name: "UDP".to_owned(),
        way: way(&seen.in_flow),
        says: format!("The {} sends {length} of data in one datagram.", seen.in_flow.sender),
        states: String::new(),
    })
}

fn way(in_flow: &PacketInFlow) -> String {
    format!("{} → {}", in_flow.sender, in_flow.sender.other())
}
