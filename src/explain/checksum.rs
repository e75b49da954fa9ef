//! The checksums of every protocol in the same words.

use super::context::Context;
use super::sentence::Sentence;
use crate::wire::{Checksum, Field, Layer, Protocol, Unchecked};
use crate::wire::{icmp_extension, udp};

/// Is the field the checksum of its header, or of the extension behind it?
fn is_checksum(context: Context<'_, '_>, field: &Field<'_>) -> bool {
    context.layer.protocol().checksum_field() == Some(field.id()) || field.id() == EXTENSION
}

/// The field of an ICMP extension, which belongs to no header of its own.
const EXTENSION: &str = icmp_extension::id::CHECKSUM;

fn verdict(context: Context<'_, '_>, field: &Field<'_>) -> Option<Checksum> {
    match field.id() {
        EXTENSION => context.packet.icmp_extension_checksum(),
        _ => context.packet.checksum(context.index),
    }
}

/// The verdict behind the value.
pub(super) fn note(context: Context<'_, '_>, field: &Field<'_>) -> Option<&'static str> {
    if !is_checksum(context, field) {
        return None;
    }
    Some(match verdict(context, field)? {
        Checksum::Ok => "[ok]",
        Checksum::Partial { .. } => "[partial]",
        Checksum::Bad { .. } => "[bad]",
        Checksum::NotPresent => "[none]",
        Checksum::NotCheckable(_) => "[unchecked]",
    })
}

/// Does the datagram stay inside the machine, where no network card fills in a sum and none is checked?
fn is_loopback(outer: &Layer<'_>) -> bool {
    let ipv4 = outer.ipv4().is_some_and(|ip| ip.destination().is_loopback());
    ipv4 || outer.ipv6().is_some_and(|ip| ip.destination().is_loopback())
}

/// What the verdict means; `covers` says what is summed up.
pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>, covers: &'static str) -> Option<Sentence> {
    Some(match verdict(context, field)? {
        Checksum::Ok => covers.into(),
        Checksum::Partial { full } => {
            let rest = if context.previous().is_some_and(is_loopback) {
                "which is enough inside this machine"
            } else {
                "the rest is left to the network card"
            };
            format!("pseudo-header sum only, {rest}; full sum is 0x{full:04x}").into()
        }
        Checksum::Bad { right } => format!("wrong: it should be 0x{right:04x}").into(),
        Checksum::NotPresent
            if field.id() == udp::id::CHECKSUM
                && context
                    .previous()
                    .is_some_and(|outer| outer.protocol() == Protocol::Ipv6) =>
        {
            "0 is not allowed over IPv6, but for tunnels".into()
        }
        Checksum::NotPresent => "the sender did without".into(),
        Checksum::NotCheckable(why) => match why {
            Unchecked::Quoted if context.packet.malformations().iter().any(|problem| problem.cut) => {
                "the capture lacks bytes that it covers"
            }
            Unchecked::Cut => "the capture lacks bytes that it covers",
            Unchecked::Fragment => "it covers the whole datagram, this is a fragment",
            Unchecked::Quoted => "it covers the whole datagram, only its start is quoted",
            Unchecked::Malformed => "the lengths contradict each other",
        }
        .into(),
    })
}
