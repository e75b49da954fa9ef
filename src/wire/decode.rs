//! From header to header: each says what follows it.

use smallvec::SmallVec;

use super::cursor::{Completeness, Cursor};
use super::link::LinkType;
use super::malformation::{Expected, Malformation};
use super::next_header::{NextHeader, NextProtocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

/// The most headers that are read in one frame. Honest traffic has fewer than ten; a frame of 64 KiB could hold 16,000 VLAN
/// tags, and each would be a row for people.
pub const MOST_HEADERS: usize = 32;

/// The headers of a frame. Never fails: what cannot be read is in [`Packet::malformations`].
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
        malformations: Vec::new(),
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
    let cursor = Cursor {
        span: whole,
        length,
        completeness: Completeness::Whole,
        quoted: false,
    };
    let mut next_header = Some((first(link), cursor));
    while let Some((next, cursor)) = next_header {
        if packet.layers.len() >= MOST_HEADERS {
            too_deep(&mut packet, cursor);
            break;
        }
        next_header = follow(next, cursor, &mut packet);
    }
    say_what_the_capture_cut(&mut packet);
    packet
}

fn follow<'a>(next: NextProtocol, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
    let next = if next == NextProtocol::Ip {
        by_version(cursor)
    } else {
        next
    };
    let Some(protocol) = Protocol::announced(next) else {
        packet.end(cursor, next.content());
        return None;
    };
    protocol.decode(cursor, packet)
}

/// What comes first by the link type. The first bits of raw IP say which version it is.
const fn first(link: LinkType) -> NextProtocol {
    match link {
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => NextProtocol::Ip,
        link => NextProtocol::Link(link),
    }
}

/// The version that IP begins with, as the `EtherType` that means the same.
fn by_version(cursor: Cursor<'_>) -> NextProtocol {
    match cursor.span.u8(0).map(|byte| byte >> 4) {
        Some(6) => NextProtocol::EtherType(0x86dd),
        // Anything else is read as IPv4, which says what is wrong with the version.
        _ => NextProtocol::EtherType(0x0800),
    }
}

fn too_deep<'a>(packet: &mut Packet<'a>, cursor: Cursor<'a>) {
    let protocol = packet.layers.last().map_or(Protocol::Ethernet, |layer| layer.protocol);
    packet.malformed(
        protocol,
        cursor.span.at,
        Expected::Depth(MOST_HEADERS),
        packet.layers.len(),
    );
    packet.end(cursor, Content::Unread);
}

/// A cut that hit the data and no header has not been said yet.
fn say_what_the_capture_cut(packet: &mut Packet<'_>) {
    let captured = packet.bytes.len();
    if captured >= packet.original_length || packet.malformations.iter().any(|problem| problem.cut) {
        return;
    }
    if let Some(protocol) = packet.layers.last().map(|layer| layer.protocol) {
        packet.malformations.push(Malformation {
            protocol,
            byte: captured,
            expected: Expected::Declared {
                field: "frame.len",
                bytes: packet.original_length,
            },
            found: captured as u64,
            cut: true,
        });
    }
}
