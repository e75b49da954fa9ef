//! ICMP and `ICMPv6`: what the network says of a datagram.

use super::checksum;
use super::context::Context;
use super::explainer::Explain;
use super::sentence::Sentence;
use crate::flow::PacketInFlow;
use crate::wire::{Field, Layer, Protocol, icmp, icmpv6};
use crate::wire::{icmp_extension, nd};

/// Explains ICMP.
pub(super) struct IcmpExplainer;

impl Explain for IcmpExplainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        meaning(context, field)
    }

    fn name(layer: &Layer<'_>) -> Option<Sentence> {
        let message = layer.icmp()?;
        let kind = message.message_type();
        let code = icmp::code_name(kind, message.code());
        Some(name("ICMP", code.or_else(|| icmp::type_name(kind.into()))))
    }

    fn reason(layer: &Layer<'_>) -> Option<Sentence> {
        purpose(kind_4(layer.icmp()?.message_type().into()))
    }
}

/// Explains `ICMPv6`.
pub(super) struct Icmpv6Explainer;

impl Explain for Icmpv6Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        meaning(context, field)
    }

    fn name(layer: &Layer<'_>) -> Option<Sentence> {
        let message = layer.icmpv6()?;
        let kind = message.message_type();
        let code = icmpv6::code_name(kind, message.code());
        Some(name("ICMPv6", code.or_else(|| icmpv6::type_name(kind.into()))))
    }

    fn reason(layer: &Layer<'_>) -> Option<Sentence> {
        purpose(kind_6(layer.icmpv6()?.message_type().into()))
    }
}

fn name(protocol: &str, code: Option<&str>) -> Sentence {
    format!("{protocol} {}", code.unwrap_or("message")).into()
}

fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    let v6 = context.layer.protocol() == Protocol::Icmpv6;
    Some(match field.id() {
        icmp::id::TYPE => about(context, kind_4(field.number()?)),
        icmpv6::id::TYPE => about(context, kind_6(field.number()?)),
        icmp::id::CODE => {
            let message = context.layer.icmp()?;
            let (kind, code) = (message.message_type(), message.code());
            named(icmp::code_name(kind, code), code_4(kind.into(), code.into()))
        }
        icmpv6::id::CODE => {
            let message = context.layer.icmpv6()?;
            let (kind, code) = (message.message_type(), message.code());
            named(icmpv6::code_name(kind, code), code_6(kind.into(), code.into()))
        }
        icmp::id::CHECKSUM | icmpv6::id::CHECKSUM => {
            let covers = if v6 {
                "covers pseudo-header and message"
            } else {
                "covers the whole message"
            };
            checksum::meaning(context, field, covers)?
        }
        icmp_extension::id::CHECKSUM => checksum::meaning(context, field, "covers the whole extension")?,
        id => extension(id).or_else(|| other(id))?.into(),
    })
}

/// What a router adds after the quotation. RFC 4884 sections 7 and 8
fn extension(id: &str) -> Option<&'static str> {
    Some(match id {
        icmp_extension::id::VERSION => "the extension's version: 2 is the only one",
        icmp_extension::id::RES => "not used: 0",
        icmp_extension::id::LENGTH => "of this object with its header",
        icmp_extension::id::CLASS => "what the object is about",
        icmp_extension::id::CTYPE => "which kind of it, by the class",
        icmp_extension::id::DATA => "what the router says in addition to the error",
        icmp_extension::id::UNREAD => "could not be read: no object has this length",
        _ => return None,
    })
}

/// The name of a code, by which its RFC and Wireshark call it, and what that means here.
fn named(name: Option<&str>, meaning: &'static str) -> Sentence {
    match name {
        Some(name) if meaning == ANY_CODE => name.to_owned().into(),
        Some(name) => format!("{name}: {meaning}").into(),
        None => meaning.into(),
    }
}

/// With the number of the packet that it quotes, where that was captured.
fn about(context: Context<'_, '_>, sentence: &'static str) -> Sentence {
    let notice = context.in_flow.and_then(PacketInFlow::notice);
    match notice.and_then(|notice| notice.about) {
        Some(packet) => format!("{sentence}: packet {packet}").into(),
        None => sentence.into(),
    }
}

/// What a message of this type is for, where it is a usual one.
fn purpose(sentence: &'static str) -> Option<Sentence> {
    (sentence != UNUSUAL).then(|| sentence.into())
}

const ANY_CODE: &str = "says more about the type";
const UNUSUAL: &str = "what the message is for";

/// What the fields of the different messages are for.
fn other(id: &str) -> Option<&'static str> {
    Some(match id {
        icmp::id::IDENT | icmpv6::id::ECHO_IDENTIFIER => "distinguishes one ping program from another",
        icmp::id::SEQ | icmpv6::id::ECHO_SEQUENCE_NUMBER | icmp::id::EXT_ECHO_SEQ => "counts the pings",
        icmp::id::UNUSED | icmp::id::RESERVED | nd::id::RESERVED => "not used in this kind of message",
        icmp::id::LENGTH => "how much of the datagram is quoted; 0: not told",
        icmp::id::MTU | icmpv6::id::MTU => "the largest packet that fits the next link",
        icmp::id::REDIR_GW => "the router to take instead",
        icmp::id::POINTER | icmpv6::id::POINTER => "the byte that cannot be understood",
        nd::id::ND_NS_TARGET_ADDRESS => "who has this address?",
        nd::id::ND_NA_TARGET_ADDRESS => "this address is at the sender's MAC",
        nd::id::ND_NA_FLAG => "router, asked for, replaces what was known",
        nd::id::ND_RD_TARGET_ADDRESS => "the better next station",
        nd::id::ND_RA_CUR_HOP_LIMIT => "hosts are to start with this hop limit; 0: not told",
        nd::id::ND_RA_FLAG => "whether DHCPv6 has addresses or other news",
        nd::id::ND_RA_ROUTER_LIFETIME => "how long it serves as default router; 0: it does not",
        nd::id::ND_RA_REACHABLE_TIME => "how long a neighbour counts as reachable; 0: not told",
        nd::id::ND_RA_RETRANS_TIMER => "time between questions to neighbours; 0: not told",
        icmpv6::id::MLD_MULTICAST_ADDRESS => "the group that is meant; :: for all",
        nd::id::OPT => "what else the sender says",
        nd::id::OPT_TYPE => "which option it is",
        nd::id::OPT_LENGTH => "its length in units of 8 bytes",
        nd::id::OPT_LINKADDR => "the MAC of who is asked about, or of the sender",
        nd::id::OPT_MTU => "the largest packet on this link",
        nd::id::OPT_PREFIX => "addresses on this link begin so",
        nd::id::OPT_PREFIX_LENGTH => "how many bits of it count",
        nd::id::OPT_PREFIX_FLAG | nd::id::OPT_PREFIX_FLAG_A => "hosts may make their own address with it",
        nd::id::OPT_PREFIX_FLAG_L => "such addresses are on this link",
        nd::id::OPT_PREFIX_VALID_LIFETIME => "so long addresses with it may be used",
        nd::id::OPT_PREFIX_PREFERRED_LIFETIME => "so long they are taken for new connections",
        nd::id::OPT_RDNSS => "which DNS servers to ask",
        nd::id::OPT_DNSSL => "which domains to try names in",
        nd::id::ND_RA_FLAG_M => "DHCPv6 gives addresses here",
        nd::id::ND_RA_FLAG_O => "DHCPv6 gives other news here",
        nd::id::ND_RA_FLAG_PRF => "whether hosts should prefer this router, RFC 4191",
        other if other.starts_with("icmpv6.mld") => "who listens to which multicast groups",
        other if other.starts_with("icmp.ext.echo") => "asks about an interface instead of a host, RFC 8335",
        other if other.starts_with("icmp") => "belongs to this kind of message",
        _ => return None,
    })
}

fn kind_4(kind: u64) -> &'static str {
    match kind {
        0 => "the answer to a ping",
        3 => "the datagram quoted below was not delivered; the code says why",
        5 => "there is a shorter way",
        8 => "a ping: please send this back",
        11 => "the datagram quoted below was dropped: too many hops, or too slow",
        12 => "a header field of the datagram below cannot be understood",
        4 => "please send slower; not used any more, RFC 6633",
        9 => "a router introduces itself",
        10 => "asks the routers to introduce themselves",
        13 => "asks for the time of day",
        14 => "tells the time of day",
        42 => "asks about an interface, RFC 8335",
        43 => "tells about an interface, RFC 8335",
        _ => UNUSUAL,
    }
}

fn kind_6(kind: u64) -> &'static str {
    match kind {
        1 => "the packet quoted below was not delivered; the code says why",
        2 => "the packet quoted below is too big for the next link",
        3 => "the packet quoted below was dropped: too many hops, or too slow",
        4 => "a header field of the packet below cannot be understood",
        128 => "a ping: please send this back",
        129 => "the answer to a ping",
        133 => "asks the routers to introduce themselves",
        134 => "a router introduces itself",
        135 => "asks: who has this address?",
        136 => "answers: the address is mine",
        137 => "there is a better next station",
        130 => "asks who listens to which multicast groups",
        131 | 143 => "tells which multicast groups the sender listens to",
        132 => "the sender listens to this multicast group no more",
        _ => UNUSUAL,
    }
}

fn code_4(kind: u64, code: u64) -> &'static str {
    match (kind, code) {
        (3, 0) => "no route to its network",
        (3, 1) => "its host does not answer on the last link",
        (3, 2) => "the host does not speak that protocol",
        (3, 3) => "no socket is bound to that port, or a firewall says so",
        (3, 4) => "it would have to be fragmented, and DF forbids it",
        (3, 9 | 10 | 13) => "a firewall forbids it",
        (11, 0) => "its time to live ran out on the way",
        (11, 1) => "fragments of it did not come in time",
        (0 | 8, 0) => "the only one of this type",
        _ => ANY_CODE,
    }
}

fn code_6(kind: u64, code: u64) -> &'static str {
    match (kind, code) {
        (1, 0) => "no route to it",
        (1, 1) => "a firewall forbids it",
        (1, 3) => "its host does not answer on the last link",
        (1, 4) => "no socket is bound to that port, or a firewall says so",
        (3, 0) => "its hop limit ran out on the way",
        (3, 1) => "fragments of it did not come in time",
        (2 | 128 | 129 | 133..=136, 0) => "the only one of this type",
        _ => ANY_CODE,
    }
}
