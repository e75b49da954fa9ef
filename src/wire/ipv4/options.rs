//! IPv4's options. RFC 791 section 3.1; router alert: RFC 2113

use super::super::chapter::{Origin, Tables};
use super::super::field::{Field, Form, Spec, bits, bytes, rest};
use super::super::options::{Layout, Shape, Walk, Walked};
use super::super::span::Span;

static TYPE_PARTS: [Spec; 3] = [
    bits("ip.opt.type.copy", "copied into fragments", 0, 1, Form::Flag),
    bits("ip.opt.type.class", "class", 1, 2, Form::Decimal),
    bits("ip.opt.type.number", "number", 3, 5, Form::Decimal),
];
const TYPE: Spec = bytes("ip.opt.type", "type", 0, 1, Form::Decimal).of(&TYPE_PARTS);
const LENGTH: Spec = bytes("ip.opt.len", "length", 1, 1, Form::Count("bytes"));
const POINTER: Spec = bytes("ip.opt.ptr", "pointer", 2, 1, Form::Decimal);

const fn whole(id: &'static str, name: &'static str) -> Spec {
    rest(id, name, 0, Form::Option)
}

static NONE: [Spec; 0] = [];
static ONE: [Spec; 1] = [TYPE];
static END_WHOLE: Spec = whole("ip.options.eol", "end of option list");
static END: Shape = Shape {
    whole: &END_WHOLE,
    parts: &ONE,
    repeated: &NONE,
};
static NOP_WHOLE: Spec = whole("ip.options.nop", "no operation");
static NOP: Shape = Shape {
    whole: &NOP_WHOLE,
    parts: &ONE,
    repeated: &NONE,
};

static ALERT_WHOLE: Spec = whole("ip.options.routeralert", "router alert");
static ALERT_PARTS: [Spec; 3] = [TYPE, LENGTH, bytes("ip.opt.ra", "value", 2, 2, Form::Decimal)];
static ALERT: Shape = Shape {
    whole: &ALERT_WHOLE,
    parts: &ALERT_PARTS,
    repeated: &NONE,
};

static ROUTE_PARTS: [Spec; 3] = [TYPE, LENGTH, POINTER];
static RECORDED: Spec = bytes("ip.rec_rt", "recorded address", 0, 4, Form::Ipv4);
static EMPTY: Spec = bytes("ip.empty_rt", "free place", 0, 4, Form::Ipv4);
static TO_VISIT: Spec = bytes("ip.src_rt", "address to visit", 0, 4, Form::Ipv4);
static RECORD_WHOLE: Spec = whole("ip.options.record_route", "record route");
static LOOSE_WHOLE: Spec = whole("ip.options.route", "loose source route");
static STRICT_WHOLE: Spec = whole("ip.options.source_route", "strict source route");

static TIME_WHOLE: Spec = whole("ip.options.timestamp", "internet timestamp");
static TIME_PARTS: [Spec; 5] = [
    TYPE,
    LENGTH,
    POINTER,
    bits("ip.opt.overflow", "overflow", 24, 4, Form::Decimal),
    bits("ip.opt.flag", "flag", 28, 4, Form::Decimal),
];
const TIME_STAMP: &str = "ip.opt.time_stamp";
static TIME_ALONE: [Spec; 1] = [bytes(
    TIME_STAMP,
    "timestamp",
    0,
    4,
    Form::Count("ms since midnight UT"),
)];
static TIME_PAIR: [Spec; 2] = [
    bytes("ip.opt.time_stamp_addr", "address", 0, 4, Form::Ipv4),
    bytes(TIME_STAMP, "timestamp", 4, 4, Form::Count("ms since midnight UT")),
];
static TIMES: Shape = Shape {
    whole: &TIME_WHOLE,
    parts: &TIME_PARTS,
    repeated: &TIME_ALONE,
};
static TIMES_WITH_ADDRESSES: Shape = Shape {
    whole: &TIME_WHOLE,
    parts: &TIME_PARTS,
    repeated: &TIME_PAIR,
};

static UNKNOWN_WHOLE: Spec = whole("ip.options.unknown", "unknown option");
static UNKNOWN_PARTS: [Spec; 3] = [TYPE, LENGTH, rest("ip.options.unknown.data", "data", 2, Form::Bytes)];
static UNKNOWN: Shape = Shape {
    whole: &UNKNOWN_WHOLE,
    parts: &UNKNOWN_PARTS,
    repeated: &NONE,
};

/// Bytes of a header that could not be read.
pub(super) static UNREAD: Spec = rest("ip.unread", "unread bytes", 0, Form::Bytes);
static PADDING: Spec = rest("ip.opt.padding", "padding", 0, Form::Bytes);
static BROKEN: Spec = rest("ip.options.unread", "unreadable options", 0, Form::Bytes);
static SURPLUS: Spec = rest("ip.options.surplus", "bytes beyond the option", 0, Form::Bytes);

/// Every kind of option, to look a field up.
pub(super) const SHAPES: &[&Shape] = &[&END, &NOP, &ALERT, &TIMES, &TIMES_WITH_ADDRESSES, &UNKNOWN];
/// Routes, and what stands alone.
pub(super) const TABLES: Tables = &[
    ("option record route", Origin::Option, &[RECORD_WHOLE]),
    ("option loose source route", Origin::Option, &[LOOSE_WHOLE]),
    ("option strict source route", Origin::Option, &[STRICT_WHOLE]),
    ("option with a route", Origin::Option, &ROUTE_PARTS),
    (
        "option with a route",
        Origin::RunningInOption,
        &[RECORDED, EMPTY, TO_VISIT],
    ),
    (
        "options that cannot be read",
        Origin::Running,
        &[UNREAD, PADDING, BROKEN, SURPLUS],
    ),
];

fn shape(kind: u8, option: Span<'_>) -> &'static Shape {
    match kind {
        0 => &END,
        1 => &NOP,
        // Flag 0: timestamps alone; 1 and 3: each after the address of who wrote it.
        68 if option.u8(3).map(|byte| byte & 15) == Some(0) => &TIMES,
        68 => &TIMES_WITH_ADDRESSES,
        148 => &ALERT,
        _ => &UNKNOWN,
    }
}

/// A route: addresses before the pointer are recorded ones, those from it on are free or still to be visited.
fn route(option: Span<'_>) -> Field<'_> {
    let (whole, ahead) = match option.u8(0) {
        Some(7) => (&RECORD_WHOLE, &EMPTY),
        Some(131) => (&LOOSE_WHOLE, &TO_VISIT),
        _ => (&STRICT_WHOLE, &TO_VISIT),
    };
    let mut parts: Vec<_> = ROUTE_PARTS.iter().map_while(|spec| Field::read(spec, option)).collect();
    // The pointer counts from 1, the option's type being the first byte. RFC 791 section 3.1
    let pointer = option.u8(2).map_or(0, usize::from);
    let mut left = option.from(3);
    while left.bytes.len() >= 4 {
        let is_recorded = left.at - option.at + 1 < pointer;
        parts.extend(Field::read(if is_recorded { &RECORDED } else { ahead }, left));
        left = left.from(4);
    }
    option.push_remainder(&mut parts, &SURPLUS);
    Field::walked(whole, option, parts)
}

/// Adds the fields of the options.
pub(super) fn push_fields<'a>(options: Span<'a>, fields: &mut Vec<Field<'a>>) {
    fields.extend(Walk::new(Layout::Classic, options).map(|walked| match walked {
        Walked::Option {
            kind: 7 | 131 | 137,
            span,
        } => route(span),
        Walked::Option { kind, span } => shape(kind, span).field(span, &SURPLUS),
        Walked::Padding(span) => Field::walked(&PADDING, span, Vec::new()),
        Walked::Broken { span, .. } => Field::walked(&BROKEN, span, Vec::new()),
    }));
}
