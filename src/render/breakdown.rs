//! A packet as rows for the eye: every byte of every header with place, raw bytes, name, value and meaning.

mod row;

use std::borrow::Cow;
use std::fmt::{self};
use std::ops::Range;

pub use row::FieldRow;
use row::row;

use crate::explain::packet::{self, PacketEndpoints};
use crate::explain::{self, Context};
use crate::flow::{PacketInFlow, Party};
use crate::frame::Frame;
use crate::wire::digits::{write_address, write_socket};
use crate::wire::{Content, Layer, Packet, Span};

/// A packet broken down.
#[derive(Debug)]
pub struct Breakdown<'a> {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Its short name: `SYN-ACK`, and in brackets what is remarkable about it.
    pub name: String,
    /// Source and destination, with role and port where there are any.
    pub ends: Option<(String, String)>,
    /// `74 bytes = Ethernet 14 + …`
    pub parts: String,
    /// What it does in its conversation.
    pub in_flow: Option<&'a PacketInFlow>,
    /// Which conversation, and where in it.
    pub place: Option<String>,
    /// Why it was sent.
    pub reason: Option<String>,
    /// What is remarkable about it.
    pub remarks: Vec<String>,
    /// What should come back.
    pub expectation: Option<String>,
    /// Its headers.
    pub sections: Vec<HeaderSection>,
    /// What follows the headers.
    pub payload: Payload<'a>,
    /// What a router adds after the datagram that its ICMP error quotes. RFC 4884
    pub icmp_extension: Option<HeaderSection>,
    /// Bytes after the end of the packet; none where they are an ICMP extension.
    pub trailer: Payload<'a>,
    /// What is wrong with it.
    pub problems: Vec<String>,
    /// The comments of the capture file about it, without the comment that this program writes itself.
    pub comments: Vec<&'a str>,
}

/// Bytes that are shown as such.
#[derive(Debug)]
pub struct Payload<'a> {
    /// What they are: `data`.
    pub name: &'static str,
    /// Place of the first in the frame.
    pub at: usize,
    /// The bytes.
    pub bytes: &'a [u8],
}

/// One header.
#[derive(Debug)]
pub struct HeaderSection {
    /// `TCP`, `quoted IPv4`.
    pub title: Cow<'static, str>,
    /// Its bytes in the frame.
    pub range: Range<usize>,
    /// Where it is defined: `RFC 9293`.
    pub source: &'static str,
    /// Its fields.
    pub rows: Vec<FieldRow>,
}

/// Breaks a packet down. `in_flow` is what it does in its conversation, where that is followed.
#[must_use]
pub fn of<'p>(
    number: u64,
    frame: &'p Frame<'_>,
    packet: &'p Packet<'_>,
    in_flow: Option<&'p PacketInFlow>,
) -> Breakdown<'p> {
    let sections = (0..packet.layers().len())
        .filter_map(|index| {
            Some(section(
                Context::new(packet, index, in_flow)?,
                packet.layers().get(index)?,
            ))
        })
        .collect();
    let payload = packet.payload();
    let icmp_extension = icmp_extension(packet, in_flow);
    let trailer = match icmp_extension {
        Some(_) => Span {
            bytes: &[],
            ..packet.trailer()
        },
        None => packet.trailer(),
    };
    Breakdown {
        number,
        name: name(packet, in_flow),
        ends: ends(packet, in_flow),
        parts: packet::parts(packet),
        in_flow,
        place: in_flow.map(packet::place),
        reason: packet::reason(packet, in_flow).map(Into::into),
        remarks: in_flow
            .map_or(Vec::new(), |in_flow| packet::remarks(packet, in_flow))
            .into_iter()
            .map(Into::into)
            .collect(),
        expectation: packet::expectation(packet, in_flow).map(Into::into),
        sections,
        payload: Payload {
            name: payload_name(packet),
            at: payload.at,
            bytes: payload.bytes,
        },
        icmp_extension,
        trailer: Payload {
            name: "trailer",
            at: trailer.at,
            bytes: trailer.bytes,
        },
        problems: packet.malformations().iter().map(ToString::to_string).collect(),
        comments: comments(frame, packet, in_flow),
    }
}

/// `ACK [keep-alive]`
fn name(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> String {
    let mut name = packet::name(packet).into_owned();
    if let Some(in_flow) = in_flow {
        // Writing to a String cannot fail.
        let _ = packet::tags(&mut name, in_flow);
    }
    name
}

/// `client 127.0.0.1:44298`, `server 127.0.0.1:12000`
fn ends(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<(String, String)> {
    let (from, to) = packet::roles(in_flow).unzip();
    Some(match packet::ends(packet)? {
        PacketEndpoints::Sockets(sender, receiver) => (
            end(from, |text| write_socket(text, sender)),
            end(to, |text| write_socket(text, receiver)),
        ),
        PacketEndpoints::Hosts(sender, receiver) => (
            end(from, |text| write_address(text, sender)),
            end(to, |text| write_address(text, receiver)),
        ),
    })
}

/// An end by its role, where that is known, and its address.
fn end(party: Option<Party>, write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    /// Room for a role and an IPv4 address.
    const USUAL: usize = 32;
    let mut text = String::with_capacity(USUAL);
    if let Some(party) = party {
        text.push_str(party.word());
        text.push(' ');
    }
    // Writing to a String cannot fail.
    let _ = write(&mut text);
    text
}

fn comments<'p>(frame: &'p Frame<'_>, packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Vec<&'p str> {
    if frame.comments.is_empty() {
        return Vec::new();
    }
    let own = packet::comment(packet, in_flow);
    let others = frame.comments.iter().filter(|comment| Some(*comment) != own.as_ref());
    others.map(String::as_str).collect()
}

fn payload_name(packet: &Packet<'_>) -> &'static str {
    match packet.content() {
        // RFC 8200 section 4.7
        Content::IpProtocol(59) => "bytes behind the end, to be ignored",
        content => content.name().unwrap_or("unread bytes"),
    }
}

fn section(context: Context<'_, '_>, layer: &Layer<'_>) -> HeaderSection {
    let header = layer.header();
    let name = layer.protocol().name();
    HeaderSection {
        title: if layer.is_quoted() {
            format!("quoted {name}").into()
        } else {
            name.into()
        },
        range: header.at..header.end(),
        source: layer.protocol().source(),
        rows: layer.fields().iter().map(|field| row(context, field)).collect(),
    }
}

fn icmp_extension(packet: &Packet<'_>, in_flow: Option<&PacketInFlow>) -> Option<HeaderSection> {
    let (context, fields) = explain::icmp_extension(packet, in_flow)?;
    let bytes = packet.trailer();
    Some(HeaderSection {
        title: "ICMP extension".into(),
        range: bytes.at..bytes.end(),
        source: "RFC 4884",
        rows: fields.iter().map(|field| row(context, field)).collect(),
    })
}
