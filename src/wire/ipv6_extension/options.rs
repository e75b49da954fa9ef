//! The options of hop-by-hop and destination options headers. RFC 8200 section 4.2

use super::super::display_format::DisplayFormat as Format;
use super::super::field::{Field, FieldDef, bits, bytes, rest};
use super::super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, option};
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
    bits(id::OPT_TYPE_ACTION, "action if unknown", 0, 2, Format::Named(action)),
    bits(id::OPT_TYPE_CHANGE, "may change on the way", 2, 1, Format::Flag),
    bits(id::OPT_TYPE_REST, "low-order bits", 3, 5, Format::Hex),
];
const TYPE: FieldDef = bytes(id::OPT_TYPE, "option type", 0, 1, Format::Hex)
    .of(&TYPE_PARTS)
    .omitted();
const LENGTH: FieldDef = bytes(id::OPT_LENGTH, "option data length", 1, 1, Format::Count("bytes")).omitted();

static PAD1: OptionDef = option(id::OPT, "Pad1").of(&[bytes(id::OPT_TYPE, "option type", 0, 1, Format::Hex).omitted()]);
static PADN: OptionDef = option(id::OPT, "PadN").of(&[TYPE, LENGTH, rest(id::OPT_PADN, "padding", 2, Format::Bytes)]);
// RFC 2473 section 4.1.1
static LIMIT: OptionDef = option(id::OPT, "tunnel encapsulation limit").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_TEL, "limit", 2, 1, Format::Decimal),
]);
// RFC 2711
static ALERT: OptionDef = option(id::OPT, "router alert").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_ROUTER_ALERT, "value", 2, 2, Format::Decimal),
]);
// RFC 9268
static PMTU: OptionDef = option(id::OPT, "minimum path MTU").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_PMTU_MIN, "minimum path MTU", 2, 2, Format::Count("bytes")),
    bits(
        id::OPT_PMTU_RTN,
        "returned minimum path MTU, without last bit",
        32,
        15,
        Format::Decimal,
    ),
    bits(id::OPT_PMTU_R_FLAG, "R", 47, 1, Format::Flag),
]);
// RFC 2675
static JUMBO: OptionDef = option(id::OPT, "jumbo payload").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_JUMBO, "jumbo payload length", 2, 4, Format::Count("bytes")),
]);
// RFC 6275 section 6.3
static HOME: OptionDef = option(id::OPT, "home address").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_MIPV6_HOME_ADDRESS, "home address", 2, 16, Format::Ipv6),
]);
static UNKNOWN: OptionDef =
    option(id::OPT, "unknown option").of(&[TYPE, LENGTH, rest(id::OPT_UNKNOWN, "data", 2, Format::Bytes)]);

static BROKEN: FieldDef = rest(id::OPT_UNREAD, "unreadable options", 0, Format::Bytes);
static SURPLUS: FieldDef = rest(id::OPT_SURPLUS, "bytes beyond the option", 0, Format::Bytes);

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

fn option_def(kind: u8) -> &'static OptionDef {
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
    fields.extend(OptionIter::new(OptionLayout::Ipv6, options).map(|item| match item {
        OptionItem::Option { kind, span } => option_def(kind).field(span, &SURPLUS),
        OptionItem::Padding(span) | OptionItem::Broken { span, .. } => Field::of_span(&BROKEN, span, Vec::new()),
    }));
}
