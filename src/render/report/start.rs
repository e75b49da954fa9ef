//! What the first screen says: the handshake in three steps, with the numbers of this capture.

use crate::explain::count;
use crate::explain::packet::{Marks, states};
use crate::flow::conversation::{Opening, Transport};
use crate::flow::segment::{Part, Segment};
use crate::flow::{Kind, Step};
use crate::render::ladder::Detail;
use crate::render::material::{Material, Told};
use crate::timeline::Seen;

/// The beginning of the conversation that shows most.
pub(super) struct Start {
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) steps: Vec<Stage>,
    /// How the conversation went.
    pub(super) outcome: Vec<String>,
}

/// A packet of it.
pub(super) struct Stage {
    pub(super) number: u64,
    pub(super) name: &'static str,
    pub(super) way: String,
    pub(super) says: String,
    pub(super) states: String,
}

/// As the states stand in the page.
const MARKS: Marks = Marks {
    arrow: "→",
    inferred: ("(", ")"),
};

impl Start {
    pub(super) fn of(material: &Material) -> Self {
        let shaken = material.told.iter().find(|told| is_complete(told));
        let told = shaken.or(material.told.first());
        let outcome = told.map_or(Vec::new(), |told| material.ladder(told, Detail::Folded).outcome);
        match (shaken, told) {
            (Some(told), _) => Self {
                title: "The three-way handshake",
                lead: "Before a byte of data passes, three segments make the connection. Each end tells the number from which it \
                       counts its bytes, and hears that the other end knows it.",
                steps: told.packets.iter().filter_map(handshake).take(3).collect(),
                outcome,
            },
            (None, Some(told)) if matches!(told.conversation.transport, Transport::Udp(_)) => Self {
                title: "A request, and no handshake",
                lead: "UDP makes no connection: the first packet carries the data already, and nothing tells whether it arrives.",
                steps: told.packets.iter().filter_map(datagram).take(3).collect(),
                outcome,
            },
            (None, Some(_)) => Self {
                title: "How it went",
                lead: "This capture has no complete three-way handshake (SYN, SYN,ACK, ACK).",
                steps: Vec::new(),
                outcome,
            },
            (None, None) => Self {
                title: "No conversation",
                lead: "No packet here belongs to a conversation over TCP or UDP.",
                steps: Vec::new(),
                outcome,
            },
        }
    }
}

fn is_complete(told: &Told) -> bool {
    let complete =
        matches!(&told.conversation.transport, Transport::Tcp(connection) if connection.opening == Opening::Complete);
    // All three have to be among the packets that are here.
    complete && told.packets.iter().filter_map(handshake).count() >= 3
}

fn handshake(seen: &Seen) -> Option<Stage> {
    let segment = seen.step.segment()?;
    let (name, says) = match segment.part {
        Part::Syn => (
            "SYN",
            format!(
                "The client asks to open. Its sequence number is {}, picked at random: it counts its bytes from there.",
                segment.sequence.raw
            ),
        ),
        Part::SynAck => (
            "SYN,ACK",
            format!(
                "The server's kernel agrees. Its own number is {}. It acknowledges {}: the client's number plus one, because a \
                 SYN counts as one byte.",
                segment.sequence.raw,
                acknowledged(segment)
            ),
        ),
        Part::HandshakeAck => (
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
        name,
        way: way(&seen.step),
        says,
        states: states(&seen.step, MARKS).unwrap_or_default(),
    })
}

fn acknowledged(segment: &Segment) -> String {
    segment
        .acknowledgment
        .map_or_else(String::new, |number| number.raw.to_string())
}

fn datagram(seen: &Seen) -> Option<Stage> {
    let Kind::Datagram(datagram) = &seen.step.kind else {
        return None;
    };
    let length = count(datagram.length as u64, "byte");
    Some(Stage {
        number: seen.number,
        name: "UDP",
        way: way(&seen.step),
        says: format!("The {} sends {length} of data in one datagram.", seen.step.sender),
        states: String::new(),
    })
}

fn way(step: &Step) -> String {
    format!("{} → {}", step.sender, step.sender.other())
}
