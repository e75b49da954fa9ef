//! The options of hop-by-hop and destination options headers. RFC 8200 section 4.2

use super::super::field::{Field, FieldDef, Form, bits, bytes, rest};
use super::super::options::{Layout, OptionDef, OptionIter, Walked};
use super::super::span::Span;

fields! {
    OPT_TYPE_ACTION = "ipv6.opt.type.action";
    OPT_TYPE_CHANGE = "ipv6.opt.type.change";
    OPT_TYPE_REST = "ipv6.opt.type.rest";
    OPT_TYPE = "ipv6.opt.type";
    OPT_LENGTH = "ipv6.opt.length";
    OPT = "ipv6.opt";
    OPT_PADN = "ipv6.opt.padn";
    OPT_TEL = "ipv6.opt.tel";
    OPT_ROUTER_ALERT = "ipv6.opt.router_alert";
    OPT_PMTU_MIN = "ipv6.opt.pmtu.min";
    OPT_PMTU_RTN = "ipv6.opt.pmtu.rtn";
    OPT_PMTU_R_FLAG = "ipv6.opt.pmtu.r_flag";
    OPT_JUMBO = "ipv6.opt.jumbo";
    OPT_MIPV6_HOME_ADDRESS = "ipv6.opt.mipv6.home_address";
    OPT_UNKNOWN = "ipv6.opt.unknown";
    OPT_UNREAD = "ipv6.opt.unread";
    OPT_SURPLUS = "ipv6.opt.surplus";
}

static TYPE_PARTS: [FieldDef; 3] = [
    bits(id::OPT_TYPE_ACTION, "action if unknown", 0, 2, Form::Named(action)),
    bits(id::OPT_TYPE_CHANGE, "may change on the way", 2, 1, Form::Flag),
    bits(id::OPT_TYPE_REST, "low-order bits", 3, 5, Form::Hex),
];
const TYPE: FieldDef = bytes(id::OPT_TYPE, "option type", 0, 1, Form::Hex)
    .of(&TYPE_PARTS)
    .omitted();
const LENGTH: FieldDef = bytes(id::OPT_LENGTH, "option data length", 1, 1, Form::Count("bytes")).omitted();

static WHOLE_PAD1: FieldDef = rest(id::OPT, "Pad1", 0, Form::Option);
static WHOLE_PADN: FieldDef = rest(id::OPT, "PadN", 0, Form::Option);
static WHOLE_LIMIT: FieldDef = rest(id::OPT, "tunnel encapsulation limit", 0, Form::Option);
static WHOLE_ALERT: FieldDef = rest(id::OPT, "router alert", 0, Form::Option);
static WHOLE_PMTU: FieldDef = rest(id::OPT, "minimum path MTU", 0, Form::Option);
static WHOLE_JUMBO: FieldDef = rest(id::OPT, "jumbo payload", 0, Form::Option);
static WHOLE_HOME: FieldDef = rest(id::OPT, "home address", 0, Form::Option);
static WHOLE_UNKNOWN: FieldDef = rest(id::OPT, "unknown option", 0, Form::Option);

static NONE: [FieldDef; 0] = [];
static PARTS_PAD1: [FieldDef; 1] = [bytes(id::OPT_TYPE, "option type", 0, 1, Form::Hex).omitted()];
static PARTS_PADN: [FieldDef; 3] = [TYPE, LENGTH, rest(id::OPT_PADN, "padding", 2, Form::Bytes)];
// RFC 2473 section 4.1.1
static PARTS_LIMIT: [FieldDef; 3] = [TYPE, LENGTH, bytes(id::OPT_TEL, "limit", 2, 1, Form::Decimal)];
// RFC 2711
static PARTS_ALERT: [FieldDef; 3] = [TYPE, LENGTH, bytes(id::OPT_ROUTER_ALERT, "value", 2, 2, Form::Decimal)];
// RFC 9268
static PARTS_PMTU: [FieldDef; 5] = [
    TYPE,
    LENGTH,
    bytes(id::OPT_PMTU_MIN, "minimum path MTU", 2, 2, Form::Count("bytes")),
    bits(
        id::OPT_PMTU_RTN,
        "returned minimum path MTU, without last bit",
        32,
        15,
        Form::Decimal,
    ),
    bits(id::OPT_PMTU_R_FLAG, "R", 47, 1, Form::Flag),
];
// RFC 2675
static PARTS_JUMBO: [FieldDef; 3] = [
    TYPE,
    LENGTH,
    bytes(id::OPT_JUMBO, "jumbo payload length", 2, 4, Form::Count("bytes")),
];
// RFC 6275 section 6.3
static PARTS_HOME: [FieldDef; 3] = [
    TYPE,
    LENGTH,
    bytes(id::OPT_MIPV6_HOME_ADDRESS, "home address", 2, 16, Form::Ipv6),
];
static PARTS_UNKNOWN: [FieldDef; 3] = [TYPE, LENGTH, rest(id::OPT_UNKNOWN, "data", 2, Form::Bytes)];

static PAD1: OptionDef = OptionDef {
    whole: &WHOLE_PAD1,
    parts: &PARTS_PAD1,
    repeated: &NONE,
};
static PADN: OptionDef = OptionDef {
    whole: &WHOLE_PADN,
    parts: &PARTS_PADN,
    repeated: &NONE,
};
static LIMIT: OptionDef = OptionDef {
    whole: &WHOLE_LIMIT,
    parts: &PARTS_LIMIT,
    repeated: &NONE,
};
static ALERT: OptionDef = OptionDef {
    whole: &WHOLE_ALERT,
    parts: &PARTS_ALERT,
    repeated: &NONE,
};
static PMTU: OptionDef = OptionDef {
    whole: &WHOLE_PMTU,
    parts: &PARTS_PMTU,
    repeated: &NONE,
};
static JUMBO: OptionDef = OptionDef {
    whole: &WHOLE_JUMBO,
    parts: &PARTS_JUMBO,
    repeated: &NONE,
};
static HOME: OptionDef = OptionDef {
    whole: &WHOLE_HOME,
    parts: &PARTS_HOME,
    repeated: &NONE,
};
static UNKNOWN: OptionDef = OptionDef {
    whole: &WHOLE_UNKNOWN,
    parts: &PARTS_UNKNOWN,
    repeated: &NONE,
};

static BROKEN: FieldDef = rest(id::OPT_UNREAD, "unreadable options", 0, Form::Bytes);
static SURPLUS: FieldDef = rest(id::OPT_SURPLUS, "bytes beyond the option", 0, Form::Bytes);

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

fn shape(kind: u8) -> &'static OptionDef {
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
    fields.extend(OptionIter::new(Layout::Ipv6, options).map(|walked| match walked {
        Walked::Option { kind, span } => shape(kind).field(span, &SURPLUS),
        Walked::Padding(span) | Walked::Broken { span, .. } => Field::walked(&BROKEN, span, Vec::new()),
    }));
}
