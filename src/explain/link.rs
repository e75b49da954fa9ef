//! Ethernet, VLAN tags, LLC and what other links have in their place.

use super::context::{Context, follows};
use super::explainer::Explain;
use super::sentence::Sentence;
use crate::wire::{Field, Value};
use crate::wire::{cooked, ethernet, llc, null, vlan};

/// Explains Ethernet, VLAN tags, LLC and BSD loopback.
pub(super) struct LinkExplainer;

impl Explain for LinkExplainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        Some(match field.id() {
            ethernet::id::DST => destination(field),
            ethernet::id::SRC => source(field),
            ethernet::id::TYPE | vlan::id::ETYPE | vlan::id::IEEE8021AH_ETYPE | llc::id::TYPE | null::id::FAMILY => {
                follows(context)
            }
            ethernet::id::LEN | vlan::id::LEN => "IEEE 802.3: a length up to 1500, where Ethernet II has a type".into(),
            ethernet::id::INVALID_LENTYPE => "1501 to 1535: too large for a length, too small for a type".into(),
            vlan::id::PRIORITY | vlan::id::IEEE8021AD_PRIORITY => {
                "class of service, 0 to 7: who goes first in a switch".into()
            }
            vlan::id::DEI | vlan::id::IEEE8021AD_DEI => dei(field),
            vlan::id::ID | vlan::id::IEEE8021AD_ID => match field.number()? {
                0 => "no VLAN: the tag is there for its priority".into(),
                id => format!("the frame belongs to virtual LAN {id}").into(),
            },
            llc::id::DSAP | llc::id::SSAP => "IEEE 802.2: which protocol, in the place of a type".into(),
            _ => return None,
        })
    }
}

/// Explains the headers that Linux makes up for captures on "any".
pub(super) struct CookedExplainer;

impl Explain for CookedExplainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        Some(match field.id() {
            cooked::id::PKTTYPE => match field.number()? {
                0 => "sent to this machine",
                1 => "sent to everybody on the link",
                2 => "sent to a multicast group",
                3 => "sent to another machine, seen in promiscuous mode",
                4 => "sent by this machine",
                _ => return None,
            }
            .into(),
            cooked::id::HATYPE => match field.number()? {
                1 => "the interface is an Ethernet one",
                772 => "the interface is the loopback",
                _ => return None,
            }
            .into(),
            cooked::id::IFINDEX => "the kernel's number of the interface".into(),
            cooked::id::HALEN => "how many bytes of the address field count".into(),
            cooked::id::SRC_ETH => source(field),
            cooked::id::ETYPE | cooked::id::LTYPE => follows(context),
            _ => return None,
        })
    }
}

fn octets(field: &Field<'_>) -> [u8; 6] {
    match field.value() {
        Value::Mac(octets) => octets,
        _ => [0; 6],
    }
}

fn destination(field: &Field<'_>) -> Sentence {
    match octets(field) {
        [0, 0, 0, 0, 0, 0] => "loopback: no MACs used",
        [255, 255, 255, 255, 255, 255] => "broadcast: everybody on this link",
        [0x33, 0x33, ..] => "an IPv6 multicast group",
        [1, 0, 0x5e, ..] => "an IPv4 multicast group",
        [first, ..] if first & 1 == 1 => "a multicast group",
        _ => "the next station on this link: the host itself, or the router to it",
    }
    .into()
}

fn source(field: &Field<'_>) -> Sentence {
    match octets(field) {
        [0, 0, 0, 0, 0, 0] => "loopback: no MACs used",
        [first, ..] if first & 2 == 2 => "the station that sent it; an address given by software",
        _ => "the station that sent it on this link",
    }
    .into()
}

fn dei(field: &Field<'_>) -> Sentence {
    match field.number() {
        Some(1) => "may be dropped first when a switch is full",
        _ => "not to be dropped before others",
    }
    .into()
}
