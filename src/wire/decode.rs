//! From header to header: who reads what comes next.

use smallvec::SmallVec;

use super::link::LinkType;
use super::packet::{Content, Packet};
use super::problem::{Expected, Problem};
use super::protocol::Protocol;
use super::rest::{Extent, Rest};
use super::span::Span;
use super::{arp, cooked, ethernet, icmp, icmpv6, ipv4, ipv6, ipv6_extension, llc, null, tcp, udp, vlan};

/// The most headers that are read in one frame. Honest traffic has fewer than ten; a frame of 64 KiB could hold 16,000 VLAN
/// tags, and each would be a row for people.
pub const MOST_HEADERS: usize = 32;

/// What the next header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// By `EtherType`.
    EtherType(u16),
    /// IEEE 802.2.
    Llc,
    /// IP: the version in its first four bits tells which.
    Ip,
    /// By IP protocol number, after IPv4.
    AfterIpv4(u8),
    /// By IP protocol number, after IPv6 or its extension headers.
    AfterIpv6(u8),
}

/// What a protocol's decoder gives: the next header and its bytes, or nothing when there is none.
pub(super) type Step<'a> = Option<(Next, Rest<'a>)>;

/// The headers of a frame. Never fails: what cannot be read is in [`Packet::problems`].
///
/// `original_length` is the frame's length on the wire in bytes; a smaller number than there are bytes is taken for theirs.
#[must_use]
pub fn decode(link: LinkType, bytes: &[u8], original_length: u32) -> Packet<'_> {
    let whole = Span { at: 0, bytes };
    let length = usize::try_from(original_length).unwrap_or(usize::MAX).max(bytes.len());
    let mut packet = Packet {
        bytes,
        original_length: length,
        layers: SmallVec::new(),
        problems: Vec::new(),
        payload: Span {
            at: bytes.len(),
            bytes: &[],
        },
        content: Content::Data,
        trailer: Span {
            at: bytes.len(),
            bytes: &[],
        },
    };
    let rest = Rest {
        span: whole,
        length,
        extent: Extent::Whole,
        quoted: false,
    };
    let mut step = first(link, rest, &mut packet);
    while let Some((next, rest)) = step {
        if packet.layers.len() >= MOST_HEADERS {
            too_deep(&mut packet, rest);
            break;
        }
        step = follow(next, rest, &mut packet);
    }
    say_what_the_capture_cut(&mut packet);
    packet
}

fn first<'a>(link: LinkType, rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
    match link {
        LinkType::ETHERNET => ethernet::decode(rest, packet),
        LinkType::LINUX_SLL => cooked::decode_1(rest, packet),
        LinkType::LINUX_SLL2 => cooked::decode_2(rest, packet),
        LinkType::NULL | LinkType::LOOP => null::decode(rest, packet),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => Some((Next::Ip, rest)),
        LinkType::IPV4 => ipv4::decode(rest, packet),
        LinkType::IPV6 => ipv6::decode(rest, packet),
        other => {
            packet.end(rest, Content::Link(other));
            None
        }
    }
}

fn follow<'a>(next: Next, rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
    match next {
        Next::EtherType(number) => match number {
            0x0800 => ipv4::decode(rest, packet),
            0x0806 => arp::decode(rest, packet),
            0x86dd => ipv6::decode(rest, packet),
            0x8100 | 0x9100 | 0x9200 => vlan::decode(Protocol::Vlan, rest, packet),
            0x88a8 => vlan::decode(Protocol::ServiceVlan, rest, packet),
            other => {
                packet.end(rest, Content::EtherType(other));
                None
            }
        },
        Next::Llc => llc::decode(rest, packet),
        Next::Ip => match rest.span.u8(0).map(|byte| byte >> 4) {
            Some(6) => ipv6::decode(rest, packet),
            // Anything else is read as IPv4, which says what is wrong with the version.
            _ => ipv4::decode(rest, packet),
        },
        Next::AfterIpv4(number) => match number {
            1 => icmp::decode(rest, packet),
            51 => ipv6_extension::decode(number, rest, packet),
            other => transport(other, rest, packet),
        },
        Next::AfterIpv6(number) => match number {
            0 | 43 | 44 | 51 | 60 => ipv6_extension::decode(number, rest, packet),
            58 => icmpv6::decode(rest, packet),
            other => transport(other, rest, packet),
        },
    }
}

fn transport<'a>(protocol: u8, rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
    match protocol {
        4 => ipv4::decode(rest, packet),
        6 => tcp::decode(rest, packet),
        17 => udp::decode(rest, packet),
        41 => ipv6::decode(rest, packet),
        other => {
            packet.end(rest, Content::IpProtocol(other));
            None
        }
    }
}

fn too_deep<'a>(packet: &mut Packet<'a>, rest: Rest<'a>) {
    let protocol = packet.layers.last().map_or(Protocol::Ethernet, |layer| layer.protocol);
    packet.lie(
        protocol,
        rest.span.at,
        Expected::Depth(MOST_HEADERS),
        packet.layers.len(),
    );
    packet.end(rest, Content::Unread);
}

/// A cut that hit the data and no header has not been said yet.
fn say_what_the_capture_cut(packet: &mut Packet<'_>) {
    let captured = packet.bytes.len();
    if captured >= packet.original_length || packet.problems.iter().any(|problem| problem.cut) {
        return;
    }
    if let Some(protocol) = packet.layers.last().map(|layer| layer.protocol) {
        packet.problems.push(Problem {
            protocol,
            byte: captured,
            expected: Expected::Said {
                field: "frame.len",
                bytes: packet.original_length,
            },
            found: captured as u64,
            cut: true,
        });
    }
}
