//! `ICMPv6`. RFC 4443; multicast listener discovery: RFC 2710, RFC 3810; neighbor discovery: RFC 4861

use pnet::packet::icmpv6::Icmpv6Packet;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef};
use super::layer::Layer;
use super::nd;
use super::next_header::{NextHeader, NextProtocol};
use super::options::{OptionLayout, check};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::quotation;
use super::span::Span;

fields! {
    TYPE = "icmpv6.type", "RFC 4443 section 2.1",
        "Which message it is: below 128 an error about a packet, from 128 on something else.", "";
    CODE = "icmpv6.code", "RFC 4443 section 2.1",
        "More about the type.", "Of destination unreachable: 0 no route, 1 forbidden, 3 address, 4 port.";
    CHECKSUM = "icmpv6.checksum", "RFC 4443 section 2.3",
        "Lets the receiver find damage. It covers the IPv6 addresses (the pseudo-header) and the whole message.", "";
    LENGTH = "icmpv6.length", "RFC 4884 section 4",
        "How much of the packet is quoted, in units of 8 bytes, so that something can follow.", "0: unknown, nothing follows.";
    MTU = "icmpv6.mtu", "RFC 4443 section 3.2",
        "The largest packet that the next link takes: the sender has to make smaller ones.", "";
    POINTER = "icmpv6.pointer", "RFC 4443 section 3.4",
        "Which byte of the quoted packet was wrong, counted from 0.", "";
    ECHO_IDENTIFIER = "icmpv6.echo.identifier", "RFC 4443 section 4.1",
        "Identifies the program that asked; the answer has the same.", "";
    ECHO_SEQUENCE_NUMBER = "icmpv6.echo.sequence_number", "RFC 4443 section 4.1",
        "Number of the question; the answer has the same.", "ping counts up from 0 or 1.";
    MLD_MAXIMUM_RESPONSE_DELAY = "icmpv6.mld.maximum_response_delay";
    MLD_MULTICAST_ADDRESS = "icmpv6.mld.multicast_address";
    MLD_MAXIMUM_RESPONSE_CODE = "icmpv6.mld.maximum_response_code";
    MLD_FLAG = "icmpv6.mld.flag";
    MLD_QQI = "icmpv6.mld.qqi";
    MLD_NB_SOURCES = "icmpv6.mld.nb_sources";
    MLD_FLAG_RESERVED = "icmpv6.mld.flag.reserved";
    MLD_FLAG_S = "icmpv6.mld.flag.s";
    MLD_FLAG_QRV = "icmpv6.mld.flag.qrv";
    MLDR_NB_MCAST_RECORDS = "icmpv6.mldr.nb_mcast_records";
    BODY = "icmpv6.body";
    UNREAD = "icmpv6.unread";
}

/// Bytes that every message has.
pub const FIXED: usize = 4;
/// Bytes of the messages that have no table below.
const SIMPLE: usize = 8;
/// Bytes of a version 2 listener query before its sources.
const QUERY_2: usize = 28;

/// What is the same in every message. RFC 4443 section 2.1
pub static TABLE: [FieldDef; 3] = [
    bytes(id::TYPE, "type", 0, 1, Format::Named(type_name)),
    bytes(id::CODE, "code", 1, 1, Format::Decimal),
    bytes(id::CHECKSUM, "checksum", 2, 2, Format::Hex),
];

static RESERVED: [FieldDef; 1] = [bytes(nd::id::RESERVED, "unused", 4, 4, Format::Hex)];
/// RFC 4884 section 4.2 and 4.3; without a length these are unused as before.
static WITH_LENGTH: [FieldDef; 2] = [
    bytes(id::LENGTH, "length of quotation", 4, 1, Format::units(8)),
    bytes(nd::id::RESERVED, "unused", 5, 3, Format::Hex),
];
static TOO_BIG: [FieldDef; 1] = [bytes(id::MTU, "MTU", 4, 4, Format::Count("bytes"))];
static PARAMETER: [FieldDef; 1] = [bytes(id::POINTER, "pointer", 4, 4, Format::Decimal)];
static ECHO: [FieldDef; 2] = [
    bytes(id::ECHO_IDENTIFIER, "identifier", 4, 2, Format::Decimal),
    bytes(id::ECHO_SEQUENCE_NUMBER, "sequence number", 6, 2, Format::Decimal),
];
static LISTENER: [FieldDef; 3] = [
    bytes(
        id::MLD_MAXIMUM_RESPONSE_DELAY,
        "maximum response delay",
        4,
        2,
        Format::Count("ms"),
    ),
    bytes(nd::id::RESERVED, "reserved", 6, 2, Format::Hex),
    bytes(id::MLD_MULTICAST_ADDRESS, "multicast address", 8, 16, Format::Ipv6),
];
/// RFC 3810 section 5.1
static LISTENER_QUERY_2: [FieldDef; 6] = [
    bytes(
        id::MLD_MAXIMUM_RESPONSE_CODE,
        "maximum response code",
        4,
        2,
        Format::Decimal,
    ),
    bytes(nd::id::RESERVED, "reserved", 6, 2, Format::Hex),
    bytes(id::MLD_MULTICAST_ADDRESS, "multicast address", 8, 16, Format::Ipv6),
    bytes(id::MLD_FLAG, "flags", 24, 1, Format::Flags).of(&QUERY_FLAGS),
    bytes(id::MLD_QQI, "querier's query interval code", 25, 1, Format::Decimal),
    bytes(id::MLD_NB_SOURCES, "number of sources", 26, 2, Format::Decimal),
];
static QUERY_FLAGS: [FieldDef; 3] = [
    bits(id::MLD_FLAG_RESERVED, "reserved", 192, 4, Format::Decimal),
    bits(id::MLD_FLAG_S, "suppress router-side processing", 196, 1, Format::Flag),
    bits(
        id::MLD_FLAG_QRV,
        "querier's robustness variable",
        197,
        3,
        Format::Decimal,
    ),
];
static LISTENER_REPORT_2: [FieldDef; 2] = [
    bytes(nd::id::RESERVED, "reserved", 4, 2, Format::Hex),
    bytes(
        id::MLDR_NB_MCAST_RECORDS,
        "number of multicast address records",
        6,
        2,
        Format::Decimal,
    ),
];
static BODY: [FieldDef; 1] = [bytes(id::BODY, "message body", 4, 4, Format::Hex)];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// The meaning of a type.
#[must_use]
pub fn type_name(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "destination unreachable",
        2 => "packet too big",
        3 => "time exceeded",
        4 => "parameter problem",
        128 => "echo request",
        129 => "echo reply",
        130 => "multicast listener query",
        131 => "multicast listener report",
        132 => "multicast listener done",
        133 => "router solicitation",
        134 => "router advertisement",
        135 => "neighbor solicitation",
        136 => "neighbor advertisement",
        137 => "redirect",
        139 => "node information query",
        140 => "node information response",
        143 => "multicast listener report, version 2",
        155 => "RPL control",
        160 => "extended echo request",
        161 => "extended echo reply",
        _ => return None,
    })
}

/// The meaning of a code, by its type.
#[must_use]
pub fn code_name(message: u8, code: u8) -> Option<&'static str> {
    Some(match (message, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "communication administratively prohibited",
        (1, 2) => "beyond scope of source address",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed policy",
        (1, 6) => "reject route to destination",
        (1, 7) => "error in source routing header",
        (3, 0) => "hop limit exceeded in transit",
        (3, 1) => "fragment reassembly time exceeded",
        (4, 0) => "erroneous header field",
        (4, 1) => "unrecognized next header",
        (4, 2) => "unrecognized IPv6 option",
        _ => return None,
    })
}

/// The table of what follows the checksum, and the bytes of the message before data, quotation or options.
fn body(message: u8, length: usize) -> (&'static [FieldDef], usize) {
    match message {
        1 | 3 => (&RESERVED, SIMPLE),
        2 => (&TOO_BIG, SIMPLE),
        4 => (&PARAMETER, SIMPLE),
        128 | 129 => (&ECHO, SIMPLE),
        // RFC 3810 section 8.1: a longer query is one of version 2.
        130 if length >= QUERY_2 => (&LISTENER_QUERY_2, QUERY_2),
        130..=132 => (&LISTENER, 24),
        143 => (&LISTENER_REPORT_2, SIMPLE),
        _ => nd::table(message).unwrap_or((&BODY, SIMPLE)),
    }
}

/// The header of an `ICMPv6` message.
#[derive(Debug)]
pub struct Icmpv6<'a> {
    view: Icmpv6Packet<'a>,
    header: Span<'a>,
}

impl<'a> Icmpv6<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        Some(Self {
            view: Icmpv6Packet::new(header.bytes)?,
            header,
        })
    }

    /// Type of the message.
    #[must_use]
    pub fn message_type(&self) -> u8 {
        self.view.get_icmpv6_type().0
    }

    /// Code: which case of the type.
    #[must_use]
    pub fn code(&self) -> u8 {
        self.view.get_icmpv6_code().0
    }

    /// Identifier and sequence number of an echo request or reply.
    #[must_use]
    pub fn echo(&self) -> Option<(u16, u16)> {
        matches!(self.message_type(), 128 | 129)
            .then(|| self.header.u16(4).zip(self.header.u16(6)))
            .flatten()
    }

    /// Does it quote the packet that it is about?
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.message_type() < 128
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an `ICMPv6` one of 4 bytes or more.
    #[must_use]
    pub fn icmpv6(&self) -> Option<Icmpv6<'a>> {
        self.header_of(Protocol::Icmpv6).and_then(Icmpv6::new)
    }
}

impl<'a> Packet<'a> {
    /// The typed `ICMPv6` header.
    #[must_use]
    pub fn icmpv6(&self) -> Option<Icmpv6<'a>> {
        self.layer(Protocol::Icmpv6)?.icmpv6()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "ICMPv6";
    const SOURCE: &'static str = "RFC 4443";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv6(58)];
    const FIELDS: &'static [Fields] = &[FIELDS, nd::FIELDS];
    const TABLES: FieldTables = &[
        ("", Origin::Header, &TABLE),
        ("error", Origin::Header, &WITH_LENGTH),
        ("packet too big", Origin::Header, &TOO_BIG),
        ("parameter problem", Origin::Header, &PARAMETER),
        ("echo", Origin::Header, &ECHO),
    ];
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 2,
        covers: Covers::PseudoHeader(58),
    });

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(FIXED).fields(&TABLE, &UNREAD);
        let message = header.u8(0).unwrap_or(u8::MAX);
        let (table, length) = match body(message, header.bytes.len()) {
            (_, length) if quotation::length_6(header) > 0 => (&WITH_LENGTH[..], length),
            plain => plain,
        };
        fields.extend(table.iter().map_while(|def| Field::read(def, header)));
        if nd::table(message).is_some() && header.bytes.len() > length {
            nd::push_fields(header.from(length), &mut fields);
        } else {
            header.push_remainder(&mut fields, &UNREAD);
        }
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let protocol = Protocol::Icmpv6;
        let fixed = packet.fixed(protocol, cursor, FIXED)?;
        let message = fixed.u8(0)?;
        let (_, length) = body(message, cursor.length);
        packet.fixed(protocol, cursor, length)?;
        if nd::table(message).is_some() {
            // Neighbor discovery consists of fields and options to its end: all of it is header.
            let all = cursor.span.bytes.len();
            packet.push(protocol, cursor, all);
            if cursor.length == all {
                check(
                    packet,
                    protocol,
                    OptionLayout::Discovery,
                    cursor.span.from(length),
                    nd::id::OPT_LENGTH,
                );
            }
            packet.end(cursor.after(all), Content::Data);
            return None;
        }
        packet.push(protocol, cursor, length);
        let data = cursor.after(length);
        if !matches!(message, 1..=4) || data.span.bytes.is_empty() || cursor.completeness == Completeness::FirstFragment
        {
            packet.end(data, Content::Data);
            return None;
        }
        let declared = quotation::length_6(cursor.span);
        Some((NextProtocol::EtherType(0x86dd), quotation::of(data, declared, packet)))
    }
}
