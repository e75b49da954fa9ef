//! What a port number means: whose it is, and what is known of the number itself.

use super::context::{Context, DatagramEnd};
use super::sentence::Sentence;
use crate::flow::datagram::IcmpErrorKind;
use crate::flow::segment::{ResetCause, SegmentPart};
use crate::flow::{PacketInFlow, Party, Roles};
use crate::wire::tcp::Flags;
use crate::wire::{Field, Protocol};

/// From here Linux picks; ip(7), `ip_local_port_range`.
const PICKED: std::ops::RangeInclusive<u64> = 32_768..=60_999;

/// Whose port it is, where the conversation or a SYN shows it; else what the number means.
pub(super) fn meaning(context: Context<'_, '_>, field: &Field<'_>, side: DatagramEnd) -> Option<Sentence> {
    let number = field.number()?;
    if let Some(swapped) = context.in_flow.and_then(|in_flow| swapped(context, in_flow, side)) {
        return Some(swapped);
    }
    let party = context.party(side).or_else(|| by_syn(context, side));
    let by_number = context.in_flow.is_some_and(|in_flow| in_flow.roles == Roles::Ports);
    Some(match party {
        None => kind(number),
        Some(party) if by_number => match service(number) {
            Some(service) => sentence!("the ", party, "'s, as it seems: ", service).into(),
            None => sentence!("the ", party, "'s, as it seems by the numbers").into(),
        },
        Some(Party::Client) if PICKED.contains(&number) => "the client's: in the range the kernel picks from".into(),
        Some(Party::Client) => "the client's".into(),
        Some(Party::Server) => match service(number) {
            Some(service) => sentence!("the server's: ", service).into(),
            None => servers(context, side).into(),
        },
    })
}

/// Whether a program listens shows only when the server speaks.
fn servers(context: Context<'_, '_>, side: DatagramEnd) -> &'static str {
    let in_flow = context.in_flow;
    let part = in_flow.and_then(PacketInFlow::segment).map(|segment| segment.part);
    if context.layer.protocol() == Protocol::Udp {
        let says = in_flow.and_then(PacketInFlow::notice).map(|notice| notice.says);
        return match side {
            DatagramEnd::Receiver if says == Some(IcmpErrorKind::PortUnreachable) => {
                "the server's: no socket is bound to it, says the error"
            }
            DatagramEnd::Sender => "the server's: its program is bound to it",
            DatagramEnd::Receiver => "the server's: its program should be bound to it",
        };
    }
    let is_syn = context
        .layer
        .tcp()
        .is_some_and(|tcp| tcp.flags().has(Flags::SYN) && !tcp.flags().has(Flags::ACK));
    match part {
        Some(SegmentPart::Reset(ResetCause::NobodyListens)) => "the server's: nothing listens there",
        _ if is_syn || (context.layer.is_quoted() && side == DatagramEnd::Receiver) => {
            "the server's: it should listen there"
        }
        _ => "the server's: it listens there",
    }
}

/// A reply has the ports of its request, swapped.
fn swapped(context: Context<'_, '_>, in_flow: &PacketInFlow, side: DatagramEnd) -> Option<Sentence> {
    let request = in_flow.datagram()?.part.request()?;
    let party = context.party(side)?;
    let was = match side {
        DatagramEnd::Sender => "destination",
        DatagramEnd::Receiver => "source",
    };
    Some(sentence!("the ", party, "'s: packet ", request, "'s ", was, " port").into())
}

/// Without a conversation only a SYN shows which end is the client.
fn by_syn(context: Context<'_, '_>, side: DatagramEnd) -> Option<Party> {
    let flags = context.layer.tcp()?.flags();
    let from_client = flags.has(Flags::SYN).then(|| !flags.has(Flags::ACK))?;
    Some(if from_client == (side == DatagramEnd::Sender) {
        Party::Client
    } else {
        Party::Server
    })
}

/// What the number means; the ranges: RFC 6335, and ip(7) `ip_local_port_range` for Linux.
fn kind(port: u64) -> Sentence {
    if let Some(service) = service(port) {
        return service.into();
    }
    match port {
        0 => "reserved: no program has it".into(),
        1..=1023 => "well-known range, 0-1023".into(),
        _ if PICKED.contains(&port) => "in 32768-60999, from which Linux picks".into(),
        _ => "outside Linux's own range, 32768-60999".into(),
    }
}

fn service(port: u64) -> Option<&'static str> {
    Some(match port {
        22 => "SSH",
        25 => "mail, SMTP",
        53 => "names, DNS",
        67 | 68 => "DHCP",
        80 => "web, HTTP",
        123 => "time, NTP",
        143 => "mail, IMAP",
        179 => "routes, BGP",
        443 => "web, HTTPS",
        5353 => "names on this link, mDNS",
        _ => return None,
    })
}
