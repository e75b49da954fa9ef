//! The answers about the opening of a TCP connection.

use super::Answer;
use super::tcp_facts::{SynFacts, TcpFacts};
use crate::flow::number::Number;
use crate::flow::segment::ResetCause;
use crate::flow::{Party, Roles};
use crate::wire::{ipv4, ipv6, tcp};

/// The answer to TCP's question of this number, 1 to 4, or what is missing.
pub(super) fn answer(number: u8, facts: &TcpFacts) -> Result<Answer, String> {
    match number {
        1 => Ok(end(facts, Party::Client)),
        2 => Ok(end(facts, Party::Server)),
        3 => syn(facts),
        _ => syn_ack(facts),
    }
}

/// Of a connection whose beginning was not captured, or was refused.
pub(super) fn no_handshake(facts: &TcpFacts, what: &str) -> String {
    let conversation = facts.conversation;
    match (facts.broken_off(), &facts.syn) {
        (Some((packet, ResetCause::NobodyListens)), _) => format!(
            "Conversation {conversation} has no {what}: the server's system refused it with a RST (packet {packet}), because no \
             program listens on port {}. Capture while the server runs.",
            facts.server.port()
        ),
        (Some((packet, _)), _) => {
            format!("Conversation {conversation} has no {what}: a RST broke it off (packet {packet}).")
        }
        (None, Some(syn)) => format!(
            "The {what} of conversation {conversation} is not in this capture, only the SYN (packet {}): capture both directions, \
             while the server runs.",
            syn.number
        ),
        (None, None) => format!(
            "The {what} of conversation {conversation} is not in this capture: start the capture before the client."
        ),
    }
}

fn end(facts: &TcpFacts, party: Party) -> Answer {
    let end = facts.end(party);
    let line = format!("{}, port {}", end.ip(), end.port());
    let (reason, ids): (_, &[&str]) = match (&facts.syn, facts.roles, party) {
        (Some(_), _, Party::Client) => (
            "The client opens the connection: it sends the SYN. Its address is the source address of the IP header, its port \
             the source port of the TCP header.",
            &[ipv4::id::SRC, ipv6::id::SRC, tcp::id::SRCPORT],
        ),
        (Some(_), _, Party::Server) if matches!(facts.broken_off(), Some((_, ResetCause::NobodyListens))) => (
            "The SYN goes to the server: destination address and destination port. A server's program would listen there; here none \
             does, and the system refuses with a RST.",
            &[ipv4::id::DST, ipv6::id::DST, tcp::id::DSTPORT],
        ),
        (Some(_), _, Party::Server) => (
            "The SYN goes to the server: destination address and destination port. The server's program listens on that port.",
            &[ipv4::id::DST, ipv6::id::DST, tcp::id::DSTPORT],
        ),
        (None, Roles::Seen, _) => (
            "The SYN is not in the capture, but the SYN-ACK is: the server sends it to the client.",
            &[],
        ),
        (None, Roles::Ports, _) => (
            "The SYN is not in the capture. By the port numbers: the server's is one that an application chose, the client's is \
             from the range from which systems pick.",
            &[],
        ),
        (None, Roles::First, _) => (
            "The SYN is not in the capture, and the port numbers do not tell. Who sent the first captured packet is called the \
             client here: it may be the other way round.",
            &[],
        ),
    };
    let proofs = facts.syn.iter().flat_map(|syn| syn.fields(ids));
    Answer::new(line, reason).proved(proofs)
}

fn syn(facts: &TcpFacts) -> Result<Answer, String> {
    let syn = facts.syn.as_ref().ok_or_else(|| no_handshake(facts, "SYN"))?;
    let sack = if syn.sack_permitted {
        "Yes, the receiver may use selective acknowledgments: the option SACK-permitted is there."
    } else {
        "No, the receiver may not use selective acknowledgments: the option SACK-permitted is not there."
    };
    let answer = Answer::new(
        format!("{} (packet {}); relative: 0.", syn.sequence.raw, syn.number),
        "The client's kernel makes its initial sequence number from a clock and a keyed hash, so that outsiders cannot predict it (RFC 9293 \
         section 3.4.1, RFC 6528). The bit SYN with ACK off is sent only \
         to open a connection. SACK-permitted may stand in a SYN only (RFC 2018 section 2).",
    )
    .line("The flag SYN is 1, and ACK is 0.")
    .line(sack);
    Ok(answer.proved(syn.fields(&[tcp::id::SEQ_RAW, tcp::id::FLAGS, tcp::options::id::SACK_PERM])))
}

fn syn_ack(facts: &TcpFacts) -> Result<Answer, String> {
    let answer = facts.syn_ack.as_ref().ok_or_else(|| no_handshake(facts, "SYN-ACK"))?;
    let acknowledgment = answer.acknowledgment.ok_or_else(|| no_handshake(facts, "SYN-ACK"))?;
    let number = acknowledgment.raw;
    let how = match &facts.syn {
        Some(syn) => determined(syn, number.0),
        None => without_syn(acknowledgment),
    };
    let sentence = Answer::new(
        format!(
            "Sequence number {}, acknowledgment number {number} (packet {}); relative: {} and {}.",
            answer.sequence.raw, answer.number, answer.sequence.relative, acknowledgment.relative
        ),
        "A SYN takes one sequence number as if it were a byte (RFC 9293 section 3.4), so the next number that the server expects \
         is one more. The server makes its own sequence number in the same way, independently of the client's.",
    )
    .line(how)
    .line("The flags SYN and ACK are both 1.");
    let own = answer.fields(&[tcp::id::SEQ_RAW, tcp::id::ACK_RAW, tcp::id::FLAGS]);
    let asked = facts.syn.iter().flat_map(|syn| syn.fields(&[tcp::id::SEQ_RAW]));
    Ok(sentence.proved(own).proved(asked))
}

fn determined(syn: &SynFacts, number: u32) -> String {
    let start = syn.sequence.raw.0;
    let packet = syn.number;
    match number.wrapping_sub(start) {
        1 => format!(
            "The server took the sequence number of the SYN (packet {packet}) and added 1: {start} + 1 = {number}."
        ),
        // TCP Fast Open. RFC 7413
        more => format!(
            "The server took the sequence number of the SYN (packet {packet}), and added 1 for the SYN and {} for its data: \
             {start} + {more} = {number}.",
            more.wrapping_sub(1)
        ),
    }
}

/// The SYN was not captured, but the acknowledgment number shows its sequence number.
fn without_syn(acknowledgment: Number) -> String {
    let number = acknowledgment.raw;
    let more = u32::try_from(acknowledgment.relative).unwrap_or(1);
    format!(
        "It is the client's initial sequence number + {more}; the SYN that has it, {number} - {more} = {}, is not in the capture.",
        number.0.wrapping_sub(more)
    )
}
