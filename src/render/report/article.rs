//! A packet in the report: its story, its headers as the RFCs draw them, its fields with their meanings, its bytes.
//!
//! The transport header comes first: it is what the ladder shows. The headers around it are folded below it, the nearest first.

use super::bytes::{self, HexLine};
use super::row::{ReportRow, keys_of};
use crate::escape::printable;
use crate::explain::Context;
use crate::explain::packet::{StateStyle, states};
use crate::flow::Party;
use crate::frame::Frame;
use crate::render::breakdown::{self, Breakdown};
use crate::render::diagram::cell::{Cell, cells};
use crate::render::diagram::label;
use crate::render::diagram::rows::{self, BITS, CellSegment};
use crate::render::report_model::{ReportModel, ReportPacket};
use crate::render::table::places;
use crate::render::text_style::TextStyle;
use crate::wire::{Layer, Packet, Protocol};

/// Bits of half a row.
const HALF: usize = BITS / 2;

/// A packet.
pub(super) struct Article {
    pub(super) number: u64,
    pub(super) conversation: Option<u64>,
    pub(super) name: String,
    /// From whom to whom.
    pub(super) way: Option<[End; 2]>,
    pub(super) when: String,
    /// The remarks about it: a word in front, and a sentence.
    pub(super) context: Vec<(&'static str, String)>,
    /// The datagram that it completes, then the frame.
    pub(super) pieces: Vec<ArticlePart>,
}

/// An end of a packet: its role (`client` or `server`; empty if unknown), its address and port.
pub(super) struct End {
    pub(super) role: &'static str,
    pub(super) text: String,
}

/// A frame, or a datagram that was put together.
pub(super) struct ArticlePart {
    pub(super) title: String,
    /// The header that the packet is about.
    pub(super) header: Option<Header>,
    /// Those inside it and around it.
    pub(super) folded: Vec<Header>,
    pub(super) rest: Vec<ReportRow>,
    pub(super) lines: Vec<HexLine>,
    pub(super) problems: Vec<String>,
}

/// A header.
pub(super) struct Header {
    pub(super) title: String,
    pub(super) places: String,
    pub(super) source: &'static str,
    /// Rows of 32 bits.
    pub(super) boxes: Vec<BoxRow>,
    pub(super) rows: Vec<ReportRow>,
}

/// A row of a header's drawing.
pub(super) struct BoxRow {
    /// The byte of the frame that it begins with.
    pub(super) byte: usize,
    pub(super) boxes: Vec<FieldBox>,
}

/// A box of a header's drawing.
pub(super) struct FieldBox {
    pub(super) bits: usize,
    pub(super) name: Vec<String>,
    pub(super) value: Vec<String>,
    /// Does it go on from the row above, or on in the row below?
    pub(super) goes_on: &'static str,
    /// The left or the right half of a box that crosses the middle of a row.
    pub(super) half: &'static str,
    pub(super) keys: String,
}

impl Article {
    /// With the first `most` bytes of its data.
    pub(super) fn of(kept: &ReportPacket, report: &ReportModel, style: &TextStyle, most: usize) -> Self {
        let frame = &kept.frame;
        let packet = frame.decode();
        let in_flow = kept.in_flow.as_ref().filter(|_| kept.whole.is_none());
        let broken = breakdown::of(kept.number, frame, &packet, in_flow);
        let mut keys = 0;
        let mut pieces = vec![ArticlePart::of(
            broken.parts.clone(),
            frame,
            &packet,
            &broken,
            (&mut keys, most),
        )];
        let mut pairs = context_of(&broken);
        if let Some(whole) = &kept.whole {
            let packet = whole.frame.decode();
            let broken = breakdown::of(kept.number, &whole.frame, &packet, kept.in_flow.as_ref());
            let title = format!("Reassembled from {} fragments: {}", whole.fragments, broken.parts);
            pieces.insert(
                0,
                ArticlePart::of(title, &whole.frame, &packet, &broken, (&mut keys, most)),
            );
            pairs.extend(context_of(&broken));
        }
        Self {
            number: kept.number,
            conversation: kept.in_flow.map(|in_flow| in_flow.conversation),
            name: broken.name.clone(),
            way: broken.ends.as_ref().map(|(from, to)| [End::of(from), End::of(to)]),
            when: when(frame, report, style),
            context: pairs,
            pieces,
        }
    }
}

impl End {
    fn of(text: &str) -> Self {
        let parties = [Party::Client, Party::Server].map(Party::word);
        let role = parties.into_iter().find(|word| text.starts_with(&format!("{word} ")));
        Self {
            role: role.unwrap_or_default(),
            text: text.to_owned(),
        }
    }
}

fn when(frame: &Frame<'_>, report: &ReportModel, style: &TextStyle) -> String {
    let Some(time) = frame.time else {
        return "the capture has no time for it".to_owned();
    };
    let seconds = style.seconds(time, report.capture_start.unwrap_or(time));
    let date = style.date(time).map(|date| format!(", {date}")).unwrap_or_default();
    format!("t={seconds} s{date}")
}

fn context_of(broken: &Breakdown<'_>) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    let mut add = |word, text: Option<String>| pairs.extend(text.map(|text| (word, text)));
    add("Why", broken.reason.clone());
    add(
        "States",
        broken.in_flow.and_then(|in_flow| states(in_flow, StateStyle::UNICODE)),
    );
    add("Conversation", broken.place.clone());
    for remark in &broken.remarks {
        add("Note", Some(remark.clone()));
    }
    for comment in &broken.comments {
        add("Comment", Some(printable(comment.as_bytes()).into_owned()));
    }
    add("Expect next", broken.expectation.clone());
    pairs
}

impl ArticlePart {
    fn of(
        title: String,
        frame: &Frame<'_>,
        packet: &Packet<'_>,
        broken: &Breakdown<'_>,
        (keys, most): (&mut usize, usize),
    ) -> Self {
        let mut key = || {
            *keys += 1;
            format!("f{keys}")
        };
        let mut headers = Vec::new();
        for ((index, layer), section) in packet.layers().iter().enumerate().zip(&broken.sections) {
            let rows: Vec<ReportRow> = section.rows.iter().map(|row| ReportRow::of(row, key())).collect();
            let boxes = Context::new(packet, index, broken.in_flow)
                .map(|context| boxes(layer, &cells(context, layer.header(), &layer.fields()), &rows));
            headers.push(Header {
                title: section.title.clone().into_owned(),
                places: places(section.range.start, section.range.len()).into_owned(),
                source: section.source,
                boxes: boxes.unwrap_or_default(),
                rows,
            });
        }
        let rest = [&broken.payload, &broken.trailer];
        let rest = rest.into_iter().filter(|payload| !payload.bytes.is_empty());
        let rest: Vec<ReportRow> = rest.map(|payload| ReportRow::of_bytes(payload, key(), most)).collect();
        let shown = broken.payload.at.saturating_add(most).min(frame.bytes.len());
        let rows: Vec<&ReportRow> = headers.iter().flat_map(|header| &header.rows).chain(&rest).collect();
        let lines = bytes::lines(&frame.bytes, shown, &rows);
        let (header, folded) = around(headers, subject(packet));
        Self {
            title,
            lines,
            header,
            folded,
            rest,
            problems: broken.problems.clone(),
        }
    }
}

/// Which header a packet is about: the innermost transport header that is not quoted, or else the innermost header.
fn subject(packet: &Packet<'_>) -> usize {
    let own = || {
        let layers = packet.layers().iter().enumerate();
        layers.filter(|(_, layer)| !layer.is_quoted())
    };
    let transport = own().rev().find(|(_, layer)| {
        matches!(
            layer.protocol(),
            Protocol::Tcp | Protocol::Udp | Protocol::Icmp | Protocol::Icmpv6
        )
    });
    transport.or(own().next_back()).map_or(0, |(index, _)| index)
}

/// The header of this place; then those that it quotes, then those around it, from the inside to the outside.
fn around(mut headers: Vec<Header>, place: usize) -> (Option<Header>, Vec<Header>) {
    let mut folded = headers.split_off(headers.len().min(place + 1));
    let header = headers.pop();
    folded.extend(headers.into_iter().rev());
    (header, folded)
}

/// The drawing of a header: a box that reaches into a further row is a box in each, with its words in the widest.
fn boxes(layer: &Layer<'_>, cells: &[Cell], rows: &[ReportRow]) -> Vec<BoxRow> {
    let rows: Vec<&ReportRow> = rows.iter().collect();
    let at = layer.header().at;
    let places = (at..).step_by(BITS / 8);
    let drawn = rows::rows(cells, BITS).zip(places).map(|(row, byte)| BoxRow {
        byte,
        boxes: row
            .iter()
            .flat_map(|segment| field_boxes(segment, at * 8, &rows))
            .collect(),
    });
    drawn.collect()
}

/// The boxes of a segment: one, or two where it crosses the middle of a row. A phone shows half a row in a line.
fn field_boxes(segment: &CellSegment<'_>, start: usize, rows: &[&ReportRow]) -> Vec<FieldBox> {
    let left = HALF.saturating_sub(segment.from);
    if left == 0 || left >= segment.bits || segment.bits == BITS {
        return vec![field_box(segment, "", start, rows)];
    }
    let right = segment.bits - left;
    let halves = [(left, " left", left >= right), (right, " right", left < right)];
    let boxes = halves.map(|(bits, half, is_wider)| {
        let labelled = segment.labelled && is_wider;
        field_box(
            &CellSegment {
                bits,
                labelled,
                ..*segment
            },
            half,
            start,
            rows,
        )
    });
    boxes.into()
}

/// `start`: the header's first bit in the frame.
fn field_box(segment: &CellSegment<'_>, half: &'static str, start: usize, rows: &[&ReportRow]) -> FieldBox {
    let cell = segment.cell;
    let width = segment.width();
    let (name, value) = if segment.labelled {
        (label::name(cell, width), label::value(cell, width))
    } else {
        (Vec::new(), Vec::new())
    };
    FieldBox {
        bits: segment.bits,
        name,
        value,
        goes_on: match (segment.from_above, segment.goes_on) {
            (false, false) => "",
            (true, false) => " from",
            (false, true) => " on",
            (true, true) => " from on",
        },
        half,
        keys: keys_of(rows, start + cell.bit, start + cell.bit + cell.bits),
    }
}
