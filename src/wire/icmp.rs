//! ICMP. RFC 792; router discovery: RFC 1256; lengths of quotations: RFC 4884; extended echo: RFC 8335

use pnet::packet::icmp::IcmpPacket;

use super::chapter::{Origin, Tables};
use super::field::{Field, Form, Spec, bits, bytes, rest};
use super::header::{ChecksumDef, Covers, HeaderDef};
use super::icmp_extension;
use super::layer::Layer;
use super::next::{Next, Step};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::quotation;
use super::rest::{Extent, Rest};
use super::span::Span;

/// Bytes that every message has.
pub const FIXED: usize = 8;

/// The first half, the same in every message.
pub static TABLE: [Spec; 3] = [
    bytes("icmp.type", "type", 0, 1, Form::Named(type_name)),
    bytes("icmp.code", "code", 1, 1, Form::Decimal),
    bytes("icmp.checksum", "checksum", 2, 2, Form::Hex),
];

const IDENTIFIER: Spec = bytes("icmp.ident", "identifier", 4, 2, Form::Decimal);
const SEQUENCE: Spec = bytes("icmp.seq", "sequence number", 6, 2, Form::Decimal);
const LENGTH: Spec = bytes(
    "icmp.length",
    "length of quotation",
    5,
    1,
    Form::Length { unit: 4, uncounted: 0 },
);

const SHORT_SEQUENCE: Spec = bytes("icmp.ext.echo.seq", "sequence number", 6, 1, Form::Decimal);

static ECHO: [Spec; 2] = [IDENTIFIER, SEQUENCE];
static TOO_BIG: [Spec; 3] = [
    bytes("icmp.unused", "unused", 4, 1, Form::Hex),
    LENGTH,
    bytes("icmp.mtu", "next-hop MTU", 6, 2, Form::Count("bytes")),
];
static EXTENDED_REQUEST: [Spec; 4] = [
    IDENTIFIER,
    SHORT_SEQUENCE,
    bits("icmp.ext.echo.req.res", "reserved", 56, 7, Form::Decimal),
    bits("icmp.ext.echo.req.local", "local", 63, 1, Form::Flag),
];
static EXTENDED_REPLY: [Spec; 7] = [
    IDENTIFIER,
    SHORT_SEQUENCE,
    bits("icmp.ext.echo.rsp.state", "state", 56, 3, Form::Decimal),
    bits("icmp.ext.echo.rsp.res", "reserved", 59, 2, Form::Decimal),
    bits("icmp.ext.echo.rsp.active", "active", 61, 1, Form::Flag),
    bits("icmp.ext.echo.rsp.ipv4", "IPv4", 62, 1, Form::Flag),
    bits("icmp.ext.echo.rsp.ipv6", "IPv6", 63, 1, Form::Flag),
];
/// Destination unreachable and time exceeded.
static EXCEEDED: [Spec; 3] = [
    bytes("icmp.unused", "unused", 4, 1, Form::Hex),
    LENGTH,
    bytes("icmp.unused", "unused", 6, 2, Form::Hex),
];
static PARAMETER: [Spec; 3] = [
    bytes("icmp.pointer", "pointer", 4, 1, Form::Decimal),
    LENGTH,
    bytes("icmp.unused", "unused", 6, 2, Form::Hex),
];
static REDIRECT: [Spec; 1] = [bytes("icmp.redir_gw", "gateway address", 4, 4, Form::Ipv4)];
static ADVERTISEMENT: [Spec; 3] = [
    bytes("icmp.num_addrs", "number of addresses", 4, 1, Form::Decimal),
    bytes(
        "icmp.addr_entry_size",
        "address entry size",
        5,
        1,
        Form::Length { unit: 4, uncounted: 0 },
    ),
    bytes("icmp.lifetime", "lifetime", 6, 2, Form::Count("s")),
];
static TIMESTAMP: [Spec; 5] = [
    IDENTIFIER,
    SEQUENCE,
    bytes(
        "icmp.originate_timestamp",
        "originate timestamp",
        8,
        4,
        Form::Count("ms since midnight UT"),
    ),
    bytes(
        "icmp.receive_timestamp",
        "receive timestamp",
        12,
        4,
        Form::Count("ms since midnight UT"),
    ),
    bytes(
        "icmp.transmit_timestamp",
        "transmit timestamp",
        16,
        4,
        Form::Count("ms since midnight UT"),
    ),
];
static MASK: [Spec; 3] = [
    IDENTIFIER,
    SEQUENCE,
    bytes("icmp.address_mask", "address mask", 8, 4, Form::Ipv4),
];
static OTHER: [Spec; 1] = [bytes("icmp.reserved", "rest of header", 4, 4, Form::Hex)];
static UNREAD: Spec = rest("icmp.unread", "unread bytes", 0, Form::Bytes);

/// The meaning of a type.
#[must_use]
pub fn type_name(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "echo reply",
        3 => "destination unreachable",
        4 => "source quench",
        5 => "redirect",
        8 => "echo request",
        9 => "router advertisement",
        10 => "router solicitation",
        11 => "time exceeded",
        12 => "parameter problem",
        13 => "timestamp request",
        14 => "timestamp reply",
        17 => "address mask request",
        18 => "address mask reply",
        42 => "extended echo request",
        43 => "extended echo reply",
        _ => return None,
    })
}

/// The meaning of a code, by its type.
#[must_use]
pub fn code_name(message: u8, code: u8) -> Option<&'static str> {
    Some(match (message, code) {
        (3, 0) => "net unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed and DF set",
        (3, 5) => "source route failed",
        (3, 13) => "communication administratively prohibited",
        (5, 0) => "redirect for the network",
        (5, 1) => "redirect for the host",
        (11, 0) => "time to live exceeded in transit",
        (11, 1) => "fragment reassembly time exceeded",
        (12, 0) => "pointer indicates the error",
        _ => return None,
    })
}

/// The table of the second half, and how many bytes the header has with it.
fn second_half(message: u8, code: u8) -> (&'static [Spec], usize) {
    match message {
        0 | 8 => (&ECHO, FIXED),
        // Only "fragmentation needed" has the MTU. RFC 1191
        3 if code == 4 => (&TOO_BIG, FIXED),
        3 | 11 => (&EXCEEDED, FIXED),
        5 => (&REDIRECT, FIXED),
        9 => (&ADVERTISEMENT, FIXED),
        12 => (&PARAMETER, FIXED),
        13 | 14 => (&TIMESTAMP, 20),
        17 | 18 => (&MASK, 12),
        42 => (&EXTENDED_REQUEST, FIXED),
        43 => (&EXTENDED_REPLY, FIXED),
        _ => (&OTHER, FIXED),
    }
}

/// Does the message quote the datagram that it is about?
const fn quotes(message: u8) -> bool {
    matches!(message, 3 | 4 | 5 | 11 | 12)
}

/// The header of an ICMP message.
#[derive(Debug)]
pub struct Icmp<'a> {
    view: IcmpPacket<'a>,
    header: Span<'a>,
}

impl<'a> Icmp<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        let whole = header.bytes.len() >= FIXED;
        whole
            .then(|| {
                Some(Self {
                    view: IcmpPacket::new(header.bytes)?,
                    header,
                })
            })
            .flatten()
    }

    /// Type of the message.
    #[must_use]
    pub fn message_type(&self) -> u8 {
        self.view.get_icmp_type().0
    }

    /// Code: which case of the type.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.view.get_icmp_code().0
    }

    /// Identifier and sequence number of an echo request or reply.
    #[must_use]
    pub fn echo(&self) -> Option<(u16, u16)> {
        matches!(self.message_type(), 0 | 8)
            .then(|| self.header.u16(4).zip(self.header.u16(6)))
            .flatten()
    }

    /// Does it quote the datagram that it is about?
    #[must_use]
    pub fn is_error(&self) -> bool {
        quotes(self.message_type())
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an ICMP one of 8 bytes or more.
    #[must_use]
    pub fn icmp(&self) -> Option<Icmp<'a>> {
        (self.protocol == Protocol::Icmp)
            .then(|| Icmp::new(self.header))
            .flatten()
    }
}

impl<'a> Packet<'a> {
    /// The typed ICMP header.
    #[must_use]
    pub fn icmp(&self) -> Option<Icmp<'a>> {
        self.layer(Protocol::Icmp)?.icmp()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "ICMP";
    const SOURCE: &'static str = "RFC 792";
    const ANNOUNCED_BY: &'static [Next] = &[Next::AfterIpv4(1)];
    const TABLES: Tables = &[
        ("", Origin::Header, &TABLE),
        ("echo", Origin::Header, &ECHO),
        ("destination unreachable, packet too big", Origin::Header, &TOO_BIG),
        ("extended echo request", Origin::Header, &EXTENDED_REQUEST),
        ("extended echo reply", Origin::Header, &EXTENDED_REPLY),
        ("destination unreachable, time exceeded", Origin::Header, &EXCEEDED),
        ("parameter problem", Origin::Header, &PARAMETER),
        ("redirect", Origin::Header, &REDIRECT),
        ("router advertisement", Origin::Header, &ADVERTISEMENT),
        ("timestamp", Origin::Header, &TIMESTAMP),
        ("address mask", Origin::Header, &MASK),
        ("any other message", Origin::Header, &OTHER),
    ];
    const BEHIND: Tables = icmp_extension::TABLES;
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: "icmp.checksum",
        place: 2,
        covers: Covers::Message,
    });

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(4).fields(&TABLE, &UNREAD);
        let (table, _) = second_half(header.u8(0).unwrap_or(u8::MAX), header.u8(1).unwrap_or_default());
        fields.extend(table.iter().map_while(|spec| Field::read(spec, header)));
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    fn decode<'a>(rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
        let fixed = packet.fixed(Protocol::Icmp, rest, FIXED)?;
        let message = fixed.u8(0)?;
        let (_, length) = second_half(message, fixed.u8(1)?);
        packet.fixed(Protocol::Icmp, rest, length)?;
        packet.push(Protocol::Icmp, rest, length);
        let data = rest.after(length);
        if !quotes(message) || data.span.bytes.is_empty() || rest.extent == Extent::FirstFragment {
            packet.end(data, Content::Data);
            return None;
        }
        let told = quotation::length_4(fixed);
        Some((Next::EtherType(0x0800), quotation::of(data, told, packet)))
    }
}
