//! IPv4's options. RFC 791 section 3.1; router alert: RFC 2113

use super::super::display_format::DisplayFormat as Format;
use super::super::field::{Field, FieldDef, bits, bytes, rest};
use super::super::field_table::{FieldTables, Origin};
use super::super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, option, whole};
use super::super::span::Span;

fields! {
    OPT_TYPE_COPY = "ip.opt.type.copy", "RFC 791 section 3.1",
        "Whether the option is in every fragment, or in the first one only.", "";
    OPT_TYPE_CLASS = "ip.opt.type.class", "RFC 791 section 3.1", "What the option is about.", "0 control, 2 measuring.";
    OPT_TYPE_NUMBER = "ip.opt.type.number", "RFC 791 section 3.1", "Number of the option in its class.", "";
    OPT_TYPE = "ip.opt.type", "RFC 791 section 3.1", "Which option it is.", "";
    OPT_LEN = "ip.opt.len", "RFC 791 section 3.1", "Length of the option, type and length included.", "";
    OPT_PTR = "ip.opt.ptr", "RFC 791 section 3.1",
        "Where the next router writes or reads, counted from the start of the option, which is 1.", "";
    OPTIONS_EOL = "ip.options.eol", "RFC 791 section 3.1", "Ends the list of options.", "";
    OPTIONS_NOP = "ip.options.nop", "RFC 791 section 3.1",
        "Does nothing: it fills up, so that the next option begins at a multiple of four bytes.", "";
    OPTIONS_ROUTERALERT = "ip.options.routeralert", "RFC 2113",
        "Asks routers on the way to look at the packet, though it is not for them.", "";
    OPT_RA = "ip.opt.ra", "RFC 2113 section 2.1", "What a router is to do.", "0: look at the packet.";
    REC_RT = "ip.rec_rt", "RFC 791 section 3.1", "Address that a router has written.", "";
    EMPTY_RT = "ip.empty_rt", "RFC 791 section 3.1", "Place for the address of a further router.", "";
    SRC_RT = "ip.src_rt", "RFC 791 section 3.1", "Address that the packet still has to visit.", "";
    OPTIONS_RECORD_ROUTE = "ip.options.record_route", "RFC 791 section 3.1",
        "Each router writes its address into it.", "";
    OPTIONS_ROUTE = "ip.options.route", "RFC 791 section 3.1",
        "Routers that the packet has to pass, with others in between. Mostly blocked, for it helps attackers.", "";
    OPTIONS_SOURCE_ROUTE = "ip.options.source_route", "RFC 791 section 3.1",
        "All routers that the packet has to pass, with none in between. Mostly blocked, for it helps attackers.", "";
    OPTIONS_TIMESTAMP = "ip.options.timestamp", "RFC 791 section 3.1",
        "Each router writes the time at which the packet passed.", "";
    OPT_OVERFLOW = "ip.opt.overflow", "RFC 791 section 3.1", "How many routers found no room for their time.", "";
    OPT_FLAG = "ip.opt.flag", "RFC 791 section 3.1",
        "What comes before each time.", "0 nothing; 1 the address of who wrote it; 3 the address of who is to write it.";
    OPT_TIME_STAMP = "ip.opt.time_stamp", "RFC 791 section 3.1",
        "When the packet passed, in milliseconds since midnight, universal time.", "";
    OPT_TIME_STAMP_ADDR = "ip.opt.time_stamp_addr", "RFC 791 section 3.1",
        "Address of the router whose time follows.", "";
    OPTIONS_UNKNOWN = ours "ip.options.unknown", "RFC 791 section 3.1", "An option of a type that is not read here.", "";
    OPTIONS_UNKNOWN_DATA = ours "ip.options.unknown.data", "RFC 791 section 3.1",
        "The bytes of that option after type and length.", "";
    UNREAD = ours "ip.unread", "no standard: a name of this program",
        "Bytes of a header that could not be read, because it is cut or malformed.", "";
    OPT_PADDING = "ip.opt.padding", "RFC 791 section 3.1",
        "Fills the header up to a multiple of four bytes, behind the end of the option list.", "";
    OPTIONS_UNREAD = ours "ip.options.unread", "no standard: a name of this program",
        "Options from the first one on whose length cannot be.", "";
    OPTIONS_SURPLUS = ours "ip.options.surplus", "no standard: a name of this program",
        "Bytes that an option has beyond what its type defines.", "";
}

static TYPE_PARTS: [FieldDef; 3] = [
    bits(id::OPT_TYPE_COPY, "copied into fragments", 0, 1, Format::Flag),
    bits(id::OPT_TYPE_CLASS, "class", 1, 2, Format::Decimal),
    bits(id::OPT_TYPE_NUMBER, "number", 3, 5, Format::Decimal),
];
const TYPE: FieldDef = bytes(id::OPT_TYPE, "type", 0, 1, Format::Decimal)
    .of(&TYPE_PARTS)
    .omitted();
const LENGTH: FieldDef = bytes(id::OPT_LEN, "length", 1, 1, Format::Count("bytes")).omitted();
const POINTER: FieldDef = bytes(id::OPT_PTR, "pointer", 2, 1, Format::Decimal);

static END: OptionDef = option(id::OPTIONS_EOL, "end of option list").of(&[TYPE]);
static NOP: OptionDef = option(id::OPTIONS_NOP, "no operation").of(&[TYPE]);

static ALERT: OptionDef = option(id::OPTIONS_ROUTERALERT, "router alert").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RA, "value", 2, 2, Format::Decimal),
]);

static ROUTE_PARTS: [FieldDef; 3] = [TYPE, LENGTH, POINTER];
static RECORDED: FieldDef = bytes(id::REC_RT, "recorded address", 0, 4, Format::Ipv4);
static EMPTY: FieldDef = bytes(id::EMPTY_RT, "free place", 0, 4, Format::Ipv4);
static TO_VISIT: FieldDef = bytes(id::SRC_RT, "address to visit", 0, 4, Format::Ipv4);
static RECORD_WHOLE: FieldDef = whole(id::OPTIONS_RECORD_ROUTE, "record route");
static LOOSE_WHOLE: FieldDef = whole(id::OPTIONS_ROUTE, "loose source route");
static STRICT_WHOLE: FieldDef = whole(id::OPTIONS_SOURCE_ROUTE, "strict source route");

static TIME_PARTS: [FieldDef; 5] = [
    TYPE,
    LENGTH,
    POINTER,
    bits(id::OPT_OVERFLOW, "overflow", 24, 4, Format::Decimal),
    bits(id::OPT_FLAG, "flag", 28, 4, Format::Decimal),
];
const TIME_STAMP: &str = id::OPT_TIME_STAMP;
static TIME_ALONE: [FieldDef; 1] = [bytes(
    TIME_STAMP,
    "timestamp",
    0,
    4,
    Format::Count("ms since midnight UT"),
)];
static TIME_PAIR: [FieldDef; 2] = [
    bytes(id::OPT_TIME_STAMP_ADDR, "address", 0, 4, Format::Ipv4),
    bytes(TIME_STAMP, "timestamp", 4, 4, Format::Count("ms since midnight UT")),
];
static TIMES: OptionDef = option(id::OPTIONS_TIMESTAMP, "internet timestamp")
    .of(&TIME_PARTS)
    .again(&TIME_ALONE);
static TIMES_WITH_ADDRESSES: OptionDef = option(id::OPTIONS_TIMESTAMP, "internet timestamp")
    .of(&TIME_PARTS)
    .again(&TIME_PAIR);

static UNKNOWN: OptionDef = option(id::OPTIONS_UNKNOWN, "unknown option").of(&[
    TYPE,
    LENGTH,
    rest(id::OPTIONS_UNKNOWN_DATA, "data", 2, Format::Bytes),
]);

/// Bytes of a header that could not be read.
pub(super) static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);
static PADDING: FieldDef = rest(id::OPT_PADDING, "padding", 0, Format::Bytes);
static BROKEN: FieldDef = rest(id::OPTIONS_UNREAD, "unreadable options", 0, Format::Bytes);
static SURPLUS: FieldDef = rest(id::OPTIONS_SURPLUS, "bytes beyond the option", 0, Format::Bytes);

/// Every kind of option, to look a field up.
pub(super) const OPTION_DEFS: &[&OptionDef] = &[&END, &NOP, &ALERT, &TIMES, &TIMES_WITH_ADDRESSES, &UNKNOWN];
/// Routes, and what belongs to no group.
pub(super) const TABLES: FieldTables = &[
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

fn option_def(kind: u8, option: Span<'_>) -> &'static OptionDef {
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
    let mut parts = option.whole_fields(&ROUTE_PARTS);
    // The pointer counts from 1, the option's type being the first byte. RFC 791 section 3.1
    let pointer = option.u8(2).map_or(0, usize::from);
    let mut left = option.from(3);
    while left.bytes.len() >= 4 {
        let is_recorded = left.at - option.at + 1 < pointer;
        parts.extend(Field::read(if is_recorded { &RECORDED } else { ahead }, left));
        left = left.from(4);
    }
    option.push_remainder(&mut parts, &SURPLUS);
    Field::of_span(whole, option, parts)
}

/// Adds the fields of the options.
pub(super) fn push_fields<'a>(options: Span<'a>, fields: &mut Vec<Field<'a>>) {
    fields.extend(OptionIter::new(OptionLayout::Classic, options).map(|item| match item {
        OptionItem::Option {
            kind: 7 | 131 | 137,
            span,
        } => route(span),
        OptionItem::Option { kind, span } => option_def(kind, span).field(span, &SURPLUS),
        OptionItem::Padding(span) => Field::of_span(&PADDING, span, Vec::new()),
        OptionItem::Broken { span, .. } => Field::of_span(&BROKEN, span, Vec::new()),
    }));
}
