//! What a UDP datagram does in its conversation, in words. RFC 768

use super::super::context::is_to_many;
use super::super::sentence::SentencePart;
use super::super::words::{bytes, duration};
use crate::flow::PacketInFlow;
use crate::flow::datagram::{Candidates, Datagram, DatagramPart, Evidence, FromElsewhere, Reply};
use crate::flow::dns::Question;
use crate::wire::{Completeness, Packet, Protocol};

/// Why it was sent.
pub(super) fn reason(packet: &Packet<'_>, in_flow: &PacketInFlow, datagram: &Datagram) -> String {
    let sender = in_flow.sender;
    let length = bytes(datagram.length as u64);
    let call = if is_first_fragment(packet) {
        sentence!(
            "called sendto() with ",
            length,
            ": one call, one datagram, several IP packets, of which this is the first"
        )
    } else {
        sentence!("called sendto() with ", length, ": one call, one datagram")
    };
    let what = if is_to_many(in_flow) {
        sentence!("a datagram for every program that listens: a program ", call)
    } else {
        match datagram.part {
            DatagramPart::Request { count: 1, .. } => sentence!("a request: the ", sender, " ", call),
            DatagramPart::Request { count, repeats } => {
                let again = repeats.map_or(String::new(), |earlier| {
                    sentence!(", with the data of packet ", earlier, ", which has no reply yet")
                });
                sentence!("datagram ", count, " of the ", sender, again, ": it ", call)
            }
            DatagramPart::Reply(reply) => sentence!(reply_to(reply), ": the ", sender, " ", call),
            DatagramPart::ReplyToOneOf(candidates) => sentence!(
                "a reply to one of ",
                candidates,
                ", it is unknown which: the ",
                sender,
                " ",
                call
            ),
            DatagramPart::ReplyFromElsewhere(answer) => {
                sentence!(reply_from_elsewhere(answer), ": the ", sender, " ", call)
            }
            DatagramPart::Copy { of } => {
                return sentence!(
                    "a copy of packet ",
                    of,
                    ", with the same identification and data: captured a second time, or repeated by the network"
                );
            }
            DatagramPart::Unasked => sentence!("comes without a request that waits for it: the ", sender, " ", call),
        }
    };
    match question(packet) {
        Some(question) => sentence!(what, ". ", question),
        None => what,
    }
}

/// `the reply to packet 1, 20.0 ms later`; how that is known, unless its text shows it.
fn reply_to(reply: Reply) -> String {
    let after = reply
        .after
        .map_or(String::new(), |after| sentence!(", ", duration(after), " later"));
    let which = if reply.is_another { "another" } else { "the" };
    let known = match reply.evidence {
        Evidence::SameData | Evidence::Uppercase => "",
        Evidence::DnsQuestion => " (it has the same identifier and question)",
        Evidence::ToAsker => " (deduced: it goes to the socket that asked)",
        Evidence::OnlyWaiting => " (deduced: no other request waits for one)",
        Evidence::AfterPause => " (deduced: the latest request, sent after a pause)",
    };
    sentence!(which, " reply to packet ", reply.request, after, known)
}

/// `a reply to packet 1, which went to 192.0.2.7:69, 20.0 ms later`
fn reply_from_elsewhere(answer: FromElsewhere) -> String {
    let after = answer
        .after
        .map_or(String::new(), |after| sentence!(", ", duration(after), " later"));
    let known = if answer.evidence.is_proof() {
        ""
    } else {
        " (deduced: it goes to the socket that asked)"
    };
    sentence!(
        "a reply to packet ",
        answer.request,
        ", which went to ",
        answer.asked,
        after,
        known
    )
}

/// `packets 1 and 2`, `64 requests, packets 1 to 99`
impl SentencePart for Candidates {
    fn add_to(&self, text: &mut String) {
        let packets = self.packets();
        let [before @ .., last] = packets else {
            return;
        };
        if let ([first, ..], false) = (packets, self.is_complete()) {
            self.count.add_to(text);
            text.push_str(" requests, packets ");
            first.add_to(text);
            text.push_str(" to ");
        } else {
            text.push_str("packets ");
            for (place, packet) in before.iter().enumerate() {
                if place > 0 {
                    text.push_str(", ");
                }
                packet.add_to(text);
            }
            text.push_str(" and ");
        }
        last.add_to(text);
    }
}

/// What a DNS query asks for. RFC 1035 section 4.1.2
fn question(packet: &Packet<'_>) -> Option<String> {
    let question = Question::of(packet.payload().bytes)?;
    let kind = match question.kind() {
        1 => "its IPv4 address (A)".to_owned(),
        28 => "its IPv6 address (AAAA)".to_owned(),
        12 => "the name of this address (PTR)".to_owned(),
        15 => "its mail servers (MX)".to_owned(),
        other => sentence!("record type ", other),
    };
    let asks = if question.is_response {
        "It answers the DNS question"
    } else {
        "It is a DNS query"
    };
    Some(sentence!(asks, " for ", question.to_string(), ": ", kind))
}

pub(super) fn is_first_fragment(packet: &Packet<'_>) -> bool {
    packet
        .layer(Protocol::Udp)
        .is_some_and(|layer| layer.completeness() == Completeness::FirstFragment)
}

/// What a line says of it in brackets: `reply to 1`; `None` for a request of which nothing is to be said.
#[must_use]
pub fn tag(part: DatagramPart) -> Option<String> {
    Some(match part {
        DatagramPart::Request { repeats, .. } => sentence!("same data as ", repeats?),
        DatagramPart::Reply(reply) => {
            let which = if reply.is_another {
                "another reply to "
            } else {
                "reply to "
            };
            let known = if reply.evidence.is_proof() { "" } else { ", deduced" };
            sentence!(which, reply.request, known)
        }
        DatagramPart::ReplyToOneOf(candidates) => sentence!("reply to one of ", candidates),
        DatagramPart::ReplyFromElsewhere(answer) => {
            let known = if answer.evidence.is_proof() { "" } else { ", deduced" };
            sentence!("reply to ", answer.request, " from elsewhere", known)
        }
        DatagramPart::Copy { of } => sentence!("copy of ", of),
        DatagramPart::Unasked => "unasked".to_owned(),
    })
}
