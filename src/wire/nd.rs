//! Neighbor discovery: messages and options within `ICMPv6`. RFC 4861; RFC 4191 (route information), RFC 8106 (DNS), RFC 3971
//! (nonce)

use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, option};
use super::span::Span;

fields! {
    RESERVED = "icmpv6.reserved", "RFC 4443", "Bytes that this message does not use; sent as 0.", "";
    ND_RA_CUR_HOP_LIMIT = "icmpv6.nd.ra.cur_hop_limit";
    ND_RA_FLAG = "icmpv6.nd.ra.flag";
    ND_RA_ROUTER_LIFETIME = "icmpv6.nd.ra.router_lifetime";
    ND_RA_REACHABLE_TIME = "icmpv6.nd.ra.reachable_time";
    ND_RA_RETRANS_TIMER = "icmpv6.nd.ra.retrans_timer";
    ND_RA_FLAG_M = "icmpv6.nd.ra.flag.m";
    ND_RA_FLAG_O = "icmpv6.nd.ra.flag.o";
    ND_RA_FLAG_H = "icmpv6.nd.ra.flag.h";
    ND_RA_FLAG_PRF = "icmpv6.nd.ra.flag.prf";
    ND_RA_FLAG_P = "icmpv6.nd.ra.flag.p";
    ND_RA_FLAG_RSV = "icmpv6.nd.ra.flag.rsv";
    ND_NS_TARGET_ADDRESS = "icmpv6.nd.ns.target_address";
    ND_NA_FLAG = "icmpv6.nd.na.flag";
    ND_NA_TARGET_ADDRESS = "icmpv6.nd.na.target_address";
    ND_NA_FLAG_R = "icmpv6.nd.na.flag.r";
    ND_NA_FLAG_S = "icmpv6.nd.na.flag.s";
    ND_NA_FLAG_O = "icmpv6.nd.na.flag.o";
    ND_NA_FLAG_RSV = "icmpv6.nd.na.flag.rsv";
    ND_RD_TARGET_ADDRESS = "icmpv6.nd.rd.target_address";
    RD_NA_DESTINATION_ADDRESS = "icmpv6.rd.na.destination_address";
    OPT_TYPE = "icmpv6.opt.type";
    OPT_LENGTH = "icmpv6.opt.length";
    OPT = "icmpv6.opt";
    OPT_LINKADDR = "icmpv6.opt.linkaddr";
    OPT_PREFIX_LENGTH = "icmpv6.opt.prefix.length";
    OPT_PREFIX_FLAG = "icmpv6.opt.prefix.flag";
    OPT_PREFIX_VALID_LIFETIME = "icmpv6.opt.prefix.valid_lifetime";
    OPT_PREFIX_PREFERRED_LIFETIME = "icmpv6.opt.prefix.preferred_lifetime";
    OPT_RESERVED = "icmpv6.opt.reserved";
    OPT_PREFIX = "icmpv6.opt.prefix";
    OPT_PREFIX_FLAG_L = "icmpv6.opt.prefix.flag.l";
    OPT_PREFIX_FLAG_A = "icmpv6.opt.prefix.flag.a";
    OPT_PREFIX_FLAG_R = "icmpv6.opt.prefix.flag.r";
    OPT_PREFIX_FLAG_RESERVED = "icmpv6.opt.prefix.flag.reserved";
    OPT_REDIRECTED_PACKET = "icmpv6.opt.redirected_packet";
    OPT_MTU = "icmpv6.opt.mtu";
    OPT_ADVERTISEMENT_INTERVAL = "icmpv6.opt.advertisement_interval";
    OPT_HOME_AGENT_PREFERENCE = "icmpv6.opt.home_agent_preference";
    OPT_HOME_AGENT_LIFETIME = "icmpv6.opt.home_agent_lifetime";
    OPT_NONCE = "icmpv6.opt.nonce";
    OPT_RDNSS_LIFETIME = "icmpv6.opt.rdnss.lifetime";
    OPT_RDNSS = "icmpv6.opt.rdnss";
    OPT_DNSSL_LIFETIME = "icmpv6.opt.dnssl.lifetime";
    OPT_DNSSL = "icmpv6.opt.dnssl";
    UNKNOWN_DATA = "icmpv6.unknown_data";
    OPT_UNREAD = "icmpv6.opt.unread";
    OPT_PADDING = "icmpv6.opt.padding";
}

static SOLICITATION_OF_ROUTER: [FieldDef; 1] = [bytes(id::RESERVED, "reserved", 4, 4, Format::Hex)];

static ADVERTISEMENT_OF_ROUTER: [FieldDef; 5] = [
    bytes(id::ND_RA_CUR_HOP_LIMIT, "current hop limit", 4, 1, Format::Decimal),
    bytes(id::ND_RA_FLAG, "flags", 5, 1, Format::Flags).of(&ROUTER_FLAGS),
    bytes(id::ND_RA_ROUTER_LIFETIME, "router lifetime", 6, 2, Format::Count("s")),
    bytes(id::ND_RA_REACHABLE_TIME, "reachable time", 8, 4, Format::Count("ms")),
    bytes(id::ND_RA_RETRANS_TIMER, "retrans timer", 12, 4, Format::Count("ms")),
];
static ROUTER_FLAGS: [FieldDef; 6] = [
    bits(id::ND_RA_FLAG_M, "managed address configuration", 40, 1, Format::Flag),
    bits(id::ND_RA_FLAG_O, "other configuration", 41, 1, Format::Flag),
    bits(id::ND_RA_FLAG_H, "home agent", 42, 1, Format::Flag),
    bits(
        id::ND_RA_FLAG_PRF,
        "router preference",
        43,
        2,
        Format::Named(preference),
    ),
    bits(id::ND_RA_FLAG_P, "proxy", 45, 1, Format::Flag),
    bits(id::ND_RA_FLAG_RSV, "reserved", 46, 2, Format::Decimal),
];

static SOLICITATION: [FieldDef; 2] = [
    bytes(id::RESERVED, "reserved", 4, 4, Format::Hex),
    bytes(id::ND_NS_TARGET_ADDRESS, "target address", 8, 16, Format::Ipv6),
];

static ADVERTISEMENT: [FieldDef; 2] = [
    bytes(id::ND_NA_FLAG, "flags", 4, 4, Format::Flags).of(&NEIGHBOR_FLAGS),
    bytes(id::ND_NA_TARGET_ADDRESS, "target address", 8, 16, Format::Ipv6),
];
static NEIGHBOR_FLAGS: [FieldDef; 4] = [
    bits(id::ND_NA_FLAG_R, "router", 32, 1, Format::Flag),
    bits(id::ND_NA_FLAG_S, "solicited", 33, 1, Format::Flag),
    bits(id::ND_NA_FLAG_O, "override", 34, 1, Format::Flag),
    bits(id::ND_NA_FLAG_RSV, "reserved", 35, 29, Format::Hex),
];

static REDIRECT: [FieldDef; 3] = [
    bytes(id::RESERVED, "reserved", 4, 4, Format::Hex),
    bytes(id::ND_RD_TARGET_ADDRESS, "target address", 8, 16, Format::Ipv6),
    bytes(
        id::RD_NA_DESTINATION_ADDRESS,
        "destination address",
        24,
        16,
        Format::Ipv6,
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
pub(super) fn table(message: u8) -> Option<(&'static [FieldDef], usize)> {
    Some(match message {
        133 => (&SOLICITATION_OF_ROUTER, 8),
        134 => (&ADVERTISEMENT_OF_ROUTER, 16),
        135 => (&SOLICITATION, 24),
        136 => (&ADVERTISEMENT, 24),
        137 => (&REDIRECT, 40),
        _ => return None,
    })
}

const TYPE: FieldDef = bytes(id::OPT_TYPE, "type", 0, 1, Format::Decimal).omitted();
const LENGTH: FieldDef = bytes(id::OPT_LENGTH, "length", 1, 1, Format::units(8)).omitted();

static LINK_LAYER_ADDRESS: [FieldDef; 3] = [TYPE, LENGTH, bytes(id::OPT_LINKADDR, "address", 2, 6, Format::Mac)];
static SOURCE: OptionDef = option(id::OPT, "source link-layer address").of(&LINK_LAYER_ADDRESS);
static TARGET: OptionDef = option(id::OPT, "target link-layer address").of(&LINK_LAYER_ADDRESS);

static PREFIX_FLAGS: [FieldDef; 4] = [
    bits(id::OPT_PREFIX_FLAG_L, "on-link", 24, 1, Format::Flag),
    bits(
        id::OPT_PREFIX_FLAG_A,
        "autonomous address-configuration",
        25,
        1,
        Format::Flag,
    ),
    bits(id::OPT_PREFIX_FLAG_R, "router address", 26, 1, Format::Flag),
    bits(id::OPT_PREFIX_FLAG_RESERVED, "reserved", 27, 5, Format::Decimal),
];
static PREFIX: OptionDef = option(id::OPT, "prefix information").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_PREFIX_LENGTH, "prefix length", 2, 1, Format::Count("bits")),
    bytes(id::OPT_PREFIX_FLAG, "flags", 3, 1, Format::Flags).of(&PREFIX_FLAGS),
    bytes(
        id::OPT_PREFIX_VALID_LIFETIME,
        "valid lifetime",
        4,
        4,
        Format::Count("s"),
    ),
    bytes(
        id::OPT_PREFIX_PREFERRED_LIFETIME,
        "preferred lifetime",
        8,
        4,
        Format::Count("s"),
    ),
    bytes(id::OPT_RESERVED, "reserved", 12, 4, Format::Hex).omitted(),
    bytes(id::OPT_PREFIX, "prefix", 16, 16, Format::Ipv6),
]);

static REDIRECTED: OptionDef = option(id::OPT, "redirected header").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RESERVED, "reserved", 2, 6, Format::Hex).omitted(),
    rest(id::OPT_REDIRECTED_PACKET, "redirected packet", 8, Format::Bytes),
]);

static MTU: OptionDef = option(id::OPT, "MTU").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RESERVED, "reserved", 2, 2, Format::Hex).omitted(),
    bytes(id::OPT_MTU, "MTU", 4, 4, Format::Count("bytes")),
]);

// RFC 6275 sections 7.3 and 7.4
static INTERVAL: OptionDef = option(id::OPT, "advertisement interval").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RESERVED, "reserved", 2, 2, Format::Hex).omitted(),
    bytes(id::OPT_ADVERTISEMENT_INTERVAL, "interval", 4, 4, Format::Count("ms")),
]);
static AGENT: OptionDef = option(id::OPT, "home agent information").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RESERVED, "reserved", 2, 2, Format::Hex).omitted(),
    bytes(id::OPT_HOME_AGENT_PREFERENCE, "preference", 4, 2, Format::Decimal),
    bytes(id::OPT_HOME_AGENT_LIFETIME, "lifetime", 6, 2, Format::Count("s")),
]);

static NONCE: OptionDef = option(id::OPT, "nonce").of(&[TYPE, LENGTH, rest(id::OPT_NONCE, "nonce", 2, Format::Bytes)]);

static SERVERS: OptionDef = option(id::OPT, "recursive DNS servers")
    .of(&[
        TYPE,
        LENGTH,
        bytes(id::OPT_RESERVED, "reserved", 2, 2, Format::Hex).omitted(),
        bytes(id::OPT_RDNSS_LIFETIME, "lifetime", 4, 4, Format::Count("s")),
    ])
    .again(&[bytes(id::OPT_RDNSS, "server", 0, 16, Format::Ipv6)]);

static SEARCH: OptionDef = option(id::OPT, "DNS search list").of(&[
    TYPE,
    LENGTH,
    bytes(id::OPT_RESERVED, "reserved", 2, 2, Format::Hex).omitted(),
    bytes(id::OPT_DNSSL_LIFETIME, "lifetime", 4, 4, Format::Count("s")),
    rest(id::OPT_DNSSL, "domain names", 8, Format::Bytes),
]);

static UNKNOWN: OptionDef =
    option(id::OPT, "unknown option").of(&[TYPE, LENGTH, rest(id::UNKNOWN_DATA, "data", 2, Format::Bytes)]);

static BROKEN: FieldDef = rest(id::OPT_UNREAD, "unreadable options", 0, Format::Bytes);
static SURPLUS: FieldDef = rest(id::OPT_PADDING, "padding", 0, Format::Bytes);

fn option_def(kind: u8) -> &'static OptionDef {
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
    fields.extend(
        OptionIter::new(OptionLayout::Discovery, options).map(|item| match item {
            OptionItem::Option { kind, span } => option_def(kind).field(span, &SURPLUS),
            OptionItem::Padding(span) | OptionItem::Broken { span, .. } => Field::of_span(&BROKEN, span, Vec::new()),
        }),
    );
}
