//! The options of hop-by-hop and destination options headers. RFC 8200 section 4.2

use super::super::field::{Field, Form, Spec, bits, bytes, rest};
use super::super::options::{Layout, Shape, Walk, Walked};
use super::super::span::Span;

static TYPE_PARTS: [Spec; 3] = [
    bits("ipv6.opt.type.action", "action if unknown", 0, 2, Form::Named(action)),
    bits("ipv6.opt.type.change", "may change on the way", 2, 1, Form::Flag),
    bits("ipv6.opt.type.rest", "low-order bits", 3, 5, Form::Hex),
];
const TYPE: Spec = bytes("ipv6.opt.type", "option type", 0, 1, Form::Hex).of(&TYPE_PARTS);
const LENGTH: Spec = bytes("ipv6.opt.length", "option data length", 1, 1, Form::Count("bytes"));

static WHOLE_PAD1: Spec = rest("ipv6.opt", "Pad1", 0, Form::Option);
static WHOLE_PADN: Spec = rest("ipv6.opt", "PadN", 0, Form::Option);
static WHOLE_LIMIT: Spec = rest("ipv6.opt", "tunnel encapsulation limit", 0, Form::Option);
static WHOLE_ALERT: Spec = rest("ipv6.opt", "router alert", 0, Form::Option);
static WHOLE_PMTU: Spec = rest("ipv6.opt", "minimum path MTU", 0, Form::Option);
static WHOLE_JUMBO: Spec = rest("ipv6.opt", "jumbo payload", 0, Form::Option);
static WHOLE_HOME: Spec = rest("ipv6.opt", "home address", 0, Form::Option);
static WHOLE_UNKNOWN: Spec = rest("ipv6.opt", "unknown option", 0, Form::Option);

static NONE: [Spec; 0] = [];
static PARTS_PAD1: [Spec; 1] = [bytes("ipv6.opt.type", "option type", 0, 1, Form::Hex)];
static PARTS_PADN: [Spec; 3] = [TYPE, LENGTH, rest("ipv6.opt.padn", "padding", 2, Form::Bytes)];
// RFC 2473 section 4.1.1
static PARTS_LIMIT: [Spec; 3] = [TYPE, LENGTH, bytes("ipv6.opt.tel", "limit", 2, 1, Form::Decimal)];
// RFC 2711
static PARTS_ALERT: [Spec; 3] = [
    TYPE,
    LENGTH,
    bytes("ipv6.opt.router_alert", "value", 2, 2, Form::Decimal),
];
// RFC 9268
static PARTS_PMTU: [Spec; 5] = [
    TYPE,
    LENGTH,
    bytes("ipv6.opt.pmtu.min", "minimum path MTU", 2, 2, Form::Count("bytes")),
    bits(
        "ipv6.opt.pmtu.rtn",
        "returned minimum path MTU, without last bit",
        32,
        15,
        Form::Decimal,
    ),
    bits("ipv6.opt.pmtu.r_flag", "R", 47, 1, Form::Flag),
];
// RFC 2675
static PARTS_JUMBO: [Spec; 3] = [
    TYPE,
    LENGTH,
    bytes("ipv6.opt.jumbo", "jumbo payload length", 2, 4, Form::Count("bytes")),
];
// RFC 6275 section 6.3
static PARTS_HOME: [Spec; 3] = [
    TYPE,
    LENGTH,
    bytes("ipv6.opt.mipv6.home_address", "home address", 2, 16, Form::Ipv6),
];
static PARTS_UNKNOWN: [Spec; 3] = [TYPE, LENGTH, rest("ipv6.opt.unknown", "data", 2, Form::Bytes)];

static PAD1: Shape = Shape {
    whole: &WHOLE_PAD1,
    parts: &PARTS_PAD1,
    repeated: &NONE,
};
static PADN: Shape = Shape {
    whole: &WHOLE_PADN,
    parts: &PARTS_PADN,
    repeated: &NONE,
};
static LIMIT: Shape = Shape {
    whole: &WHOLE_LIMIT,
    parts: &PARTS_LIMIT,
    repeated: &NONE,
};
static ALERT: Shape = Shape {
    whole: &WHOLE_ALERT,
    parts: &PARTS_ALERT,
    repeated: &NONE,
};
static PMTU: Shape = Shape {
    whole: &WHOLE_PMTU,
    parts: &PARTS_PMTU,
    repeated: &NONE,
};
static JUMBO: Shape = Shape {
    whole: &WHOLE_JUMBO,
    parts: &PARTS_JUMBO,
    repeated: &NONE,
};
static HOME: Shape = Shape {
    whole: &WHOLE_HOME,
    parts: &PARTS_HOME,
    repeated: &NONE,
};
static UNKNOWN: Shape = Shape {
    whole: &WHOLE_UNKNOWN,
    parts: &PARTS_UNKNOWN,
    repeated: &NONE,
};

static BROKEN: Spec = rest("ipv6.opt.unread", "unreadable options", 0, Form::Bytes);
static SURPLUS: Spec = rest("ipv6.opt.surplus", "bytes beyond the option", 0, Form::Bytes);

/// What a node does with a packet whose option it does not know. RFC 8200 section 4.2
fn action(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "skip",
        1 => "discard",
        2 => "discard, send ICMPv6",
        3 => "discard, send ICMPv6 unless multicast",
        _ => return None,
    })
}

fn shape(kind: u8) -> &'static Shape {
    match kind {
        0x00 => &PAD1,
        0x01 => &PADN,
        0x04 => &LIMIT,
        0x05 => &ALERT,
        0x30 => &PMTU,
        0xc2 => &JUMBO,
        0xc9 => &HOME,
        _ => &UNKNOWN,
    }
}

/// Adds the fields of the options.
pub(super) fn push_fields<'a>(options: Span<'a>, fields: &mut Vec<Field<'a>>) {
    fields.extend(Walk::new(Layout::Ipv6, options).map(|walked| match walked {
        Walked::Option { kind, span } => shape(kind).field(span, &SURPLUS),
        Walked::Padding(span) | Walked::Broken { span, .. } => Field::walked(&BROKEN, span, Vec::new()),
    }));
}
