//! ICMP. RFC 792; router discovery: RFC 1256; lengths of quotations: RFC 4884; extended echo: RFC 8335

use pnet::packet::icmp::IcmpPacket;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef};
use super::icmp_extension;
use super::layer::Layer;
use super::next_header::{NextHeader, NextProtocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::quotation;
use super::span::Span;

fields! {
    TYPE = "icmp.type", "RFC 792", "Which message it is: an error about a datagram, or a question and its answer.", "";
    CODE = "icmp.code", "RFC 792",
        "More about the type.",
        "Of destination unreachable: 0 network, 1 host, 2 protocol, 3 port, 4 fragmentation needed. Of time exceeded: 0 on the way, 1 while putting together.";
    CHECKSUM = "icmp.checksum", "RFC 792", "Lets the receiver find damage. It covers the whole message.", "";
    IDENT = "icmp.ident", "RFC 792", "Identifies the program that asked; the answer has the same.", "";
    SEQ = "icmp.seq", "RFC 792", "Number of the question; the answer has the same.", "ping counts up from 0 or 1.";
    LENGTH = "icmp.length", "RFC 4884 section 4",
        "How much of the datagram is quoted, in words of 4 bytes, so that something can follow.",
        "0: unknown, nothing follows.";
    EXT_ECHO_SEQ = "icmp.ext.echo.seq", "RFC 8335 section 2",
        "Number of the extended echo; the answer has the same.", "";
    UNUSED = "icmp.unused", "RFC 792", "Bytes that this message does not use; sent as 0.", "";
    MTU = "icmp.mtu", "RFC 1191 section 4",
        "The largest datagram that the next link takes: the sender has to make smaller ones.", "";
    EXT_ECHO_REQ_RES = "icmp.ext.echo.req.res", "RFC 8335 section 2", "Kept for later use; sent as 0.", "";
    EXT_ECHO_REQ_LOCAL = "icmp.ext.echo.req.local", "RFC 8335 section 2",
        "Whether the interface that is asked about is on the node that is asked.", "";
    EXT_ECHO_RSP_STATE = "icmp.ext.echo.rsp.state", "RFC 8335 section 3",
        "State of the entry for the interface in the table of neighbors.",
        "0 unless the interface is not on the node that was asked.";
    EXT_ECHO_RSP_RES = "icmp.ext.echo.rsp.res", "RFC 8335 section 3", "Kept for later use; sent as 0.", "";
    EXT_ECHO_RSP_ACTIVE = "icmp.ext.echo.rsp.active", "RFC 8335 section 3", "The interface is active.", "";
    EXT_ECHO_RSP_IPV4 = "icmp.ext.echo.rsp.ipv4", "RFC 8335 section 3", "IPv4 runs on the interface.", "";
    EXT_ECHO_RSP_IPV6 = "icmp.ext.echo.rsp.ipv6", "RFC 8335 section 3", "IPv6 runs on the interface.", "";
    POINTER = "icmp.pointer", "RFC 792", "Which byte of the quoted datagram was wrong, counted from 0.", "";
    REDIR_GW = "icmp.redir_gw", "RFC 792", "The better router for this destination.", "";
    NUM_ADDRS = "icmp.num_addrs", "RFC 1256 section 3", "How many router addresses follow.", "";
    ADDR_ENTRY_SIZE = "icmp.addr_entry_size", "RFC 1256 section 3",
        "Length of each entry, in words of 4 bytes.", "2: address and preference.";
    LIFETIME = "icmp.lifetime", "RFC 1256 section 3", "For how long the addresses hold.", "";
    ORIGINATE_TIMESTAMP = "icmp.originate_timestamp", "RFC 792",
        "When the question was sent, by the asker's clock.", "";
    RECEIVE_TIMESTAMP = "icmp.receive_timestamp", "RFC 792", "When the question arrived, by the answerer's clock.", "";
    TRANSMIT_TIMESTAMP = "icmp.transmit_timestamp", "RFC 792", "When the answer was sent, by the answerer's clock.", "";
    ADDRESS_MASK = "icmp.address_mask", "RFC 950",
        "The mask of the subnet that was asked for. Out of use (RFC 6918).", "";
    RESERVED = "icmp.reserved", "RFC 792", "The second half of the header of a message that is not read here.", "";
    UNREAD = "icmp.unread";
}

/// Bytes that every message has.
pub const FIXED: usize = 8;

/// The first half, the same in every message.
pub static TABLE: [FieldDef; 3] = [
    bytes(id::TYPE, "type", 0, 1, Format::Named(type_name)),
    bytes(id::CODE, "code", 1, 1, Format::Decimal),
    bytes(id::CHECKSUM, "checksum", 2, 2, Format::Hex),
];

const IDENTIFIER: FieldDef = bytes(id::IDENT, "identifier", 4, 2, Format::Decimal);
const SEQUENCE: FieldDef = bytes(id::SEQ, "sequence number", 6, 2, Format::Decimal);
const LENGTH: FieldDef = bytes(id::LENGTH, "length of quotation", 5, 1, Format::units(4));

const SHORT_SEQUENCE: FieldDef = bytes(id::EXT_ECHO_SEQ, "sequence number", 6, 1, Format::Decimal);

static ECHO: [FieldDef; 2] = [IDENTIFIER, SEQUENCE];
static TOO_BIG: [FieldDef; 3] = [
    bytes(id::UNUSED, "unused", 4, 1, Format::Hex),
    LENGTH,
    bytes(id::MTU, "next-hop MTU", 6, 2, Format::Count("bytes")),
];
static EXTENDED_REQUEST: [FieldDef; 4] = [
    IDENTIFIER,
    SHORT_SEQUENCE,
    bits(id::EXT_ECHO_REQ_RES, "reserved", 56, 7, Format::Decimal),
    bits(id::EXT_ECHO_REQ_LOCAL, "local", 63, 1, Format::Flag),
];
static EXTENDED_REPLY: [FieldDef; 7] = [
    IDENTIFIER,
    SHORT_SEQUENCE,
    bits(id::EXT_ECHO_RSP_STATE, "state", 56, 3, Format::Decimal),
    bits(id::EXT_ECHO_RSP_RES, "reserved", 59, 2, Format::Decimal),
    bits(id::EXT_ECHO_RSP_ACTIVE, "active", 61, 1, Format::Flag),
    bits(id::EXT_ECHO_RSP_IPV4, "IPv4", 62, 1, Format::Flag),
    bits(id::EXT_ECHO_RSP_IPV6, "IPv6", 63, 1, Format::Flag),
];
/// Destination unreachable and time exceeded.
static EXCEEDED: [FieldDef; 3] = [
    bytes(id::UNUSED, "unused", 4, 1, Format::Hex),
    LENGTH,
    bytes(id::UNUSED, "unused", 6, 2, Format::Hex),
];
static PARAMETER: [FieldDef; 3] = [
    bytes(id::POINTER, "pointer", 4, 1, Format::Decimal),
    LENGTH,
    bytes(id::UNUSED, "unused", 6, 2, Format::Hex),
];
static REDIRECT: [FieldDef; 1] = [bytes(id::REDIR_GW, "gateway address", 4, 4, Format::Ipv4)];
static ADVERTISEMENT: [FieldDef; 3] = [
    bytes(id::NUM_ADDRS, "number of addresses", 4, 1, Format::Decimal),
    bytes(id::ADDR_ENTRY_SIZE, "address entry size", 5, 1, Format::units(4)),
    bytes(id::LIFETIME, "lifetime", 6, 2, Format::Count("s")),
];
static TIMESTAMP: [FieldDef; 5] = [
    IDENTIFIER,
    SEQUENCE,
    bytes(
        id::ORIGINATE_TIMESTAMP,
        "originate timestamp",
        8,
        4,
        Format::Count("ms since midnight UT"),
    ),
    bytes(
        id::RECEIVE_TIMESTAMP,
        "receive timestamp",
        12,
        4,
        Format::Count("ms since midnight UT"),
    ),
    bytes(
        id::TRANSMIT_TIMESTAMP,
        "transmit timestamp",
        16,
        4,
        Format::Count("ms since midnight UT"),
    ),
];
static MASK: [FieldDef; 3] = [
    IDENTIFIER,
    SEQUENCE,
    bytes(id::ADDRESS_MASK, "address mask", 8, 4, Format::Ipv4),
];
static OTHER: [FieldDef; 1] = [bytes(id::RESERVED, "rest of header", 4, 4, Format::Hex)];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

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

/// The meaning of a code, by its type. RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 sections 5.2.7.1 and 5.2.7.2
#[must_use]
pub fn code_name(message: u8, code: u8) -> Option<&'static str> {
    Some(match (message, code) {
        (3, 0) => "net unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed and DF set",
        (3, 5) => "source route failed",
        (3, 6) => "destination network unknown",
        (3, 7) => "destination host unknown",
        (3, 8) => "source host isolated",
        (3, 9) => "network administratively prohibited",
        (3, 10) => "host administratively prohibited",
        (3, 11) => "network unreachable for type of service",
        (3, 12) => "host unreachable for type of service",
        (3, 14) => "host precedence violation",
        (3, 15) => "precedence cutoff in effect",
        (3, 13) => "communication administratively prohibited",
        (5, 0) => "redirect for the network",
        (5, 1) => "redirect for the host",
        (11, 0) => "time to live exceeded in transit",
        (11, 1) => "fragment reassembly time exceeded",
        (5, 2) => "redirect for the type of service and network",
        (5, 3) => "redirect for the type of service and host",
        (12, 0) => "pointer indicates the error",
        (12, 1) => "required option is missing",
        (12, 2) => "bad length",
        _ => return None,
    })
}

/// The table of the second half, and how many bytes the header has with it.
fn second_half(message: u8, code: u8) -> (&'static [FieldDef], usize) {
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
        self.header_of(Protocol::Icmp).and_then(Icmp::new)
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
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv4(1)];
    const FIELDS: &'static [Fields] = &[FIELDS, icmp_extension::FIELDS];
    const TABLES: FieldTables = &[
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
    const BEHIND: FieldTables = icmp_extension::TABLES;
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 2,
        covers: Covers::Message,
    });

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(4).fields(&TABLE, &UNREAD);
        let (table, _) = second_half(header.u8(0).unwrap_or(u8::MAX), header.u8(1).unwrap_or_default());
        fields.extend(table.iter().map_while(|def| Field::read(def, header)));
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let fixed = packet.fixed(Protocol::Icmp, cursor, FIXED)?;
        let message = fixed.u8(0)?;
        let (_, length) = second_half(message, fixed.u8(1)?);
        packet.fixed(Protocol::Icmp, cursor, length)?;
        packet.push(Protocol::Icmp, cursor, length);
        let data = cursor.after(length);
        if !quotes(message) || data.span.bytes.is_empty() || cursor.completeness == Completeness::FirstFragment {
            packet.end(data, Content::Data);
            return None;
        }
        let declared = quotation::length_4(fixed);
        Some((NextProtocol::EtherType(0x0800), quotation::of(data, declared, packet)))
    }
}
