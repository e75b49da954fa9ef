//! IPv4, IPv6 and its extension headers.

use super::context::{Context, DatagramEnd, follows};
use super::explainer::Explain;
use super::lengths::{self, composition};
use super::sentence::Sentence;
use super::{addresses, checksum};
use crate::wire::Field;
use crate::wire::{ipv4, ipv6, ipv6_extension};

/// Explains IPv4.
pub(super) struct Ipv4Explainer;

impl Explain for Ipv4Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        let ip = context.layer.ipv4();
        Some(match field.id() {
            ipv4::id::HDR_LEN => match field.number()? {
                5 => "5 = no options".into(),
                words @ 6.. => sentence!("20 fixed + ", words * 4 - 20, " of options").into(),
                _ => "wrong: the fixed part alone has 5 words".into(),
            },
            ipv4::id::DSFIELD => services(field),
            ipv4::id::LEN => total_length(context, field)?,
            ipv4::id::ID => {
                let ip = ip?;
                if ip.is_fragment() {
                    "the same in all fragments of this datagram".into()
                } else if ip.dont_fragment() {
                    "would group fragments; with DF there are none".into()
                } else {
                    "groups fragments, should a router make some".into()
                }
            }
            ipv4::id::FLAGS => flags(field),
            ipv4::id::FLAGS_DF => yes_no(field, "do not fragment: drop it and say so", "routers may fragment it"),
            ipv4::id::FLAGS_MF => yes_no(field, "more fragments follow", "the last fragment, or the only one"),
            ipv4::id::FRAG_OFFSET => fragment_offset(field, ip.is_some_and(|ip| ip.more_fragments())),
            ipv4::id::TTL => hops(field),
            ipv4::id::PROTO if ip.as_ref().is_some_and(|ip| ip.fragment_offset() > 0) => {
                "of the whole datagram; no such header here".into()
            }
            ipv4::id::PROTO => follows(context),
            ipv4::id::CHECKSUM => checksum::meaning(context, field, "covers this header only")?,
            ipv4::id::SRC => addresses::meaning(context, field, DatagramEnd::Sender)?,
            ipv4::id::DST => addresses::meaning(context, field, DatagramEnd::Receiver)?,
            ipv4::id::VERSION => "tells IPv4 from IPv6".into(),
            id => option(id)?.into(),
        })
    }
}

/// Explains IPv6.
pub(super) struct Ipv6Explainer;

impl Explain for Ipv6Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        Some(match field.id() {
            ipv6::id::VERSION => "tells IPv6 from IPv4".into(),
            ipv6::id::TCLASS => services(field),
            ipv6::id::FLOW => match field.number()? {
                0 => "not used".into(),
                _ => "the same for one conversation, so that routers keep its packets on one path".into(),
            },
            ipv6::id::PLEN => match field.number()? {
                _ if wrong_length_6(context).is_some() => wrong_length_6(context)?,
                0 if context.layer.payload_length() > 0 => "0: larger than the field can say".into(),
                _ => sentence!("without these 40 bytes: ", composition(context, false)).into(),
            },
            ipv6::id::NXT => follows(context),
            ipv6::id::HLIM => hops(field),
            ipv6::id::SRC => addresses::meaning(context, field, DatagramEnd::Sender)?,
            ipv6::id::DST => addresses::meaning(context, field, DatagramEnd::Receiver)?,
            _ => return None,
        })
    }
}

/// IPv4 options: hardly any host sends them, and many routers drop what has them. RFC 7126
fn option(id: &str) -> Option<&'static str> {
    Some(match id {
        ipv4::options::id::OPTIONS_EOL => "no option follows",
        ipv4::options::id::OPTIONS_NOP => "aligns the next option",
        ipv4::options::id::OPT_PADDING => "fills the header up to whole words",
        ipv4::options::id::OPTIONS_ROUTERALERT => "routers look into it, though it is not for them",
        ipv4::options::id::OPTIONS_RECORD_ROUTE => "routers note their addresses here",
        ipv4::options::id::OPTIONS_TIMESTAMP => "routers note here when it passed",
        other if other.starts_with("ip.options.") => "an option that is rarely used",
        _ => return None,
    })
}

/// Explains IPv6's extension headers, and the authentication header.
pub(super) struct ExtensionExplainer;

impl Explain for ExtensionExplainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        Some(match field.id() {
            ipv6_extension::id::FRAGHDR_NXT if context.layer.fragment().is_some_and(|header| header.offset > 0) => {
                "of the whole datagram; no such header here".into()
            }
            ipv6_extension::id::HOPOPTS_NXT
            | ipv6_extension::id::ROUTING_NXT
            | ipv6_extension::id::FRAGHDR_NXT
            | ipv6_extension::id::DSTOPTS_NXT
            | ipv6_extension::id::AH_NEXT_HEADER => follows(context),
            ipv6_extension::id::FRAGHDR_OFFSET => {
                fragment_offset(field, context.layer.fragment().is_some_and(|header| header.more))
            }
            ipv6_extension::id::FRAGHDR_MORE => yes_no(field, "more fragments follow", "the last fragment"),
            ipv6_extension::id::FRAGHDR_IDENT => "the same in all fragments of this datagram".into(),
            ipv6_extension::id::ROUTING_SEGLEFT => "stations that are still to be visited".into(),
            _ => return None,
        })
    }
}

fn yes_no(field: &Field<'_>, yes: &'static str, no: &'static str) -> Sentence {
    if field.number() == Some(1) { yes } else { no }.into()
}

fn services(field: &Field<'_>) -> Sentence {
    let number = field.number().unwrap_or(0);
    let priority = if number >> 2 == 0 {
        "no priority"
    } else {
        "a priority that routers may honour"
    };
    let congestion = match number & 3 {
        0 => "no ECN",
        3 => "ECN: a router on the way is congested",
        _ => "ECN: congestion may be marked instead of dropped",
    };
    sentence!(priority, ", ", congestion).into()
}

/// The problem counts the header too, the field does not.
fn wrong_length_6(context: Context<'_, '_>) -> Option<Sentence> {
    lengths::wrong_length(context, ipv6::id::PLEN)
        .map(|wrong_length| sentence!(wrong_length, ", these 40 included").into())
}

fn total_length(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    if let Some(wrong_length) = lengths::wrong_length(context, ipv4::id::LEN) {
        return Some(wrong_length);
    }
    Some(match field.number()? {
        0 => "0: left to the network card, or more than 16 bits can say".into(),
        _ => composition(context, true),
    })
}

fn flags(field: &Field<'_>) -> Sentence {
    let number = field.number().unwrap_or(0);
    match number & 3 {
        0b00 => "may be fragmented; no fragment after this one",
        0b01 => "more fragments follow",
        0b10 => "do not fragment",
        _ => "do not fragment, and yet more fragments follow",
    }
    .into()
}

fn fragment_offset(field: &Field<'_>, more: bool) -> Sentence {
    match (field.number(), more) {
        (Some(0), false) => "a whole datagram".into(),
        (Some(0), true) => "the first fragment: the next header is in it".into(),
        (Some(units), _) => sentence!("its data start at byte ", units * 8, " of the datagram's").into(),
        (None, _) => "not whole".into(),
    }
}

/// Systems start at 64 (Linux, macOS), 128 (Windows) or 255, so the distance to the next of them is the number of routers,
/// as long as it is a believable one.
fn hops(field: &Field<'_>) -> Sentence {
    /// Few paths are longer.
    const BELIEVABLE: u64 = 30;
    let left = field.number().unwrap_or(0);
    let start = [64, 128, 255].into_iter().find(|&start| left <= start).unwrap_or(255);
    match start - left {
        0 if start == 64 => "Linux starts at 64: no router passed".into(),
        0 => sentence!(start, " is a usual start: probably no router passed").into(),
        1 => sentence!(start, " at the start, if one router was passed").into(),
        passed @ 2..=BELIEVABLE => sentence!(start, " at the start, if ", passed, " routers were passed").into(),
        _ => "each router takes one off; at 0 it is dropped".into(),
    }
}
