//! From frame and packet to the record.

use std::borrow::Cow;

use chrono::SecondsFormat;

use super::conversation::conversation;
use super::end::EndRecord;
use super::fields::Fields;
use super::record::{
    ChecksumRecord, ContentRecord, DirectionRecord, ExtensionRecord, LayerRecord, LinkRecord, PacketRecord,
    PayloadRecord, ProblemRecord, TrailerRecord, UncheckedRecord,
};
use super::text::{Hex, Text};
use crate::escape::printable;
use crate::explain::packet::{PacketEndpoints, ends, expectation, name, reason};
use crate::explain::{Context, icmp_extension};
use crate::flow::PacketInFlow;
use crate::frame::{Direction, Time};
use crate::render::view::ShownPacket;
use crate::wire::{Checksum, Content, Malformation, Packet, Unchecked};

/// Everything about a packet, borrowed.
pub(super) fn record<'r, 'a>(shown: &ShownPacket<'r, 'a>) -> PacketRecord<'r, 'a> {
    let ShownPacket {
        number,
        frame,
        packet,
        in_flow,
        first,
        reassembled,
        ..
    } = *shown;
    let (source, destination) = ends_of(packet);
    PacketRecord {
        number,
        time: frame.time.map(rfc3339),
        seconds: frame.time.zip(first).map(|(time, first)| seconds(first, time)),
        link: LinkRecord {
            number: frame.link.0,
            name: Text(frame.link),
        },
        interface: frame.interface,
        direction: frame.direction.map(|direction| match direction {
            Direction::Inbound => DirectionRecord::Inbound,
            Direction::Outbound => DirectionRecord::Outbound,
        }),
        length: packet.original_length(),
        captured: frame.bytes.len(),
        reassembled,
        name: name(packet),
        source,
        destination,
        why: reason(packet, in_flow),
        expect_next: expectation(packet, in_flow),
        conversation: in_flow.map(conversation),
        layers: (0..packet.layers().len())
            .filter_map(|index| layer(packet, index, in_flow))
            .collect(),
        payload: payload(packet),
        trailer: trailer(packet, in_flow),
        problems: problems(packet),
        comments: &frame.comments,
    }
}

/// RFC 3339, UTC, with nanoseconds.
pub(super) fn rfc3339(time: Time) -> String {
    time.to_utc().to_rfc3339_opts(SecondsFormat::Nanos, true)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "53 bits hold 104 days of nanoseconds, and the time itself is written in full"
)]
fn seconds(first: Time, time: Time) -> f64 {
    (i128::from(time.0) - i128::from(first.0)) as f64 / 1e9
}

fn ends_of(packet: &Packet<'_>) -> (Option<EndRecord>, Option<EndRecord>) {
    let (source, destination) = match ends(packet) {
        Some(PacketEndpoints::Sockets(from, to)) => ((from.ip(), Some(from.port())), (to.ip(), Some(to.port()))),
        Some(PacketEndpoints::Hosts(from, to)) => ((from, None), (to, None)),
        None => return (None, None),
    };
    let end = |(ip, port)| Some(EndRecord { ip, port });
    (end(source), end(destination))
}

fn layer<'r, 'a>(
    packet: &'r Packet<'a>,
    index: usize,
    in_flow: Option<&'r PacketInFlow>,
) -> Option<LayerRecord<'r, 'a>> {
    let context = Context::new(packet, index, in_flow)?;
    let layer = packet.layers().get(index)?;
    Some(LayerRecord {
        protocol: layer.protocol().name(),
        quoted: layer.is_quoted(),
        offset: layer.header().at,
        length: layer.header().bytes.len(),
        checksum: packet.checksum(index).map(checksum),
        fields: Fields {
            context,
            fields: Cow::Owned(layer.fields()),
        },
    })
}

const fn checksum(checksum: Checksum) -> ChecksumRecord {
    match checksum {
        Checksum::Ok => ChecksumRecord::Ok,
        Checksum::Partial { full } => ChecksumRecord::Partial { full },
        Checksum::Bad { right } => ChecksumRecord::Bad { right },
        Checksum::NotPresent => ChecksumRecord::NotPresent,
        Checksum::NotCheckable(reason) => ChecksumRecord::NotCheckable {
            reason: match reason {
                Unchecked::Cut => UncheckedRecord::Cut,
                Unchecked::Fragment => UncheckedRecord::Fragment,
                Unchecked::Quoted => UncheckedRecord::Quoted,
                Unchecked::Malformed => UncheckedRecord::Malformed,
            },
        },
    }
}

fn payload<'r>(packet: &'r Packet<'_>) -> PayloadRecord<'r> {
    let span = packet.payload();
    let (content, protocol) = match packet.content() {
        Content::Data => (ContentRecord::Data, None),
        Content::Unread => (ContentRecord::Unread, None),
        content @ Content::Fragment(_) => (ContentRecord::Fragment, content.name()),
        content => (ContentRecord::OtherProtocol, content.name()),
    };
    PayloadRecord {
        content,
        protocol,
        offset: span.at,
        length: span.bytes.len(),
        hex: Hex(span.bytes),
        text: printable(span.bytes),
    }
}

fn trailer<'r, 'a>(packet: &'r Packet<'a>, in_flow: Option<&'r PacketInFlow>) -> Option<TrailerRecord<'r, 'a>> {
    let span = packet.trailer();
    (!span.bytes.is_empty()).then(|| TrailerRecord {
        offset: span.at,
        length: span.bytes.len(),
        hex: Hex(span.bytes),
        icmp_extension: icmp_extension(packet, in_flow).map(|(context, fields)| ExtensionRecord {
            checksum: packet.icmp_extension_checksum().map(checksum),
            fields: Fields {
                context,
                fields: Cow::Owned(fields),
            },
        }),
    })
}

fn problems<'r>(packet: &'r Packet<'_>) -> Vec<ProblemRecord<'r>> {
    let record = |problem: &'r Malformation| ProblemRecord {
        text: Text(problem),
        protocol: problem.protocol.name(),
        byte: problem.byte,
        found: problem.found,
        cut: problem.cut,
    };
    packet.malformations().iter().map(record).collect()
}
