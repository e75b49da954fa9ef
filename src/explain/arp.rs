//! ARP: who has this IPv4 address? RFC 826; probes and announcements: RFC 5227

use super::context::Context;
use super::explainer::Explain;
use super::sentence::Sentence;
use crate::wire::arp::Arp;
use crate::wire::arp::id;
use crate::wire::{Field, Layer, Value};

/// Explains ARP.
pub(super) struct Explainer;

impl Explain for Explainer {
    fn meaning(context: Context<'_, '_>, field: &Field<'_>) -> Option<Sentence> {
        let arp = context.layer.arp();
        let operation = arp.as_ref().map_or(0, Arp::operation);
        let is_announcement = arp.as_ref().is_some_and(is_announcement);
        Some(match field.id() {
            id::HW_TYPE => "the kind of the addresses that are asked for".into(),
            id::PROTO_TYPE => "the kind of the addresses that are known: as an EtherType".into(),
            id::HW_SIZE => "bytes of a MAC address".into(),
            id::PROTO_SIZE => "bytes of an IPv4 address".into(),
            id::OPCODE => match arp {
                Some(arp) => arp_sentence(&arp),
                None => "asks or answers".into(),
            },
            id::SRC_PROTO_IPV4 => match field.value() {
                Value::Ipv4(ip) if ip.is_unspecified() => "has no address yet".into(),
                _ => "its IPv4 address".into(),
            },
            id::SRC_HW_MAC | id::SRC_HW | id::SRC_PROTO => "the one who speaks".into(),
            id::DST_HW | id::DST_PROTO => "the one who is meant".into(),
            id::DST_HW_MAC => match (field.value(), operation) {
                (_, 1 | 2) if is_announcement => "means nothing here".into(),
                (Value::Mac([0, 0, 0, 0, 0, 0]), 1) => "not known: that is the question".into(),
                (_, 2) => "the one who asked".into(),
                _ => "the one who is meant".into(),
            },
            id::DST_PROTO_IPV4 => match operation {
                1 | 2 if is_announcement => "the same once more: that makes it an announcement".into(),
                1 => "the address that is asked for".into(),
                2 => "the asker's address".into(),
                _ => "the address that is meant".into(),
            },
            _ => return None,
        })
    }

    fn name(layer: &Layer<'_>) -> Option<Sentence> {
        layer.arp().map(|arp| name(&arp).into())
    }

    fn reason(layer: &Layer<'_>) -> Option<Sentence> {
        layer.arp().map(|arp| arp_sentence(&arp))
    }
}

/// Gratuitous ARP: it answers no request, and sender and target are one. RFC 5227 section 3
fn is_announcement(arp: &Arp<'_>) -> bool {
    arp.sender() == arp.target() && !arp.sender().is_unspecified()
}

/// What it says, in a sentence.
fn arp_sentence(arp: &Arp<'_>) -> Sentence {
    let (sender, target) = (arp.sender(), arp.target());
    match arp.operation() {
        1 if sender.is_unspecified() => {
            format!("asks whether anybody has {target} already, before taking it (ARP probe)").into()
        }
        1 if is_announcement(arp) => format!("tells everybody unasked who has {sender} now (ARP announcement)").into(),
        2 if is_announcement(arp) => format!("tells unasked who has {sender} now (gratuitous ARP)").into(),
        1 => format!("asks: who has {target}? Tell {sender}").into(),
        2 => format!("answers {target}: {sender} is at the sender's MAC").into(),
        _ => "a rare kind of question or answer".into(),
    }
}

/// Its name: the ordinary ones, and those of RFC 5227.
fn name(arp: &Arp<'_>) -> &'static str {
    match arp.operation() {
        1 if arp.sender().is_unspecified() => "ARP probe",
        1 if is_announcement(arp) => "ARP announcement",
        1 => "ARP request",
        2 if is_announcement(arp) => "gratuitous ARP reply",
        2 => "ARP reply",
        _ => "ARP",
    }
}
