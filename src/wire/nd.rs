//! Neighbor discovery: messages and options within `ICMPv6`. RFC 4861; RFC 4191 (route information), RFC 8106 (DNS), RFC 3971
//! (nonce)

use super::field::{Field, Form, Spec, bits, bytes, rest};
use super::options::{Layout, Shape, Walk, Walked};
use super::span::Span;

static SOLICITATION_OF_ROUTER: [Spec; 1] = [bytes("icmpv6.reserved", "reserved", 4, 4, Form::Hex)];

static ADVERTISEMENT_OF_ROUTER: [Spec; 5] = [
    bytes("icmpv6.nd.ra.cur_hop_limit", "current hop limit", 4, 1, Form::Decimal),
    bytes("icmpv6.nd.ra.flag", "flags", 5, 1, Form::Flags).of(&ROUTER_FLAGS),
    bytes(
        "icmpv6.nd.ra.router_lifetime",
        "router lifetime",
        6,
        2,
        Form::Count("s"),
    ),
    bytes("icmpv6.nd.ra.reachable_time", "reachable time", 8, 4, Form::Count("ms")),
    bytes("icmpv6.nd.ra.retrans_timer", "retrans timer", 12, 4, Form::Count("ms")),
];
static ROUTER_FLAGS: [Spec; 6] = [
    bits(
        "icmpv6.nd.ra.flag.m",
        "managed address configuration",
        40,
        1,
        Form::Flag,
    ),
    bits("icmpv6.nd.ra.flag.o", "other configuration", 41, 1, Form::Flag),
    bits("icmpv6.nd.ra.flag.h", "home agent", 42, 1, Form::Flag),
    bits(
        "icmpv6.nd.ra.flag.prf",
        "router preference",
        43,
        2,
        Form::Named(preference),
    ),
    bits("icmpv6.nd.ra.flag.p", "proxy", 45, 1, Form::Flag),
    bits("icmpv6.nd.ra.flag.rsv", "reserved", 46, 2, Form::Decimal),
];

static SOLICITATION: [Spec; 2] = [
    bytes("icmpv6.reserved", "reserved", 4, 4, Form::Hex),
    bytes("icmpv6.nd.ns.target_address", "target address", 8, 16, Form::Ipv6),
];

static ADVERTISEMENT: [Spec; 2] = [
    bytes("icmpv6.nd.na.flag", "flags", 4, 4, Form::Flags).of(&NEIGHBOR_FLAGS),
    bytes("icmpv6.nd.na.target_address", "target address", 8, 16, Form::Ipv6),
];
static NEIGHBOR_FLAGS: [Spec; 4] = [
    bits("icmpv6.nd.na.flag.r", "router", 32, 1, Form::Flag),
    bits("icmpv6.nd.na.flag.s", "solicited", 33, 1, Form::Flag),
    bits("icmpv6.nd.na.flag.o", "override", 34, 1, Form::Flag),
    bits("icmpv6.nd.na.flag.rsv", "reserved", 35, 29, Form::Hex),
];

static REDIRECT: [Spec; 3] = [
    bytes("icmpv6.reserved", "reserved", 4, 4, Form::Hex),
    bytes("icmpv6.nd.rd.target_address", "target address", 8, 16, Form::Ipv6),
    bytes(
        "icmpv6.rd.na.destination_address",
        "destination address",
        24,
        16,
        Form::Ipv6,
    ),
];

/// RFC 4191 section 2.1
fn preference(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "medium",
        1 => "high",
        3 => "low",
        _ => return None,
    })
}

/// The table of a neighbor discovery message and the bytes before its options; `None` for any other message.
pub(super) fn table(message: u8) -> Option<(&'static [Spec], usize)> {
    Some(match message {
        133 => (&SOLICITATION_OF_ROUTER, 8),
        134 => (&ADVERTISEMENT_OF_ROUTER, 16),
        135 => (&SOLICITATION, 24),
        136 => (&ADVERTISEMENT, 24),
        137 => (&REDIRECT, 40),
        _ => return None,
    })
}

const TYPE: Spec = bytes("icmpv6.opt.type", "type", 0, 1, Form::Decimal);
const LENGTH: Spec = bytes(
    "icmpv6.opt.length",
    "length",
    1,
    1,
    Form::Length { unit: 8, uncounted: 0 },
);
static NONE: [Spec; 0] = [];

static WHOLE_SOURCE: Spec = rest("icmpv6.opt", "source link-layer address", 0, Form::Option);
static PARTS_SOURCE: [Spec; 3] = [TYPE, LENGTH, bytes("icmpv6.opt.linkaddr", "address", 2, 6, Form::Mac)];
static SOURCE: Shape = Shape {
    whole: &WHOLE_SOURCE,
    parts: &PARTS_SOURCE,
    repeated: &NONE,
};

static WHOLE_TARGET: Spec = rest("icmpv6.opt", "target link-layer address", 0, Form::Option);
static TARGET: Shape = Shape {
    whole: &WHOLE_TARGET,
    parts: &PARTS_SOURCE,
    repeated: &NONE,
};

static WHOLE_PREFIX: Spec = rest("icmpv6.opt", "prefix information", 0, Form::Option);
static PARTS_PREFIX: [Spec; 8] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.prefix.length", "prefix length", 2, 1, Form::Count("bits")),
    bytes("icmpv6.opt.prefix.flag", "flags", 3, 1, Form::Flags).of(&PREFIX_FLAGS),
    bytes(
        "icmpv6.opt.prefix.valid_lifetime",
        "valid lifetime",
        4,
        4,
        Form::Count("s"),
    ),
    bytes(
        "icmpv6.opt.prefix.preferred_lifetime",
        "preferred lifetime",
        8,
        4,
        Form::Count("s"),
    ),
    bytes("icmpv6.opt.reserved", "reserved", 12, 4, Form::Hex),
    bytes("icmpv6.opt.prefix", "prefix", 16, 16, Form::Ipv6),
];
static PREFIX_FLAGS: [Spec; 4] = [
    bits("icmpv6.opt.prefix.flag.l", "on-link", 24, 1, Form::Flag),
    bits(
        "icmpv6.opt.prefix.flag.a",
        "autonomous address-configuration",
        25,
        1,
        Form::Flag,
    ),
    bits("icmpv6.opt.prefix.flag.r", "router address", 26, 1, Form::Flag),
    bits("icmpv6.opt.prefix.flag.reserved", "reserved", 27, 5, Form::Decimal),
];
static PREFIX: Shape = Shape {
    whole: &WHOLE_PREFIX,
    parts: &PARTS_PREFIX,
    repeated: &NONE,
};

static WHOLE_REDIRECTED: Spec = rest("icmpv6.opt", "redirected header", 0, Form::Option);
static PARTS_REDIRECTED: [Spec; 4] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 6, Form::Hex),
    rest("icmpv6.opt.redirected_packet", "redirected packet", 8, Form::Bytes),
];
static REDIRECTED: Shape = Shape {
    whole: &WHOLE_REDIRECTED,
    parts: &PARTS_REDIRECTED,
    repeated: &NONE,
};

static WHOLE_MTU: Spec = rest("icmpv6.opt", "MTU", 0, Form::Option);
static PARTS_MTU: [Spec; 4] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 2, Form::Hex),
    bytes("icmpv6.opt.mtu", "MTU", 4, 4, Form::Count("bytes")),
];
static MTU: Shape = Shape {
    whole: &WHOLE_MTU,
    parts: &PARTS_MTU,
    repeated: &NONE,
};

// RFC 6275 sections 7.3 and 7.4
static WHOLE_INTERVAL: Spec = rest("icmpv6.opt", "advertisement interval", 0, Form::Option);
static PARTS_INTERVAL: [Spec; 4] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 2, Form::Hex),
    bytes("icmpv6.opt.advertisement_interval", "interval", 4, 4, Form::Count("ms")),
];
static INTERVAL: Shape = Shape {
    whole: &WHOLE_INTERVAL,
    parts: &PARTS_INTERVAL,
    repeated: &NONE,
};
static WHOLE_AGENT: Spec = rest("icmpv6.opt", "home agent information", 0, Form::Option);
static PARTS_AGENT: [Spec; 5] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 2, Form::Hex),
    bytes("icmpv6.opt.home_agent_preference", "preference", 4, 2, Form::Decimal),
    bytes("icmpv6.opt.home_agent_lifetime", "lifetime", 6, 2, Form::Count("s")),
];
static AGENT: Shape = Shape {
    whole: &WHOLE_AGENT,
    parts: &PARTS_AGENT,
    repeated: &NONE,
};

static WHOLE_NONCE: Spec = rest("icmpv6.opt", "nonce", 0, Form::Option);
static PARTS_NONCE: [Spec; 3] = [TYPE, LENGTH, rest("icmpv6.opt.nonce", "nonce", 2, Form::Bytes)];
static NONCE: Shape = Shape {
    whole: &WHOLE_NONCE,
    parts: &PARTS_NONCE,
    repeated: &NONE,
};

static WHOLE_SERVERS: Spec = rest("icmpv6.opt", "recursive DNS servers", 0, Form::Option);
static PARTS_SERVERS: [Spec; 4] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 2, Form::Hex),
    bytes("icmpv6.opt.rdnss.lifetime", "lifetime", 4, 4, Form::Count("s")),
];
static SERVER: [Spec; 1] = [bytes("icmpv6.opt.rdnss", "server", 0, 16, Form::Ipv6)];
static SERVERS: Shape = Shape {
    whole: &WHOLE_SERVERS,
    parts: &PARTS_SERVERS,
    repeated: &SERVER,
};

static WHOLE_SEARCH: Spec = rest("icmpv6.opt", "DNS search list", 0, Form::Option);
static PARTS_SEARCH: [Spec; 5] = [
    TYPE,
    LENGTH,
    bytes("icmpv6.opt.reserved", "reserved", 2, 2, Form::Hex),
    bytes("icmpv6.opt.dnssl.lifetime", "lifetime", 4, 4, Form::Count("s")),
    rest("icmpv6.opt.dnssl", "domain names", 8, Form::Bytes),
];
static SEARCH: Shape = Shape {
    whole: &WHOLE_SEARCH,
    parts: &PARTS_SEARCH,
    repeated: &NONE,
};

static WHOLE_UNKNOWN: Spec = rest("icmpv6.opt", "unknown option", 0, Form::Option);
static PARTS_UNKNOWN: [Spec; 3] = [TYPE, LENGTH, rest("icmpv6.unknown_data", "data", 2, Form::Bytes)];
static UNKNOWN: Shape = Shape {
    whole: &WHOLE_UNKNOWN,
    parts: &PARTS_UNKNOWN,
    repeated: &NONE,
};

static BROKEN: Spec = rest("icmpv6.opt.unread", "unreadable options", 0, Form::Bytes);
static SURPLUS: Spec = rest("icmpv6.opt.padding", "padding", 0, Form::Bytes);

fn shape(kind: u8) -> &'static Shape {
    match kind {
        1 => &SOURCE,
        2 => &TARGET,
        3 => &PREFIX,
        4 => &REDIRECTED,
        5 => &MTU,
        7 => &INTERVAL,
        8 => &AGENT,
        14 => &NONCE,
        25 => &SERVERS,
        31 => &SEARCH,
        _ => &UNKNOWN,
    }
}

/// Adds the fields of the options.
pub(super) fn push_fields<'a>(options: Span<'a>, fields: &mut Vec<Field<'a>>) {
    fields.extend(Walk::new(Layout::Discovery, options).map(|walked| match walked {
        Walked::Option { kind, span } => shape(kind).field(span, &SURPLUS),
        Walked::Padding(span) | Walked::Broken { span, .. } => Field::walked(&BROKEN, span, Vec::new()),
    }));
}
