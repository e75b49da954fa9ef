//! TCP's options.

use super::super::context::Context;
use super::super::sentence::Sentence;
use super::words::{relative, sender_word};
use crate::flow::number::{ByteRange, Number, Sequence};
use crate::flow::segment::Segment;
use crate::wire::tcp::multipath;
use crate::wire::tcp::options::{TcpOption, id};
use crate::wire::tcp::{Flags, Tcp};
use crate::wire::{Field, Layer, Protocol};

pub(super) fn meaning(context: Context<'_, '_>, tcp: &Tcp<'_>, field: &Field<'_>) -> Option<Sentence> {
    let part = |id| field.find(id).and_then(Field::number);
    Some(match field.id() {
        id::EOL => "no option follows".into(),
        id::NOP => "aligns the next option".into(),
        id::PADDING => "fills the header up to whole words".into(),
        id::MSS => largest_segment(context, part(id::MSS_VAL)?),
        id::WSCALE => window_scale(context, part(id::WSCALE_SHIFT)?),
        id::SACK_PERM => "selective ACKs welcome".into(),
        id::SACK => selective(context, tcp, field),
        id::TIMESTAMP => timestamps(context, tcp, part(id::TIMESTAMP_TSECR)?),
        id::TFO => fast_open(tcp, field),
        id::MD5 => "signs the segment, for BGP".into(),
        id::AO => "signs the segment".into(),
        id::USER_TO => "how long unacknowledged data may wait".into(),
        id::ACC_ECN => accurate_ecn(field).into(),
        id::EXPERIMENTAL if has_counters(field) => "AccECN by its number of the time before it had a kind".into(),
        id::EXPERIMENTAL => "an experiment; the number in it says which".into(),
        id::UNKNOWN => "not known here; its length gives the place of the next one".into(),
        multipath::id::MPTCP => multipath(part(multipath::id::SUBTYPE)).into(),
        _ => return None,
    })
}

/// RFC 9768 section 3.2.3: the receiver of data counts its bytes by the ECN mark that they arrived with.
fn accurate_ecn(field: &Field<'_>) -> &'static str {
    if has_counters(field) {
        "data bytes that it received, by ECN mark; ECT counts start at 1"
    } else {
        "it counts bytes by ECN mark, and sends no counts now"
    }
}

fn has_counters(field: &Field<'_>) -> bool {
    let mut parts = field.parts().iter();
    parts.any(|part| part.id().starts_with("tcp.options.acc_ecn."))
}

/// RFC 8684 section 3: one connection over several paths, each of which is a TCP connection of its own.
fn multipath(subtype: Option<u64>) -> &'static str {
    match subtype {
        Some(0) => "one connection over several paths: can you do that?",
        Some(1) => "a further path for a connection that exists",
        Some(2) => "where these bytes belong in the whole connection",
        Some(3) => "a further address of the sender, for a path",
        Some(4) => "an address of the sender is gone, and its paths",
        Some(5) => "use this path only if the others fail, or no longer",
        Some(6) => "the data do not fit their checksum: back to one path",
        Some(7) => "ends the whole connection at once, on all paths",
        Some(8) => "why this one path is broken off",
        _ => "one connection over several paths",
    }
}

/// The edges of SACK blocks counted from the start of the stream that they are of.
pub(super) fn note(context: Context<'_, '_>, id: &str, number: u64) -> Option<Sentence> {
    if !matches!(id, id::SACK_LE | id::SACK_RE) {
        return None;
    }
    let (_, segment) = context.segment()?;
    let edge = u32::try_from(number).ok()?;
    Some(relative(relative_to(segment.acknowledgment?, edge)))
}

/// Where in its stream a raw number near the acknowledged one is.
fn relative_to(acknowledged: Number, raw: u32) -> i64 {
    let distance = Sequence(raw).distance(acknowledged.raw);
    acknowledged.relative.saturating_add(distance.into())
}

fn window_scale(context: Context<'_, '_>, shift: u64) -> Sentence {
    let whose = context.segment().map_or(String::new(), |(in_flow, _)| {
        sentence!("the ", sender_word(in_flow), "'s ")
    });
    match shift {
        0..=14 => sentence!(whose, "later windows x ", 1_u32 << shift).into(),
        _ => sentence!(shift, " is above the largest, 14, which counts instead").into(),
    }
}

/// RFC 7323 section 3.2: every segment echoes the clock that was seen last.
fn timestamps(context: Context<'_, '_>, tcp: &Tcp<'_>, echo: u64) -> Sentence {
    let syn = tcp.flags().has(Flags::SYN);
    match context.segment() {
        _ if !tcp.flags().has(Flags::ACK) && syn => "its clock; nothing to echo yet".into(),
        Some((
            in_flow,
            Segment {
                echoes: Some(packet), ..
            },
        )) => sentence!("the ", sender_word(in_flow), "'s clock; echo: packet ", packet, "'s").into(),
        _ if echo == 0 && syn => "its clock; nothing to echo yet".into(),
        Some((in_flow, _)) => sentence!(
            "the ",
            sender_word(in_flow),
            "'s clock, and the ",
            in_flow.sender.other(),
            "'s that it saw last"
        )
        .into(),
        None => "sender's clock, and the other's it saw last".into(),
    }
}

/// RFC 2018: blocks beyond what is acknowledged. RFC 2883: a first block below it, or within the second one, was received twice.
fn selective(context: Context<'_, '_>, tcp: &Tcp<'_>, field: &Field<'_>) -> Sentence {
    let Some(number) = context.segment().and_then(|(_, segment)| segment.acknowledgment) else {
        return "these bytes arrived too, others before them are missing".into();
    };
    // A segment has one SACK option; should it have two, each is told by its own blocks.
    let is_this = |edges: &Vec<(u32, u32)>| edges.first().map(|(left, _)| u64::from(*left)) == left_edge(field);
    let blocks: Vec<(u32, u32)> = tcp
        .options()
        .filter_map(|option| match option {
            TcpOption::Sack(blocks) => Some(blocks.edges().collect()),
            _ => None,
        })
        .find(is_this)
        .unwrap_or_default();
    let stretches: Vec<ByteRange> = blocks
        .iter()
        .filter_map(|&(left, right)| {
            let (first, last) = (relative_to(number, left), relative_to(number, right) - 1);
            (first <= last).then_some(ByteRange { first, last })
        })
        .collect();
    let Some((&first, others)) = stretches.split_first() else {
        return "blocks without a byte".into();
    };
    let within = |outer: &ByteRange| outer.first <= first.first && first.last <= outer.last;
    let twice = first.last < number.relative || others.first().is_some_and(within);
    let missing = |blocks: &[ByteRange]| {
        let beyond: Vec<String> = blocks.iter().map(|&block| sentence!(block)).collect();
        let next = blocks.iter().map(|block| block.first).min().unwrap_or(number.relative);
        let gap = ByteRange {
            first: number.relative,
            last: next - 1,
        };
        if gap.first <= gap.last {
            sentence!(beyond.join(", "), " arrived too; ", plural(gap), " missing")
        } else {
            sentence!(beyond.join(", "), " arrived too")
        }
    };
    match (twice, others) {
        (false, _) => missing(&stretches).into(),
        (true, []) => sentence!(first, " arrived twice (D-SACK)").into(),
        (true, others) => sentence!(first, " arrived twice (D-SACK); ", missing(others)).into(),
    }
}

fn plural(bytes: ByteRange) -> String {
    let verb = if bytes.first == bytes.last { "is" } else { "are" };
    sentence!(bytes, " ", verb)
}

fn left_edge(field: &Field<'_>) -> Option<u64> {
    field.find(id::SACK_LE).and_then(Field::number)
}

/// RFC 7413 section 4.1.1: a SYN asks for a cookie with an empty one, and shows it with data the next time.
fn fast_open(tcp: &Tcp<'_>, field: &Field<'_>) -> Sentence {
    let flags = tcp.flags();
    let empty = field.raw().len() <= 2;
    match (flags.has(Flags::SYN), flags.has(Flags::ACK), empty) {
        (true, false, true) => "asks for a cookie, so that data may come with the SYN next time",
        (true, false, false) => "the cookie from last time: data may come with this SYN",
        (true, true, false) => "the cookie for next time",
        _ => "data may come with the SYN next time, or come now",
    }
    .into()
}

/// Does the segment have the option that lets data come with a SYN?
pub(crate) fn asks_for_fast_open(tcp: &Tcp<'_>) -> bool {
    tcp.options().any(|option| matches!(option, TcpOption::FastOpen(_)))
}

/// What a SYN without an MSS option means for the other end. RFC 9293 section 3.7.1
pub(super) fn without_mss(context: Context<'_, '_>, tcp: &Tcp<'_>) -> String {
    let has_mss = tcp
        .options()
        .any(|option| matches!(option, TcpOption::MaximumSegmentSize(_)));
    // Of options that were not captured nothing is known.
    let is_whole = context.layer.header().bytes.len() >= context.layer.header_length();
    if !tcp.flags().has(Flags::SYN) || has_mss || !is_whole {
        return String::new();
    }
    let size = match context.previous().map(Layer::protocol) {
        Some(Protocol::Ipv4) => 536,
        _ => 1220,
    };
    sentence!(
        "; without an MSS option the other end takes it as ",
        size,
        " bytes (RFC 9293 section 3.7.1)"
    )
}

/// The largest segment is what is left of the largest packet without the two fixed headers.
fn largest_segment(context: Context<'_, '_>, size: u64) -> Sentence {
    let ip = match context.previous().map(Layer::protocol) {
        Some(Protocol::Ipv4) => 20,
        _ => 40,
    };
    let packet = size + ip + 20;
    let family = if ip == 20 { "IPv4" } else { "IPv6" };
    // Sizes of whole packets that links are known to have; from others nothing is to be concluded.
    match packet {
        1500 | 65_535 | 65_536 | 1492 | 9000 | 1280 => sentence!(packet, " - ", ip, " ", family, " - 20 TCP").into(),
        _ => "the most data that it takes in a segment".into(),
    }
}
