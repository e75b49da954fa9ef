//! ICMP and `ICMPv6`: what the network says of a datagram.

use super::{Context, Sentence, checksum};
use crate::wire::{Field, Protocol};

pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
    let v6 = context.layer.protocol() == Protocol::Icmpv6;
    Some(match field.id() {
        "icmp.type" => kind_4(field.number()?)?.into(),
        "icmpv6.type" => kind_6(field.number()?)?.into(),
        "icmp.code" => code_4(u64::from(context.layer.icmp()?.message_type()), field.number()?)?.into(),
        "icmpv6.code" => code_6(u64::from(context.layer.icmpv6()?.message_type()), field.number()?)?.into(),
        "icmp.checksum" | "icmpv6.checksum" => {
            let covers = if v6 {
                "covers pseudo-header and message"
            } else {
                "covers the whole message"
            };
            checksum::meaning(context, covers)?
        }
        "icmp.ident" | "icmpv6.echo.identifier" => "tells one ping program from another".into(),
        "icmp.seq" | "icmpv6.echo.sequence_number" => "counts the pings".into(),
        "icmp.unused" | "icmpv6.reserved" => "zero in this kind of message".into(),
        "icmp.mtu" | "icmpv6.mtu" => "the largest packet that fits the next link".into(),
        _ => return None,
    })
}

fn kind_4(kind: u64) -> Option<&'static str> {
    Some(match kind {
        0 => "the answer to a ping",
        3 => "the datagram quoted below did not arrive",
        5 => "there is a shorter way",
        8 => "a ping: please send this back",
        11 => "the datagram quoted below was dropped: too many hops, or too slow",
        12 => "a header field of the datagram below cannot be understood",
        _ => return None,
    })
}

fn kind_6(kind: u64) -> Option<&'static str> {
    Some(match kind {
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
        _ => return None,
    })
}

fn code_4(kind: u64, code: u64) -> Option<&'static str> {
    Some(match (kind, code) {
        (3, 0) => "no route to its network",
        (3, 1) => "its host does not answer on the last link",
        (3, 2) => "the host does not speak that protocol",
        (3, 3) => "no program listens on that port",
        (3, 4) => "it would have to be fragmented, and DF forbids it",
        (3, 9 | 10 | 13) => "a firewall forbids it",
        (11, 0) => "its time to live ran out on the way",
        (11, 1) => "fragments of it did not come in time",
        (0 | 8, 0) => "the only one of this type",
        _ => return None,
    })
}

fn code_6(kind: u64, code: u64) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "no route to it",
        (1, 1) => "a firewall forbids it",
        (1, 3) => "its host does not answer on the last link",
        (1, 4) => "no program listens on that port",
        (3, 0) => "its hop limit ran out on the way",
        (3, 1) => "fragments of it did not come in time",
        (2 | 128 | 129 | 133..=136, 0) => "the only one of this type",
        _ => return None,
    })
}
