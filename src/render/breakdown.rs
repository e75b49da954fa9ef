//! A packet as rows for the eye: every byte of every header with place, raw bytes, name, value and meaning.

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::ops::Range;

use compact_str::CompactString;

use crate::explain::packet::{self, Ends};
use crate::explain::{self, Context, Sentence};
use crate::flow::{PacketInFlow, Party};
use crate::frame::Frame;
use crate::wire::digits::{hex_digits, write_address, write_bytes, write_decimal, write_socket};
use crate::wire::tcp::{multipath, options};
use crate::wire::{Content, Field, Form, Layer, Packet, Span};
use crate::wire::{ipv4, ipv6, tcp, udp};

/// A packet broken down.
#[derive(Debug)]
pub struct Breakdown<'a> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Its short name: `SYN,ACK`, and in brackets what is remarkable about it.
    pub name: String,
    /// Source and destination, with role and port where there are any.
    pub ends: Option<(String, String)>,
    /// `74 bytes = Ethernet 14 + …`
    pub parts: String,
    /// What it does in its conversation.
    pub step: Option<&'a PacketInFlow>,
    /// Which conversation, and where in it.
    pub place: Option<String>,
    /// Why it was sent.
    pub reason: Option<String>,
    /// What is remarkable about it.
    pub remarks: Vec<String>,
    /// What should come back.
    pub expectation: Option<String>,
    /// Its headers.
    pub sections: Vec<Section>,
    /// What follows the headers.
    pub payload: Payload<'a>,
    /// What a router tells behind the datagram that its ICMP error quotes. RFC 4884
    pub icmp_extension: Option<Section>,
    /// Bytes after the end of the packet; none where they are an ICMP extension.
    pub trailer: Payload<'a>,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// What the capture file says about it, without what would be said of it anyway: the comment that this program writes.
    pub comments: Vec<&'a str>,
}

/// Bytes that are shown as such.
#[derive(Debug)]
pub struct Payload<'a> {
    /// What they are: `data`.
    pub name: &'static str,
    /// Place of the first in the frame.
    pub at: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// One header.
#[derive(Debug)]
pub struct Section {
    /// `TCP`, `quoted IPv4`.
    pub title: Cow<'static, str>,
    /// Its bytes in the frame.
    pub range: Range<usize>,
    /// Where it is defined: `RFC 9293`.
    pub source: &'static str,
    /// Its fields.
    pub rows: Vec<Row>,
}

/// One field.
#[derive(Debug)]
pub struct Row {
    /// Wireshark's filter name.
    pub id: &'static str,
    /// Its first byte in the frame.
    pub byte: usize,
    /// Its bits, counted from the start of the frame.
    pub bits: Range<usize>,
    /// Its bytes; dots stand for what belongs to its neighbours.
    pub raw: CompactString,
    /// Its name in the RFC.
    pub name: &'static str,
    /// The same in fifteen columns or less.
    pub short_name: Cow<'static, str>,
    /// Its value, and in brackets what is to be known about it.
    pub value: CompactString,
    /// What it means in this packet; empty where there is nothing to add.
    pub meaning: Sentence,
}

/// Breaks a packet down. `step` is what it does in its conversation, where that is followed.
#[must_use]
pub fn of<'p>(
    number: u64,
    frame: &'p Frame<'_>,
    packet: &'p Packet<'_>,
    step: Option<&'p PacketInFlow>,
) -> Breakdown<'p> {
    let sections = (0..packet.layers().len())
        .filter_map(|index| Some(section(Context::new(packet, index, step)?, packet.layers().get(index)?)))
        .collect();
    let payload = packet.payload();
    let icmp_extension = icmp_extension(packet, step);
    let trailer = match icmp_extension {
        Some(_) => Span {
            bytes: &[],
            ..packet.trailer()
        },
        None => packet.trailer(),
    };
    Breakdown {
        number,
        name: name(packet, step),
        ends: ends(packet, step),
        parts: packet::parts(packet),
        step,
        place: step.map(packet::place),
        reason: packet::reason(packet, step).map(Into::into),
        remarks: step
            .map_or(Vec::new(), |step| packet::remarks(packet, step))
            .into_iter()
            .map(Into::into)
            .collect(),
        expectation: packet::expectation(packet, step).map(Into::into),
        sections,
        payload: Payload {
            name: payload_name(packet),
            at: payload.at,
            bytes: payload.bytes,
        },
        icmp_extension,
        trailer: Payload {
            name: "trailer",
            at: trailer.at,
            bytes: trailer.bytes,
        },
        problems: packet.problems().iter().map(ToString::to_string).collect(),
        comments: comments(frame, packet, step),
    }
}

/// `ACK [keep-alive]`
fn name(packet: &Packet<'_>, step: Option<&PacketInFlow>) -> String {
    let mut name = packet::name(packet).into_owned();
    if let Some(step) = step {
        // Writing to a String cannot fail.
        let _ = packet::tags(&mut name, step);
    }
    name
}

/// `client 127.0.0.1:44298`, `server 127.0.0.1:12000`
fn ends(packet: &Packet<'_>, step: Option<&PacketInFlow>) -> Option<(String, String)> {
    let (from, to) = packet::roles(step).unzip();
    Some(match packet::ends(packet)? {
        Ends::Sockets(sender, receiver) => (
            end(from, |text| write_socket(text, sender)),
            end(to, |text| write_socket(text, receiver)),
        ),
        Ends::Hosts(sender, receiver) => (
            end(from, |text| write_address(text, sender)),
            end(to, |text| write_address(text, receiver)),
        ),
    })
}

/// An end by its role, where that is known, and its address.
fn end(party: Option<Party>, write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    /// Room for a role and an IPv4 address.
    const USUAL: usize = 32;
    let mut text = String::with_capacity(USUAL);
    if let Some(party) = party {
        text.push_str(party.word());
        text.push(' ');
    }
    // Writing to a String cannot fail.
    let _ = write(&mut text);
    text
}

fn comments<'p>(frame: &'p Frame<'_>, packet: &Packet<'_>, step: Option<&PacketInFlow>) -> Vec<&'p str> {
    if frame.comments.is_empty() {
        return Vec::new();
    }
    let own = packet::comment(packet, step);
    let others = frame.comments.iter().filter(|comment| Some(*comment) != own.as_ref());
    others.map(String::as_str).collect()
}

fn payload_name(packet: &Packet<'_>) -> &'static str {
    match packet.content() {
        // RFC 8200 section 4.7
        Content::IpProtocol(59) => "bytes behind the end, to be ignored",
        content => content.name().unwrap_or("unread bytes"),
    }
}

fn section(context: Context<'_, '_>, layer: &Layer<'_>) -> Section {
    let header = layer.header();
    let name = layer.protocol().name();
    Section {
        title: if layer.is_quoted() {
            format!("quoted {name}").into()
        } else {
            name.into()
        },
        range: header.at..header.end(),
        source: layer.protocol().source(),
        rows: layer.fields().iter().map(|field| row(context, field)).collect(),
    }
}

fn icmp_extension(packet: &Packet<'_>, step: Option<&PacketInFlow>) -> Option<Section> {
    let (context, fields) = explain::icmp_extension(packet, step)?;
    let bytes = packet.trailer();
    Some(Section {
        title: "ICMP extension".into(),
        range: bytes.at..bytes.end(),
        source: "RFC 4884",
        rows: fields.iter().map(|field| row(context, field)).collect(),
    })
}

fn row(context: Context<'_, '_>, field: &Field<'_>) -> Row {
    let mut value = value(field);
    if let Some(note) = explain::note(context, field) {
        value.push(' ');
        value.push_str(&note);
    }
    Row {
        id: field.id(),
        byte: field.byte(),
        bits: field.bit()..field.bit() + field.bits(),
        raw: raw(field),
        name: field.name(),
        short_name: short_name(field),
        value,
        meaning: explain::meaning(context, field).unwrap_or_default(),
    }
}

/// The value. Groups of bits show their parts: a number alone would be taken for the value.
fn value(field: &Field<'_>) -> CompactString {
    // Writing to a string cannot fail.
    match (field.id(), field.spec().form) {
        (tcp::id::FLAGS, _) => segment_flags(field),
        (_, Form::Flags) => {
            let mut text = CompactString::default();
            let parts = field.parts().iter();
            for part in parts.filter(|part| part.bits() == 1 && !is_reserved(part)) {
                separate(&mut text, " ");
                let _ = write!(text, "{}={part}", part.name());
            }
            text
        }
        (_, Form::Hex) if !field.parts().is_empty() => {
            let mut text = CompactString::default();
            for part in field.parts() {
                separate(&mut text, ", ");
                text.push_str(part.name());
                text.push(' ');
                // Zero is "nothing special" in each of these, and its name would say no more.
                let _ = match part.number() {
                    Some(0) => text.write_str("0"),
                    _ => write!(text, "{part}"),
                };
            }
            text
        }
        (_, Form::Length { uncounted: 0, .. }) if field.number() == Some(0) => "0".into(),
        (options::id::SACK_PERM, _) => "yes".into(),
        (options::id::WSCALE, _) => told(&[("shift ", Some(field))]),
        // `ECT(0) 1, CE 0, ECT(1) 65`
        (options::id::ACC_ECN, _) if field.parts().len() > 2 => {
            let counters = field.parts().iter().skip(2);
            let mark = |part: &Field<'_>| part.name().replace("echo of ", "").replace(" bytes", "");
            let shown: Vec<String> = counters
                .map(|part| format!("{} {}", mark(part), part.number().unwrap_or(0)))
                .collect();
            shown.join(", ").into()
        }
        (options::id::TIMESTAMP, _) => told(&[
            ("val ", field.find(options::id::TIMESTAMP_TSVAL)),
            (" echo ", field.find(options::id::TIMESTAMP_TSECR)),
        ]),
        _ => {
            let text = told(&[("", Some(field))]);
            if text.is_empty() { "-".into() } else { text }
        }
    }
}

/// Words, each with the value of a field behind it where there is one.
fn told(pairs: &[(&str, Option<&Field<'_>>)]) -> CompactString {
    let mut text = CompactString::default();
    for (word, field) in pairs {
        text.push_str(word);
        if let Some(field) = field {
            // Writing to a string cannot fail.
            let _ = write!(text, "{field}");
        }
    }
    text
}

/// Something stands before what comes next, unless that is the first.
fn separate(text: &mut CompactString, separator: &str) {
    if !text.is_empty() {
        text.push_str(separator);
    }
}

fn is_reserved(part: &Field<'_>) -> bool {
    part.name() == "reserved"
}

/// `000 .......S.`: the three reserved bits, then a letter for each flag that is set, at its bit.
fn segment_flags(field: &Field<'_>) -> CompactString {
    /// AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.
    const LETTERS: [char; 9] = ['A', 'C', 'E', 'U', 'A', 'P', 'R', 'S', 'F'];
    let number = field.number().unwrap_or(0);
    let reserved = (number >> 9) & 7;
    let letters = LETTERS.iter().enumerate();
    let reserved = [2, 1, 0].map(|bit| if reserved >> bit & 1 == 1 { '1' } else { '0' });
    let letters = letters.map(|(index, &letter)| if number >> (8 - index) & 1 == 1 { letter } else { '.' });
    reserved.into_iter().chain([' ']).chain(letters).collect()
}

/// At most so many bytes are shown raw.
const RAW_SHOWN: usize = 4;

/// The raw bytes, as far as they fit: `7f 00 00 01`, `00 x6`, `08 0a ...`, `.5` for half a byte, `010.....` for bits.
fn raw(field: &Field<'_>) -> CompactString {
    let bytes = field.raw();
    let (start, bits) = (field.bit() % 8, field.bits());
    let mut text = CompactString::default();
    // Writing to a string cannot fail.
    match bytes {
        [byte] if bits < 8 => match (start, bits) {
            (0, 4) => text.extend([upper(*byte), '.']),
            (4, 4) => text.extend(['.', lower(*byte)]),
            _ => text.extend((0..8).map(
                |bit| match (bit >= start && bit < start + bits, byte >> (7 - bit) & 1) {
                    (false, _) => '.',
                    (true, 0) => '0',
                    (true, _) => '1',
                },
            )),
        },
        [first, rest @ ..] if start == 4 => {
            text.extend(['.', lower(*first), ' ']);
            hex(&mut text, rest);
        }
        [first, ..] if bytes.len() > RAW_SHOWN && bytes.iter().all(|byte| byte == first) => {
            hex(&mut text, &[*first]);
            text.push_str(" x");
            let _ = write_decimal(&mut text, bytes.len() as u64);
        }
        _ if bytes.len() > RAW_SHOWN => {
            hex(&mut text, bytes.get(..2).unwrap_or(bytes));
            text.push_str(" ...");
        }
        _ => hex(&mut text, bytes),
    }
    text
}

/// The digit of the byte's upper half.
fn upper(byte: u8) -> char {
    char::from(hex_digits(byte)[0])
}

/// The digit of the byte's lower half.
fn lower(byte: u8) -> char {
    char::from(hex_digits(byte)[1])
}

fn hex(text: &mut CompactString, bytes: &[u8]) {
    // Writing to a string cannot fail.
    let _ = write_bytes(text, bytes, b' ');
}

/// The field's name in fifteen columns or less, so that a table fits 80.
fn short_name(field: &Field<'_>) -> Cow<'static, str> {
    if let Some(kind) = option_kind(field) {
        return kind.into();
    }
    match field.id() {
        tcp::id::ACK_RAW => "ack number",
        tcp::id::DSTPORT | udp::id::DSTPORT => "dest. port",
        ipv4::id::SRC | ipv6::id::SRC => "source",
        ipv4::id::DST | ipv6::id::DST => "destination",
        ipv4::id::CHECKSUM => "header checksum",
        _ => field.name(),
    }
    .into()
}

/// `opt 2 MSS` for a TCP option.
fn option_kind(field: &Field<'_>) -> Option<String> {
    let name = match field.id() {
        options::id::EOL => "end",
        options::id::NOP => "NOP",
        options::id::MSS => "MSS",
        options::id::WSCALE => "WScale",
        options::id::SACK_PERM => "SACK-perm",
        options::id::SACK => "SACK",
        options::id::TIMESTAMP => "times",
        options::id::TFO => "fast open",
        options::id::MD5 => "MD5",
        options::id::AO => "AO",
        options::id::USER_TO => "timeout",
        multipath::id::MPTCP => "MPTCP",
        options::id::ACC_ECN => "AccECN",
        options::id::EXPERIMENTAL => "trial",
        _ => return None,
    };
    let kind = field.find(options::id::OPTION_KIND).and_then(Field::number)?;
    Some(["opt ", itoa::Buffer::new().format(kind), " ", name].concat())
}
