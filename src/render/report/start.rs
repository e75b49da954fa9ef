//! What the first screen says: the handshake in three steps, with the numbers of this capture, and a question for each step.

use super::predict::{Handshake, Question, Questions, Seen};
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
    pub(super) steps: Vec<Step>,
    /// Questions about what comes after the steps.
    pub(super) more: Vec<Question>,
    /// The conversation, and the packet that paper shows unless another one is chosen.
    pub(super) conversation: Option<u64>,
    pub(super) sample: Option<u64>,
    /// How the conversation went.
    pub(super) outcome: Vec<String>,
    /// Does a state of the steps stand in parentheses?
    pub(super) has_inferred: bool,
}

/// A packet of it.
pub(super) struct Step {
    pub(super) number: u64,
    pub(super) name: String,
    pub(super) way: String,
    pub(super) says: String,
    pub(super) states: String,
    pub(super) question: Option<Question>,
}

impl Start {
    pub(super) fn of(report: &ReportModel) -> Self {
        let conversations = || report.conversations.iter();
        let opened = conversations().find_map(|model| complete(model).map(|handshake| (model, handshake)));
        let model = opened
            .as_ref()
            .map(|(model, _)| *model)
            .or(report.conversations.first());
        let (title, lead) = match (&opened, model) {
            (Some(_), _) => (
                "The three-way handshake",
                "Before any data, three segments open the connection. In them both ends exchange their initial sequence numbers \
                 (ISN), from which they count their bytes.",
            ),
            (None, Some(model)) if matches!(model.conversation.transport, Transport::Udp(_)) => (
                "A datagram, and no handshake",
                "UDP opens no connection: the first packet already carries data. UDP itself does not report whether it arrived.",
            ),
            (None, Some(_)) => (
                "What happened",
                "This capture has no complete three-way handshake (SYN, SYN-ACK, ACK).",
            ),
            (None, None) => (
                "No conversation",
                "This capture has no conversation over TCP or UDP that is known.",
            ),
        };
        let (steps, more) = if let Some((model, handshake)) = &opened {
            questioned(handshake, &model.packets)
        } else {
            let packets = model.into_iter().flat_map(|model| &model.packets);
            (
                packets.filter_map(|seen| step(seen, report)).take(3).collect(),
                Vec::new(),
            )
        };
        Self {
            title,
            lead,
            has_inferred: steps.iter().any(|step| step.states.contains('(')),
            sample: steps.first().map(|step| step.number),
            steps,
            more,
            conversation: model.map(|model| model.conversation.number),
            outcome: model.map_or(Vec::new(), |model| report.ladder(model, Detail::Folded).outcome),
        }
    }

    /// Is it about this conversation?
    pub(super) fn is_of(&self, number: u64) -> bool {
        self.conversation == Some(number)
    }
}

/// The handshake, if all of it was captured.
fn complete(model: &ConversationModel) -> Option<Handshake<'_>> {
    let complete =
        matches!(&model.conversation.transport, Transport::Tcp(connection) if connection.opening == Opening::Complete);
    complete.then(|| Handshake::of(&model.packets)).flatten()
}

/// The steps of a handshake, each with its question, and the questions that follow.
fn questioned(handshake: &Handshake<'_>, packets: &[PacketRef]) -> (Vec<Step>, Vec<Question>) {
    let Questions { steps, more } = handshake.questions(packets);
    // What a question asks is not said before: the answer says it.
    let mut is_asked = false;
    let mut shown = Vec::new();
    for (Seen { packet, segment }, question) in handshake.0.iter().copied().zip(steps) {
        let step = handshake_step(packet, segment, !is_asked);
        is_asked = question.is_some();
        shown.extend(step.map(|step| Step { question, ..step }));
    }
    (shown, more)
}

/// Any packet: a segment of the handshake and a datagram have their own words; others have their reason.
fn step(seen: &PacketRef, report: &ReportModel) -> Option<Step> {
    let segment = seen.in_flow.segment();
    let row = segment.and_then(|segment| handshake_step(seen, segment, true));
    let row = row.or_else(|| datagram(seen));
    row.or_else(|| {
        let kept = report.packets.iter().find(|kept| kept.number == seen.number)?;
        let frame = kept.followed();
        let packet = frame.decode();
        let reason = packet::reason(&packet, Some(&seen.in_flow))?;
        Some(Step {
            number: seen.number,
            name: packet::name(&packet).into_owned(),
            way: way(&seen.in_flow),
            says: sentence(&reason),
            states: states(&seen.in_flow, StateStyle::UNICODE).unwrap_or_default(),
            question: None,
        })
    })
}

/// With a capital letter and a full stop.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// A segment of a handshake. `with_acknowledgment`: and what it acknowledges.
fn handshake_step(seen: &PacketRef, segment: &Segment, with_acknowledgment: bool) -> Option<Step> {
    let raw = segment.sequence.raw;
    let acknowledges = |reason: &str| match segment.acknowledgment {
        Some(number) if with_acknowledgment => format!(" It acknowledges {}: {reason}.", number.raw),
        _ => String::new(),
    };
    let (name, says) = match segment.part {
        SegmentPart::Syn => (
            "SYN",
            format!(
                "The client asks to open. Its initial sequence number (ISN) is {raw}. The ladder counts from it: seq={}.",
                segment.sequence.relative
            ),
        ),
        SegmentPart::SynAck => (
            "SYN-ACK",
            format!(
                "The server's kernel agrees. Its own ISN is {raw}, in the ladder seq={}.{}",
                segment.sequence.relative,
                acknowledges("the client's number plus one, because a SYN counts as one byte")
            ),
        ),
        SegmentPart::HandshakeAck => (
            "ACK",
            format!(
                "The client acknowledges the server's SYN. Now both ends may send data.{}",
                acknowledges("the server's number plus one")
            ),
        ),
        _ => return None,
    };
    Some(Step {
        number: seen.number,
        name: name.to_owned(),
        way: way(&seen.in_flow),
        says,
        states: states(&seen.in_flow, StateStyle::UNICODE).unwrap_or_default(),
        question: None,
    })
}

fn datagram(seen: &PacketRef) -> Option<Step> {
    let PacketKind::Datagram(datagram) = &seen.in_flow.kind else {
        return None;
    };
    let length = count(datagram.length as u64, "byte");
    Some(Step {
        number: seen.number,
        name: "UDP".to_owned(),
        way: way(&seen.in_flow),
        says: format!("The {} sends {length} of data in one datagram.", seen.in_flow.sender),
        states: String::new(),
        question: None,
    })
}

fn way(in_flow: &PacketInFlow) -> String {
    format!("{} → {}", in_flow.sender, in_flow.sender.other())
}
