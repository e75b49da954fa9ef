//! A field as a row: its bytes, its name, its value and its meaning.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use compact_str::CompactString;

use crate::explain::{self, Context, Sentence};
use crate::wire::digits::{hex_digits, write_bytes, write_decimal};
use crate::wire::tcp::{multipath, options};
use crate::wire::{DisplayFormat, Field};
use crate::wire::{ipv4, ipv6, tcp, udp};

/// One field.
#[derive(Debug)]
pub struct FieldRow {
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

/// The row of a field.
pub(super) fn row(context: Context<'_, '_>, field: &Field<'_>) -> FieldRow {
    let mut value = value(field);
    if let Some(note) = explain::note(context, field) {
        value.push(' ');
        value.push_str(&note);
    }
    FieldRow {
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
    match (field.id(), field.def().format) {
        (tcp::id::FLAGS, _) => segment_flags(field),
        (_, DisplayFormat::Flags) => {
            let mut text = CompactString::default();
            let parts = field.parts().iter();
            for part in parts.filter(|part| part.bits() == 1 && !is_reserved(part)) {
                separate(&mut text, " ");
                let _ = write!(text, "{}={part}", part.name());
            }
            text
        }
        (_, DisplayFormat::Hex) if !field.parts().is_empty() => {
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
        (_, DisplayFormat::Length { uncounted: 0, .. }) if field.number() == Some(0) => "0".into(),
        (options::id::SACK_PERM, _) => "yes".into(),
        (options::id::WSCALE, _) => compact(&[("shift ", Some(field))]),
        // `ECT(0) 1, CE 0, ECT(1) 65`
        (options::id::ACC_ECN, _) if field.parts().len() > 2 => {
            let counters = field.parts().iter().skip(2);
            let mark = |part: &Field<'_>| part.name().replace("echo of ", "").replace(" bytes", "");
            let shown: Vec<String> = counters
                .map(|part| format!("{} {}", mark(part), part.number().unwrap_or(0)))
                .collect();
            shown.join(", ").into()
        }
        (options::id::TIMESTAMP, _) => compact(&[
            ("val ", field.find(options::id::TIMESTAMP_TSVAL)),
            (" echo ", field.find(options::id::TIMESTAMP_TSECR)),
        ]),
        _ => {
            let text = compact(&[("", Some(field))]);
            if text.is_empty() { "-".into() } else { text }
        }
    }
}

/// Words, each with the value of a field behind it where there is one.
fn compact(pairs: &[(&str, Option<&Field<'_>>)]) -> CompactString {
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

/// Puts the separator before what comes next, unless that is the first.
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

/// At most this many bytes are shown raw.
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
