//! The answers about UDP.

use super::arithmetic::milliseconds;
use super::udp_facts::UdpFacts;
use super::{Answer, round_trips};
use crate::escape::printable;
use crate::explain::bytes;
use crate::flow::datagram::IcmpErrorKind;
use crate::wire::{ipv4, udp};

/// RFC 768, RFC 791, RFC 8200: what a 16-bit length counts at most.
const MOST: u32 = 65_535;

/// The answer to UDP's question of this number, or what is missing.
pub(super) fn answer(number: u8, facts: &UdpFacts) -> Result<Answer, String> {
    match number {
        1 => Ok(the_datagram(facts)),
        2 => Ok(field_lengths(facts)),
        3 => the_length_field(facts),
        4 => Ok(largest_data(facts)),
        5 => Ok(largest_port(facts)),
        6 => protocol_number(facts),
        7 => the_ports(facts),
        _ => round_trips::answer(facts),
    }
}

fn the_datagram(facts: &UdpFacts) -> Answer {
    let first = &facts.first;
    let quoted = printable(&first.quoted);
    let more = if first.quoted.len() < first.length {
        ", and more"
    } else {
        ""
    };
    let carries = match first.length {
        0 => "no data".to_owned(),
        length => format!("{} of data: \"{quoted}\"{more}", bytes(length as u64)),
    };
    Answer::new(
        format!("Packet {}, from the {}: {carries}.", first.number, first.sender),
        "RFC 768: the header has these four fields and nothing else.",
    )
    .line("Its header has four fields: source port, destination port, length, checksum.")
    .proved(&first.fields)
    .proved(&first.data)
}

fn field_lengths(facts: &UdpFacts) -> Answer {
    Answer::new(
        "2 bytes each: 4 fields x 2 bytes = 8 bytes of header.",
        "Each proof above spans two bytes: choose a field in Wireshark, and the bytes that light up are its own.",
    )
    .proved(&facts.first.fields)
}

fn the_length_field(facts: &UdpFacts) -> Result<Answer, String> {
    let first = &facts.first;
    let field = first.field(udp::id::LENGTH).ok_or_else(header_missing)?;
    let data = first.length;
    let declared = field
        .raw
        .iter()
        .fold(0_usize, |sum, &byte| sum << 8 | usize::from(byte));
    let line = if declared == data + 8 {
        format!("Of header and data together: 8 + {data} = {} bytes.", data + 8)
    } else {
        format!(
            "Of header and data together; but here the field says {declared}, and the datagram has 8 + {data} = {} bytes.",
            data + 8
        )
    };
    let reason = "RFC 768: the length in bytes of this datagram, header and data. So it is at least 8.";
    Ok(Answer::new(line, reason).proved([field]).proved(&first.data))
}

fn largest_data(facts: &UdpFacts) -> Answer {
    let (longest, packet) = facts.longest;
    let answer = Answer::new(
        format!("By the Length field of 16 bits: {MOST} - 8 of UDP's header = {} bytes.", MOST - 8),
        "Each number has a limit of its own: the width of UDP's Length field, the width of IPv4's Total Length field, and the \
         frame of the link. Above the third the datagram still arrives, in fragments.",
    )
    .line(format!(
        "Over IPv4, whose Total Length has 16 bits too and counts its own header: {MOST} - 20 - 8 = {} bytes.",
        MOST - 28
    ))
    .line("In one frame of Ethernet with an MTU of 1500 bytes, unfragmented: 1500 - 20 - 8 = 1472 bytes over IPv4.");
    let answer = if facts.client.is_ipv6() {
        answer.line(
            "This conversation is over IPv6: its Payload Length does not count its header of 40 bytes, so 65535 - 8 = 65527 \
             bytes, and 1500 - 40 - 8 = 1452 unfragmented.",
        )
    } else {
        answer
    };
    answer.line(format!(
        "The longest data of this conversation: {} (packet {packet}).",
        bytes(longest as u64)
    ))
}

fn largest_port(facts: &UdpFacts) -> Answer {
    let ports = [udp::id::SRCPORT, udp::id::DSTPORT];
    Answer::new(
        "65535 = 2^16 - 1.",
        "A port has 16 bits. 0 means that no answer is wanted, so 1 is the smallest that a program can be reached at.",
    )
    .proved(ports.iter().filter_map(|id| facts.first.field(id)))
}

fn protocol_number(facts: &UdpFacts) -> Result<Answer, String> {
    let field = facts.first.protocol.as_ref().ok_or_else(|| {
        "The IP header before UDP does not name it directly in this capture: another header is in between. Capture a datagram \
         without one."
            .to_owned()
    })?;
    let where_it_is = if field.id == ipv4::id::PROTO {
        "in the Protocol field of the IPv4 header"
    } else {
        "in the Next Header field of the IPv6 header"
    };
    let line = format!("17, hexadecimal 0x11, {where_it_is}.");
    let reason =
        "The receiver's IP has to know to which protocol it hands the data. IANA keeps the list of numbers; TCP has 6.";
    Ok(Answer::new(line, reason).proved([field]))
}

fn the_ports(facts: &UdpFacts) -> Result<Answer, String> {
    let Some(answered) = &facts.answer else {
        return Err(no_reply(facts));
    };
    let reply = &answered.reply;
    let request = answered.request.as_ref();
    let first = request.map_or(&facts.first, |(request, _)| request);
    let after = match request {
        Some((_, known)) => known
            .after
            .map_or_else(String::new, |time| format!(", {} later", milliseconds(time))),
        None => "; which request it answers is unknown".to_owned(),
    };
    let ports = [udp::id::SRCPORT, udp::id::DSTPORT];
    let answer = Answer::new(
        format!(
            "They are exchanged: packet {} goes from port {} to port {}, packet {} from port {} to port {}{after}.",
            first.number,
            first.from.port(),
            first.to.port(),
            reply.number,
            reply.from.port(),
            reply.to.port(),
        ),
        "The server answers to the address and port that recvfrom() gave it, which are the source of the request. The client's \
         port was picked by its system, the server's is the one that its program was bound to.",
    );
    let asked = ports.iter().filter_map(|id| first.field(id));
    let answered = ports.iter().filter_map(|id| reply.field(id));
    Ok(answer.proved(asked).proved(answered))
}

fn no_reply(facts: &UdpFacts) -> String {
    let (from, port) = (facts.first.from, facts.first.to.port());
    match facts.notice {
        Some((packet, IcmpErrorKind::PortUnreachable)) => format!(
            "There is no reply: an ICMP error came back to {from} (packet {packet}, port unreachable), because no UDP socket \
             is bound to port {port}, or a firewall says so. Capture while the server runs."
        ),
        Some((packet, _)) => format!(
            "There is no reply: an ICMP error came back to {from} (packet {packet}). Capture where the datagram arrives."
        ),
        None => format!(
            "The capture has no datagram in the other direction: nothing came back to {from}. Capture until the reply is there."
        ),
    }
}

fn header_missing() -> String {
    "The capture cut the UDP header off: capture with a larger snapshot length (-s 0).".to_owned()
}
