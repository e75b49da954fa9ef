//! ICMP and `ICMPv6`: what the network says of a datagram.

use super::checksum;
use super::context::Context;
use super::explainer::Explain;
use super::sentence::Sentence;
use crate::flow::Step;
use crate::wire::{Field, Layer, Protocol, icmp, icmpv6};

/// Explains ICMP.
pub(super) struct Icmp;

impl Explain for Icmp {
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
pub(super) struct Icmpv6;

impl Explain for Icmpv6 {
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
        "icmp.type" => about(context, kind_4(field.number()?)),
        "icmpv6.type" => about(context, kind_6(field.number()?)),
        "icmp.code" => {
            let message = context.layer.icmp()?;
            let (kind, code) = (message.message_type(), message.code());
            named(icmp::code_name(kind, code), code_4(kind.into(), code.into()))
        }
        "icmpv6.code" => {
            let message = context.layer.icmpv6()?;
            let (kind, code) = (message.message_type(), message.code());
            named(icmpv6::code_name(kind, code), code_6(kind.into(), code.into()))
        }
        "icmp.checksum" | "icmpv6.checksum" => {
            let covers = if v6 {
                "covers pseudo-header and message"
            } else {
                "covers the whole message"
            };
            checksum::meaning(context, field, covers)?
        }
        "icmp.ext.checksum" => checksum::meaning(context, field, "covers the whole extension")?,
        id => extension(id).or_else(|| other(id))?.into(),
    })
}

/// What a router tells behind the quotation. RFC 4884 sections 7 and 8
fn extension(id: &str) -> Option<&'static str> {
    Some(match id {
        "icmp.ext.version" => "the extension's version: 2 is the only one",
        "icmp.ext.res" => "not used: 0",
        "icmp.ext.length" => "of this object with its header",
        "icmp.ext.class" => "what the object tells",
        "icmp.ext.ctype" => "which kind of it, by the class",
        "icmp.ext.data" => "what the router tells beside the error",
        "icmp.ext.unread" => "could not be read: no object has this length",
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
    let notice = context.step.and_then(Step::notice);
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
        "icmp.ident" | "icmpv6.echo.identifier" => "tells one ping program from another",
        "icmp.seq" | "icmpv6.echo.sequence_number" | "icmp.ext.echo.seq" => "counts the pings",
        "icmp.unused" | "icmp.reserved" | "icmpv6.reserved" => "not used in this kind of message",
        "icmp.length" => "how much of the datagram is quoted; 0: not told",
        "icmp.mtu" | "icmpv6.mtu" => "the largest packet that fits the next link",
        "icmp.redir_gw" => "the router to take instead",
        "icmp.pointer" | "icmpv6.pointer" => "the byte that cannot be understood",
        "icmpv6.nd.ns.target_address" => "who has this address?",
        "icmpv6.nd.na.target_address" => "this address is at the sender's MAC",
        "icmpv6.nd.na.flag" => "router, asked for, replaces what was known",
        "icmpv6.nd.rd.target_address" => "the better next station",
        "icmpv6.nd.ra.cur_hop_limit" => "hosts are to start with this hop limit; 0: not told",
        "icmpv6.nd.ra.flag" => "whether DHCPv6 has addresses or other news",
        "icmpv6.nd.ra.router_lifetime" => "how long it serves as default router; 0: it does not",
        "icmpv6.nd.ra.reachable_time" => "how long a neighbour counts as reachable; 0: not told",
        "icmpv6.nd.ra.retrans_timer" => "time between questions to neighbours; 0: not told",
        "icmpv6.mld.multicast_address" => "the group that is meant; :: for all",
        "icmpv6.opt" => "what else the sender tells",
        "icmpv6.opt.type" => "which option it is",
        "icmpv6.opt.length" => "its length in units of 8 bytes",
        "icmpv6.opt.linkaddr" => "the MAC of who is asked about, or of the sender",
        "icmpv6.opt.mtu" => "the largest packet on this link",
        "icmpv6.opt.prefix" => "addresses on this link begin so",
        "icmpv6.opt.prefix.length" => "so many bits of it count",
        "icmpv6.opt.prefix.flag" | "icmpv6.opt.prefix.flag.a" => "hosts may make their own address with it",
        "icmpv6.opt.prefix.flag.l" => "such addresses are on this link",
        "icmpv6.opt.prefix.valid_lifetime" => "so long addresses with it may be used",
        "icmpv6.opt.prefix.preferred_lifetime" => "so long they are taken for new connections",
        "icmpv6.opt.rdnss" => "which DNS servers to ask",
        "icmpv6.opt.dnssl" => "which domains to try names in",
        "icmpv6.nd.ra.flag.m" => "DHCPv6 gives addresses here",
        "icmpv6.nd.ra.flag.o" => "DHCPv6 gives other news here",
        "icmpv6.nd.ra.flag.prf" => "whether hosts should prefer this router, RFC 4191",
        other if other.starts_with("icmpv6.mld") => "who listens to which multicast groups",
        other if other.starts_with("icmp.ext.echo") => "asks about an interface instead of a host, RFC 8335",
        other if other.starts_with("icmp") => "belongs to this kind of message",
        _ => return None,
    })
}

fn kind_4(kind: u64) -> &'static str {
    match kind {
        0 => "the answer to a ping",
        3 => "the datagram quoted below did not arrive",
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
        1 => "the packet quoted below did not arrive",
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
        (3, 3) => "no program listens on that port",
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
        (1, 4) => "no program listens on that port",
        (3, 0) => "its hop limit ran out on the way",
        (3, 1) => "fragments of it did not come in time",
        (2 | 128 | 129 | 133..=136, 0) => "the only one of this type",
        _ => ANY_CODE,
    }
}
