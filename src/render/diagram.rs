//! The view `diagram`: every header as the RFCs draw it, 32 bits a row (16 where columns are few), filled with this
//! packet's values.
//!
//! ```text
//!        0                   1                   2                   3
//!        0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//!       +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//!    34|      source port: 44298       |    destination port: 12000    | ad0a 2ee0
//!       +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//! ```
//!
//! On the left the byte of the frame with which the row begins, on the right the row's bytes. `cell` makes the fields
//! cells, `rows` lays them out, `label` fits name and value into them, `grid` draws.

pub(in crate::render) mod cell;
mod dump;
mod grid;
pub(in crate::render) mod label;
mod plain;
mod prose;
pub(in crate::render) mod rows;

use std::borrow::Cow;
use std::io::{self, Write};

use self::grid::Grid;
use super::table::places;
use super::text_style::{CharacterSet, TextStyle, TimeFormat};
use super::view::{ShownPacket, View, ViewOf};
use crate::explain::packet::{PacketEndpoints, ends, name, parts, reason, roles, states, tags};
use crate::explain::{Context, Sentence, icmp_extension};
use crate::flow::PacketInFlow;
use crate::frame::{Frame, Time};
use crate::wire::{Content, Field, Layer, Malformation, Packet, Span};

/// Columns that the view has at most.
const WIDTH: usize = 80;
/// Columns that it has at least: a drawing of 16 bits a row, beside the bytes' places.
const NARROWEST: usize = 40;

/// The view.
pub const VIEW: View = View {
    name: "diagram",
    about: "The RFC's boxes, 32 bits wide (16 where columns are few), with this packet's values",
    when: "",
    times: TimeFormat::Local,
    shows_calls: false,
    of: ViewOf::Packets { write, is_long: true },
};

/// Writes the drawing of a packet: its headline and why it was sent, each header from the outside in, what could not be
/// read, its data.
///
/// No line has more than 80 columns, whatever the packet, and where the look has less, from 60 up, none has more than that; then
/// the rows have 16 bits. No byte of it comes out as a control character.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut Vec<u8>, style: &TextStyle, shown: &ShownPacket<'_, '_>) -> io::Result<()> {
    let &ShownPacket { packet, in_flow, .. } = shown;
    let columns = columns(style);
    headline(out, style, shown.number, packet, in_flow)?;
    when(out, style, shown.frame, shown.start())?;
    prose::write(out, columns, &parts(packet), "    ")?;
    write_context(out, style, packet, in_flow)?;
    let mut problems: Vec<&Malformation> = packet.malformations().iter().collect();
    for (index, layer) in packet.layers().iter().enumerate() {
        let Some(context) = Context::new(packet, index, in_flow) else {
            break;
        };
        writeln!(out)?;
        prose::write(out, columns, &title(layer), "")?;
        boxes(out, style, context, layer.header(), &layer.fields())?;
        // What is wrong with a header is shown under it.
        let (here, elsewhere): (Vec<_>, Vec<_>) = problems.into_iter().partition(|one| belongs_to(one, layer));
        problems = elsewhere;
        for problem in here {
            write_problem(out, columns, problem)?;
        }
    }
    write_bytes(out, style, &payload_title(packet), packet.payload())?;
    match icmp_extension(packet, in_flow) {
        Some((context, fields)) => {
            let bytes = packet.trailer();
            writeln!(out)?;
            prose::write(out, columns, &format!("ICMP extension ({})", range(bytes)), "")?;
            boxes(out, style, context, bytes, &fields)?;
        }
        None => write_bytes(out, style, "trailer", packet.trailer())?,
    }
    for problem in problems {
        write_problem(out, columns, problem)?;
    }
    Ok(())
}

/// Columns that the lines may have.
fn columns(style: &TextStyle) -> usize {
    style.width.clamp(NARROWEST, WIDTH)
}

fn boxes(
    out: &mut (impl Write + ?Sized),
    style: &TextStyle,
    context: Context<'_, '_>,
    header: Span<'_>,
    fields: &[Field<'_>],
) -> io::Result<()> {
    let cells = cell::cells(context, header, fields);
    let columns = columns(style);
    match style.characters {
        CharacterSet::Unicode => Grid::new(&grid::UNICODE, columns).write(out, header, &cells),
        CharacterSet::Ascii => Grid::new(&grid::ASCII, columns).write(out, header, &cells),
        CharacterSet::Plain => plain::write_fields(out, columns, &cells),
    }
}

fn headline(
    out: &mut (impl Write + ?Sized),
    style: &TextStyle,
    number: u64,
    packet: &Packet<'_>,
    in_flow: Option<&PacketInFlow>,
) -> io::Result<()> {
    // Screen readers spell an arrow out, and say "to" instead.
    let before = if style.characters == CharacterSet::Plain {
        "from "
    } else {
        ""
    };
    let arrow = style.arrow();
    let (sender, receiver) = match roles(in_flow) {
        Some((sender, receiver)) => (format!("{sender} "), format!("{receiver} ")),
        None => (String::new(), String::new()),
    };
    let route = match ends(packet) {
        Some(PacketEndpoints::Sockets(from, to)) => format!("  {before}{sender}{from} {arrow} {receiver}{to}"),
        Some(PacketEndpoints::Hosts(from, to)) => format!("  {before}{sender}{from} {arrow} {receiver}{to}"),
        None => String::new(),
    };
    let mut name = name(packet).into_owned();
    if let Some(in_flow) = in_flow {
        // Writing to a String cannot fail.
        let _ = tags(&mut name, in_flow);
    }
    prose::write(out, columns(style), &format!("Packet {number}  {name}{route}"), "    ")
}

fn when(out: &mut (impl Write + ?Sized), style: &TextStyle, frame: &Frame<'_>, first: Time) -> io::Result<()> {
    let Some(time) = frame.time else {
        return prose::write(out, columns(style), "without a time in the capture", "    ");
    };
    let seconds = style.seconds(time, first);
    match style.date(time) {
        Some(date) => prose::write(out, columns(style), &format!("{date}, t={seconds} s"), "    "),
        None => prose::write(out, columns(style), &format!("t={seconds} s"), "    "),
    }
}

/// Why it was sent, and what it does to the states of both ends.
fn write_context(
    out: &mut (impl Write + ?Sized),
    style: &TextStyle,
    packet: &Packet<'_>,
    in_flow: Option<&PacketInFlow>,
) -> io::Result<()> {
    if let Some(reason) = reason(packet, in_flow) {
        prose::write(out, columns(style), &format!("Why: {reason}"), "    ")?;
    }
    match in_flow.and_then(|in_flow| states(in_flow, style.state_style())) {
        Some(states) => prose::write(out, columns(style), &format!("States: {states}"), "    "),
        None => Ok(()),
    }
}

fn title(layer: &Layer<'_>) -> String {
    let quoted = if layer.is_quoted() {
        ", quoted in the ICMP message"
    } else {
        ""
    };
    format!("{} ({}){quoted}", layer.protocol(), range(layer.header()))
}

fn range(span: Span<'_>) -> Cow<'static, str> {
    match span.bytes.len() {
        0 => format!("no bytes at {}", span.at).into(),
        count => places(span.at, count),
    }
}

fn belongs_to(problem: &Malformation, layer: &Layer<'_>) -> bool {
    let header = layer.header();
    problem.protocol == layer.protocol() && (header.at..=header.end()).contains(&problem.byte)
}

fn write_problem(out: &mut (impl Write + ?Sized), columns: usize, problem: &Malformation) -> io::Result<()> {
    prose::write(out, columns, &format!("Problem: {problem}"), "    ")
}

fn payload_title(packet: &Packet<'_>) -> Sentence {
    let quoted = packet.layers().last().is_some_and(Layer::is_quoted);
    match (packet.content(), packet.content().name()) {
        (Content::Data, _) if quoted => "data, quoted in the ICMP message".into(),
        (Content::Data, _) => "data".into(),
        (Content::Unread, _) => "unread bytes".into(),
        // RFC 8200 section 4.7
        (Content::IpProtocol(59), _) => "bytes behind the end, to be ignored".into(),
        (Content::Fragment(_), Some(name)) => format!("fragment of a {name} datagram").into(),
        (_, Some(name)) => format!("{name}, not read here").into(),
        (_, None) => "bytes of a protocol that is not read here".into(),
    }
}

fn write_bytes(out: &mut (impl Write + ?Sized), style: &TextStyle, title: &str, span: Span<'_>) -> io::Result<()> {
    let length = span.bytes.len();
    if length == 0 {
        return Ok(());
    }
    let unit = if length == 1 { "byte" } else { "bytes" };
    writeln!(out)?;
    prose::write(
        out,
        columns(style),
        &format!("{title} ({}), {length} {unit}", range(span)),
        "    ",
    )?;
    match style.characters {
        CharacterSet::Unicode | CharacterSet::Ascii => dump::write(out, columns(style), span),
        CharacterSet::Plain => plain::write_text(out, columns(style), span.bytes),
    }
}

#[cfg(test)]
mod tests;
