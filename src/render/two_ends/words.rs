//! What a packet is, and what became of it, in words.

use super::rows::Row;
use crate::explain::packet::flag_names;
use crate::explain::{bytes, count, grouped};
use crate::flow::number::Sequence;
use crate::pair::{Changes, Exchange, Fate, Kind, Outside, Seen, Side};
use crate::wire::tcp::Flags;
use crate::wire::{icmp, icmpv6};

/// What is said of a packet whose bytes were sent before.
pub(super) const SENT_BEFORE: &str = "sent before";

/// The first sequence number of each direction of a conversation: relative numbers count from it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Starts([Option<(bool, u32)>; 2]);

impl Starts {
    /// Of these rows. A SYN shows the start; without one the first segment stands for it.
    pub(super) fn of(exchange: &Exchange, rows: &[Row]) -> Self {
        let mut starts = Self::default();
        for seen in rows.iter().filter_map(|row| row.seen(exchange)) {
            let is_syn = seen.flags.has(Flags::SYN);
            if let Some(start) = starts.0.get_mut(usize::from(seen.from_low)) {
                match start {
                    Some((known, _)) if *known || !is_syn => {}
                    _ => *start = Some((is_syn, seen.sequence)),
                }
            }
        }
        starts
    }

    /// The number from the start on. Where the start was not captured, it may be of a byte before the first one.
    fn relative(self, from_low: bool, number: u32) -> String {
        match self.0.get(usize::from(from_low)).copied().flatten() {
            Some((true, start)) => number.wrapping_sub(start).to_string(),
            Some((false, start)) => Sequence(number).distance(Sequence(start)).to_string(),
            None => number.to_string(),
        }
    }
}

/// What a packet is, from the fullest words to the shortest.
pub(super) fn packet(seen: &Seen, starts: Starts, data: u64) -> Vec<String> {
    let length = count(data, "byte");
    match seen.kind {
        Kind::Tcp => {
            let flags = flag_names(seen.flags).to_string();
            let sequence = format!("seq={}", starts.relative(seen.from_low, seen.sequence));
            let has_ack = seen.flags.has(Flags::ACK);
            let ack = has_ack.then(|| format!("ack={}", starts.relative(!seen.from_low, seen.acknowledgment)));
            let len = (data > 0).then(|| format!("len={data}"));
            // A window of zero is zero in any scale. That of a reset means nothing.
            let window = (seen.window == 0 && !seen.flags.has(Flags::RST)).then(|| "win=0".to_owned());
            let join = |parts: &[Option<&String>]| {
                parts
                    .iter()
                    .flatten()
                    .map(|part| part.as_str())
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let mut words = vec![join(&[
                Some(&flags),
                Some(&sequence),
                ack.as_ref(),
                len.as_ref(),
                window.as_ref(),
            ])];
            if data > 0 {
                words.push(join(&[Some(&flags), Some(&sequence), len.as_ref()]));
                words.push(join(&[Some(&sequence), len.as_ref()]));
                words.push(length);
            } else {
                words.push(join(&[Some(&flags), ack.as_ref().or(Some(&sequence))]));
                words.push(flags);
            }
            words
        }
        Kind::Udp => vec![format!("UDP, {length}"), length],
        Kind::Icmp(message, _) => named("ICMP", icmp::type_name(message.into()), message),
        Kind::Icmpv6(message, _) => named("ICMPv6", icmpv6::type_name(message.into()), message),
        Kind::Other(number) => vec![
            format!("IP protocol {number}, {}", bytes(seen.total.into())),
            bytes(seen.total.into()),
        ],
    }
}

fn named(protocol: &str, name: Option<&'static str>, number: u8) -> Vec<String> {
    let name = name.map_or_else(|| format!("type {number}"), str::to_owned);
    vec![format!("{protocol} {name}"), protocol.to_owned()]
}

/// What became of the packet of a row; nothing to say of one that arrived in order.
pub(super) fn remarks(exchange: &Exchange, row: &Row) -> Vec<String> {
    let mut remarks = Vec::new();
    let other = row.side.other();
    let number = |side: Side, place: u32| exchange.packet(side, place).map_or(0, |seen| seen.number);
    match row.fate {
        Fate::Lost { again, one_of_equals } => {
            remarks.push("lost on the way".to_owned());
            if let Some(again) = again {
                remarks.push(format!("sent again: {} {}", row.side, number(row.side, again)));
            }
            if one_of_equals {
                remarks.push("one of several equal packets".to_owned());
            }
        }
        Fate::Missed => remarks.push(format!("acknowledged; not captured at {other}")),
        Fate::Changed { changes, .. } => remarks.push(format!("changed on the way: {}", changed(changes))),
        Fate::Regrouped { regrouping } => {
            if let Some(each) = exchange.regroupings.get(regrouping as usize) {
                remarks.push(format!("{} arrived as {}", each.sent.len(), each.received.len()));
                if each.missing > 0 {
                    remarks.push(format!("{} lost on the way", bytes(each.missing)));
                }
            }
        }
        Fate::Duplicated { of } => remarks.push(format!("duplicated on the way: {other} {}", number(other, of))),
        Fate::OnlyReceived => remarks.push(format!("not captured at {other}, or made on the way")),
        Fate::NotKnown(Outside::Before) => remarks.push(format!("not known: before the packets of {other}")),
        Fate::NotKnown(Outside::After) => remarks.push(format!("not known: after the packets of {other}")),
        Fate::Arrived { .. } | Fate::Open | Fate::OtherConversation => {}
    }
    if row.is_overtaken {
        remarks.push("overtaken on the way".to_owned());
    }
    let is_sent = row
        .seen(exchange)
        .is_some_and(|seen| seen.is_again && exchange.sent_at(seen) == row.side);
    if is_sent && !matches!(row.fate, Fate::Duplicated { .. }) {
        remarks.push(SENT_BEFORE.to_owned());
    }
    remarks
}

/// What differs.
pub(super) fn changed(changes: Changes) -> String {
    changes.names().collect::<Vec<_>>().join(", ")
}

/// A conversation's protocol and both ends, in a line.
pub(super) fn title(exchange: &Exchange, number: u32) -> String {
    let Some(conversation) = exchange.conversations.get(number as usize) else {
        return String::new();
    };
    let protocol = match conversation.kind {
        Kind::Tcp => "TCP".to_owned(),
        Kind::Udp => "UDP".to_owned(),
        Kind::Icmp(..) => "ICMP".to_owned(),
        Kind::Icmpv6(..) => "ICMPv6".to_owned(),
        Kind::Other(number) => format!("IP protocol {number}"),
    };
    let (client, server) = (conversation.client(), conversation.server());
    if client.port() == 0 {
        format!("{protocol}: {} and {}", client.ip(), server.ip())
    } else {
        format!("{protocol}: client {client}, server {server}")
    }
}

/// The capture on the left: the client's; without client and server, the first one.
pub(super) fn left(exchange: &Exchange, number: u32) -> Side {
    match exchange.conversations.get(number as usize) {
        Some(conversation) if conversation.client().port() != 0 => conversation.client_at(),
        _ => Side::A,
    }
}

/// What the left and the right end are called.
pub(super) fn lanes(exchange: &Exchange, number: u32) -> (String, String) {
    let conversation = exchange.conversations.get(number as usize);
    match conversation.filter(|each| each.client().port() == 0) {
        Some(each) => {
            let ends = (each.client().ip().to_string(), each.server().ip().to_string());
            if each.client_at() == left(exchange, number) {
                ends
            } else {
                (ends.1, ends.0)
            }
        }
        None => ("client".to_owned(), "server".to_owned()),
    }
}

/// The number of packets of a capture.
pub(super) fn packets(exchange: &Exchange, side: Side) -> String {
    let packets = exchange.captures.of(side).packets.len() as u64;
    if packets == 1 {
        "1 packet".to_owned()
    } else {
        format!("{} packets", grouped(packets))
    }
}
