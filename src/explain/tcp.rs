//! TCP without its options. RFC 9293

use super::{Context, Sentence, checksum, ports, tcp_options};
use crate::wire::Field;
use crate::wire::tcp::{Flags, Tcp};

pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    let Some(tcp) = context.layer.tcp() else {
        return match field.id() {
            "tcp.srcport" | "tcp.dstport" => Some(ports::kind(field.number()?)),
            "tcp.seq_raw" => Some("of the first byte that it carries".into()),
            _ => Some("the rest of the header is not there".into()),
        };
    };
    Some(match field.id() {
        "tcp.srcport" => port(&tcp, field, Side::Sender)?,
        "tcp.dstport" => port(&tcp, field, Side::Receiver)?,
        "tcp.seq_raw" => sequence_number(context, &tcp),
        "tcp.ack_raw" => acknowledgment_number(&tcp),
        "tcp.hdr_len" => match field.number()? {
            5 => "20 fixed, no options".into(),
            words @ 6.. => format!("20 fixed + {} of options", words * 4 - 20).into(),
            _ => "wrong: the fixed part alone has 5 words".into(),
        },
        "tcp.flags" => flags(&tcp),
        "tcp.window_size_value" => window(&tcp),
        "tcp.checksum" => checksum::meaning(context, "covers pseudo-header, header and data")?,
        "tcp.urgent_pointer" => {
            if tcp.flags().has(Flags::URG) {
                format!(
                    "urgent data end {} bytes after the sequence number",
                    tcp.urgent_pointer()
                )
                .into()
            } else {
                "URG flag is off".into()
            }
        }
        _ => return tcp_options::meaning(context, &tcp, field),
    })
}

/// Fields that the flags make meaningless, and the one number that needs no conversation to be known.
pub(super) fn note(context: Context<'_, '_>, field: &Field<'_>) -> Option<&'static str> {
    let flags = context.layer.tcp()?.flags();
    match field.id() {
        "tcp.seq_raw" if flags.has(Flags::SYN) => Some("[rel 0]"),
        "tcp.ack_raw" if !flags.has(Flags::ACK) => Some("[unused]"),
        "tcp.window_size_value" if !flags.has(Flags::SYN) && !flags.has(Flags::RST) => Some("[unscaled]"),
        "tcp.urgent_pointer" if !flags.has(Flags::URG) => Some("[unused]"),
        _ => None,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Sender,
    Receiver,
}

/// Only a SYN tells who is the client.
fn port(tcp: &Tcp<'_>, field: &Field<'_>, side: Side) -> Option<Sentence> {
    let number = field.number()?;
    if !tcp.flags().has(Flags::SYN) {
        return Some(ports::kind(number));
    }
    let from_client = !tcp.flags().has(Flags::ACK);
    let is_client = from_client == (side == Side::Sender);
    Some(if !is_client {
        "the server's: it listens there".into()
    } else if (32_768..61_000).contains(&number) {
        "the client's: picked by the kernel".into()
    } else {
        "the client's".into()
    })
}

fn sequence_number(context: Context<'_, '_>, tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    let length = context.layer.payload_length();
    if flags.has(Flags::SYN) {
        "random start (ISN)".into()
    } else if is_refusal(tcp) {
        "0: there is no connection; the ack number is the proof".into()
    } else if flags.has(Flags::RST) {
        "has to be the number that the receiver expects".into()
    } else if length > 0 {
        let last = tcp
            .sequence_number()
            .wrapping_add(u32::try_from(length - 1).unwrap_or(u32::MAX));
        format!("of its first data byte; the last one is {last}").into()
    } else if flags.has(Flags::FIN) {
        "of the FIN itself: it counts as one".into()
    } else {
        "of the next byte, should it send one".into()
    }
}

fn acknowledgment_number(tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    let number = tcp.acknowledgment_number();
    if !flags.has(Flags::ACK) {
        "ACK flag is off".into()
    } else if flags.has(Flags::SYN) {
        format!(
            "client's first number {} + 1: a SYN counts as one",
            number.wrapping_sub(1)
        )
        .into()
    } else if is_refusal(tcp) {
        format!(
            "the refused SYN's number {} + 1: proves what it answers",
            number.wrapping_sub(1)
        )
        .into()
    } else if flags.has(Flags::RST) {
        "all before it had arrived; nothing more is expected".into()
    } else {
        format!("all before it has arrived; byte {number} is expected next").into()
    }
}

/// The answer of a machine on which nothing listens. RFC 9293 section 3.10.7.1
pub(super) fn is_refusal(tcp: &Tcp<'_>) -> bool {
    let flags = tcp.flags();
    flags.has(Flags::RST) && flags.has(Flags::ACK) && tcp.sequence_number() == 0
}

/// The flags in the order of their weight for this segment.
fn flags(tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    let opening = flags.has(Flags::SYN);
    let mut said: Vec<&str> = Vec::new();
    if opening && (flags.has(Flags::FIN) || flags.has(Flags::RST)) {
        return "no such segment in an orderly connection: it opens and ends at once".into();
    }
    if opening {
        said.push(if flags.has(Flags::ACK) {
            "SYN,ACK: agrees to open"
        } else {
            "SYN: asks to open"
        });
    }
    if flags.has(Flags::RST) {
        said.push(if is_refusal(tcp) {
            "RST: refuses, nothing listens there"
        } else {
            "RST: breaks the connection off"
        });
    }
    if flags.has(Flags::FIN) {
        said.push("FIN: has sent everything");
    }
    if flags.has(Flags::PSH) {
        said.push("PSH: hand it to the program now");
    }
    if flags.has(Flags::ACK) && !opening {
        said.push("ACK: the acknowledgment number counts");
    }
    if flags.has(Flags::URG) {
        said.push("URG: the urgent pointer counts");
    }
    said.extend(congestion(flags));
    if said.is_empty() {
        return "no flag at all: no segment of an orderly connection".into();
    }
    said.join("; ").into()
}

/// ECN in the handshake: RFC 3168 section 6.1.1; the three bits together: RFC 9768 section 3.1
fn congestion(flags: Flags) -> Option<&'static str> {
    let marked = (flags.has(Flags::AE), flags.has(Flags::CWR), flags.has(Flags::ECE));
    let syn = flags.has(Flags::SYN);
    match marked {
        (false, false, false) => None,
        (true, true, true) if syn => Some("AE,CWR,ECE: offers accurate ECN"),
        (false, true, true) if syn && flags.has(Flags::ACK) => Some("CWR,ECE: answers the offer of accurate ECN"),
        (false, true, true) if syn => Some("CWR,ECE: offers ECN"),
        (false, false, true) if syn => Some("ECE: agrees to ECN"),
        _ if syn => Some("AE,CWR,ECE: answers the offer of accurate ECN"),
        (false, true, false) => Some("CWR: has slowed down"),
        (false, false, true) => Some("ECE: a router on the way is congested"),
        (false, true, true) => Some("CWR,ECE: has slowed down, and a router is congested again"),
        _ => Some("AE,CWR,ECE: counts congestion marks"),
    }
}

fn window(tcp: &Tcp<'_>) -> Sentence {
    let flags = tcp.flags();
    if flags.has(Flags::RST) {
        "nothing follows a reset".into()
    } else if flags.has(Flags::SYN) {
        "bytes of free room; not scaled in a SYN".into()
    } else if tcp.window() == 0 {
        "this side's receive buffer is full: stop sending to it".into()
    } else {
        "free room; times the scale in this side's SYN".into()
    }
}
