//! IGMP: who listens to which multicast group. Version 1: RFC 1112 appendix I; 2: RFC 2236; 3: RFC 9776, before that RFC 3376
//!
//! All that the message's own numbers count is its header: a version 3 message ends with lists, of sources or of records.

use std::net::Ipv4Addr;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef};
use super::layer::Layer;
use super::next_header::{NextHeader, NextProtocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    TYPE = "igmp.type", "RFC 9776 section 4", "Which message it is: a router's question, or a host's answer.", "";
    RESERVED = "igmp.reserved", "RFC 1112 appendix I, RFC 9776 section 4.2", "Not used by this message; sent as 0.", "";
    MAX_RESP = "igmp.max_resp", "RFC 2236 section 2.2, RFC 9776 section 4.1.1",
        "How long a host may wait before it answers the query: it picks a time at random, so that not all answer at once.",
        "In tenths of a second. In version 3, from 128 on, a floating-point number: (mantissa + 16) x 2^(exponent + 3).";
    MAX_RESP_FORM = ours "igmp.max_resp.form", "RFC 9776 section 4.1.1",
        "Whether the other bits are a floating-point number.", "1 here: from 128 on they are.";
    MAX_RESP_EXP = "igmp.max_resp.exp", "RFC 9776 section 4.1.1", "Exponent of the floating-point number, less 3.", "";
    MAX_RESP_MANT = "igmp.max_resp.mant", "RFC 9776 section 4.1.1",
        "The last four of the five bits of the mantissa, the first of which is always 1.", "";
    CHECKSUM = "igmp.checksum", "RFC 9776 section 4.1.2",
        "Lets the receiver find damage. It covers the whole message, without a pseudo-header.", "";
    MADDR = "igmp.maddr", "RFC 9776 section 4.1.3, section 4.2.9", "The multicast group that is meant.",
        "0.0.0.0 in a general query: all groups.";
    FLAGS = ours "igmp.flags", "RFC 9776 section 4.1.4", "Bits for extensions of the query.", "0 without extensions.";
    S = "igmp.s", "RFC 9776 section 4.1.5",
        "Suppress router-side processing: other routers that hear the query leave their timers alone.", "";
    QRV = "igmp.qrv", "RFC 9776 section 4.1.6",
        "Querier's robustness variable: how often messages are sent, so that one may get lost.", "0: more than 7.";
    QQIC = "igmp.qqic", "RFC 9776 section 4.1.7",
        "Querier's query interval code: the time between two general queries.",
        "In seconds; from 128 on a floating-point number as in the max resp code.";
    NUM_SRC = "igmp.num_src", "RFC 9776 section 4.1.8, section 4.2.8", "How many source addresses follow.", "";
    SADDR = "igmp.saddr", "RFC 9776 section 4.1.9, section 4.2.10",
        "A sender: one that is asked about, or one whose data the host accepts or refuses.", "";
    NUM_GRP_RECS = "igmp.num_grp_recs", "RFC 9776 section 4.2.4", "How many group records follow.", "";
    RECORD_TYPE = "igmp.record_type", "RFC 9776 section 4.2.13",
        "Whether the sources of the record are those that are wanted or those that are not, and whether that is news.", "";
    AUX_DATA_LEN = "igmp.aux_data_len", "RFC 9776 section 4.2.7", "Length of the auxiliary data, in words of 4 bytes.",
        "0: no use of such data is defined.";
    AUX_DATA = "igmp.aux_data", "RFC 9776 section 4.2.11", "Further data about the group; no use is defined.", "";
    UNREAD = "igmp.unread";
}

/// Bytes that every message has.
pub const FIXED: usize = 8;
/// Bytes of a version 3 query before its sources.
const QUERY_FIXED: usize = 12;
/// Bytes of a group record before its sources.
const RECORD_FIXED: usize = 8;

/// A query, of any version.
pub const QUERY: u8 = 0x11;
/// A report of version 1.
pub const REPORT_1: u8 = 0x12;
/// A report of version 2.
pub const REPORT_2: u8 = 0x16;
/// A host of version 2 leaves a group.
pub const LEAVE: u8 = 0x17;
/// A report of version 3.
pub const REPORT_3: u8 = 0x22;

const KIND: FieldDef = bytes(id::TYPE, "type", 0, 1, Format::HexNamed(type_name));
const SUM: FieldDef = bytes(id::CHECKSUM, "checksum", 2, 2, Format::Hex);
const GROUP: FieldDef = bytes(id::MADDR, "group address", 4, 4, Format::Ipv4);

/// Version 1. RFC 1112 appendix I
static TABLE_1: [FieldDef; 4] = [KIND, bytes(id::RESERVED, "unused", 1, 1, Format::Hex), SUM, GROUP];
/// Version 2. RFC 2236 section 2
static TABLE_2: [FieldDef; 4] = [
    KIND,
    bytes(id::MAX_RESP, "max resp time", 1, 1, Format::Decimal),
    SUM,
    GROUP,
];
/// A query of version 3 up to its sources. RFC 9776 section 4.1
static QUERY_3: [FieldDef; 9] = query_3(MAX_RESP_CODE);
/// The same with a code that is a floating-point number.
static QUERY_3_FLOAT: [FieldDef; 9] = query_3(MAX_RESP_CODE.of(&FLOAT));
const fn query_3(max_resp_code: FieldDef) -> [FieldDef; 9] {
    [
        KIND,
        max_resp_code,
        SUM,
        GROUP,
        bits(id::FLAGS, "flags", 64, 4, Format::Hex),
        bits(id::S, "S", 68, 1, Format::Flag),
        bits(id::QRV, "QRV", 69, 3, Format::Decimal),
        bytes(id::QQIC, "QQIC", 9, 1, Format::Decimal),
        bytes(id::NUM_SRC, "number of sources", 10, 2, Format::Decimal),
    ]
}
const MAX_RESP_CODE: FieldDef = bytes(id::MAX_RESP, "max resp code", 1, 1, Format::Decimal);
static FLOAT: [FieldDef; 3] = [
    bits(id::MAX_RESP_FORM, "floating-point", 8, 1, Format::Flag),
    bits(id::MAX_RESP_EXP, "exponent", 9, 3, Format::Decimal),
    bits(id::MAX_RESP_MANT, "mantissa", 12, 4, Format::Decimal),
];
/// A report of version 3 up to its records. RFC 9776 section 4.2
static REPORT: [FieldDef; 5] = [
    KIND,
    bytes(id::RESERVED, "reserved", 1, 1, Format::Hex),
    SUM,
    bytes(id::RESERVED, "reserved", 4, 2, Format::Hex),
    bytes(id::NUM_GRP_RECS, "number of group records", 6, 2, Format::Decimal),
];
/// A group record up to its sources.
static RECORD: [FieldDef; 4] = [
    bytes(id::RECORD_TYPE, "record type", 0, 1, Format::Named(record_name)),
    bytes(id::AUX_DATA_LEN, "aux data length", 1, 1, Format::units(4)),
    bytes(id::NUM_SRC, "number of sources", 2, 2, Format::Decimal),
    bytes(id::MADDR, "group address", 4, 4, Format::Ipv4),
];
static SOURCE: FieldDef = bytes(id::SADDR, "source address", 0, 4, Format::Ipv4);
static AUXILIARY: FieldDef = rest(id::AUX_DATA, "auxiliary data", 0, Format::Bytes);
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// The meaning of a type.
#[must_use]
pub fn type_name(number: u64) -> Option<&'static str> {
    Some(match u8::try_from(number).ok()? {
        QUERY => "membership query",
        REPORT_1 => "version 1 membership report",
        REPORT_2 => "version 2 membership report",
        LEAVE => "leave group",
        REPORT_3 => "version 3 membership report",
        _ => return None,
    })
}

/// RFC 9776 section 4.2.13
fn record_name(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "MODE_IS_INCLUDE",
        2 => "MODE_IS_EXCLUDE",
        3 => "CHANGE_TO_INCLUDE_MODE",
        4 => "CHANGE_TO_EXCLUDE_MODE",
        5 => "ALLOW_NEW_SOURCES",
        6 => "BLOCK_OLD_SOURCES",
        _ => return None,
    })
}

/// The number that a code of one byte stands for. RFC 9776 sections 4.1.1 and 4.1.7
#[must_use]
pub const fn decoded(code: u8) -> u32 {
    if code < 128 {
        return code as u32;
    }
    let (exponent, mantissa) = (code >> 4 & 7, code & 15);
    (mantissa as u32 | 16) << (exponent + 3)
}

/// An IGMP message of at least 8 bytes.
#[derive(Debug, Clone, Copy)]
pub struct Igmp<'a> {
    header: Span<'a>,
}

impl Igmp<'_> {
    /// Type of the message.
    #[must_use]
    pub fn message_type(self) -> u8 {
        self.header.u8(0).unwrap_or_default()
    }

    /// The version that the sender speaks. Queries of all three have one type: a longer one is of version 3, one that leaves no
    /// time to answer is of version 1. RFC 9776 section 7.1
    #[must_use]
    pub fn version(self) -> u8 {
        match self.message_type() {
            REPORT_1 => 1,
            REPORT_3 => 3,
            QUERY if self.header.bytes.len() > FIXED => 3,
            QUERY if self.header.u8(1) == Some(0) => 1,
            _ => 2,
        }
    }

    /// How long a host may wait before it answers, in tenths of a second: 100 in version 1, which does not tell it.
    #[must_use]
    pub fn max_response_time(self) -> u32 {
        let code = self.header.u8(1).unwrap_or_default();
        match self.version() {
            1 => 100,
            2 => code.into(),
            _ => decoded(code),
        }
    }

    /// The group; of a version 3 report that of its first record, if it has one.
    #[must_use]
    pub fn group(self) -> Option<Ipv4Addr> {
        let at = if self.message_type() == REPORT_3 { 12 } else { 4 };
        self.header.u32(at).map(Ipv4Addr::from)
    }

    /// How many sources a version 3 query asks about, or how many records a version 3 report has.
    #[must_use]
    pub fn count(self) -> u16 {
        let at = if self.message_type() == REPORT_3 { 6 } else { 10 };
        self.header.u16(at).unwrap_or_default()
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an IGMP one of 8 bytes or more.
    #[must_use]
    pub fn igmp(&self) -> Option<Igmp<'a>> {
        let is_whole = self.protocol == Protocol::Igmp && self.header.bytes.len() >= FIXED;
        is_whole.then_some(Igmp { header: self.header })
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "IGMP";
    const SOURCE: &'static str = "RFC 9776";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv4(2)];
    const FIELDS: &'static [Fields] = &[FIELDS];
    const TABLES: FieldTables = &[
        ("version 1", Origin::Header, &TABLE_1),
        ("version 2", Origin::Header, &TABLE_2),
        ("version 3 query", Origin::Header, &QUERY_3_FLOAT),
        ("version 3 report", Origin::Header, &REPORT),
        ("version 3 report", Origin::Behind("group record"), &RECORD),
        ("version 3", Origin::Running, &[SOURCE, AUXILIARY]),
    ];
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 2,
        covers: Covers::Message,
    });

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let code = header.u8(1).unwrap_or_default();
        let table: &'static [FieldDef] = match header.u8(0) {
            Some(QUERY) if header.bytes.len() > FIXED && code >= 128 => &QUERY_3_FLOAT,
            Some(QUERY) if header.bytes.len() > FIXED => &QUERY_3,
            Some(QUERY) if code == 0 => &TABLE_1,
            Some(REPORT_1) => &TABLE_1,
            Some(REPORT_3) => &REPORT,
            _ => &TABLE_2,
        };
        let mut fields = header.whole_fields(table);
        match header.u8(0) {
            Some(QUERY) => push_sources(header.from(QUERY_FIXED), usize::MAX, &mut fields),
            Some(REPORT_3) => push_records(header.from(FIXED), &mut fields),
            _ => {}
        }
        header.push_remainder(&mut fields, &UNREAD);
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let kind = cursor.span.u8(0);
        if kind.is_some_and(|kind| type_name(kind.into()).is_none()) {
            // DVMRP, PIM version 1 and others took numbers of IGMP, and have nothing else of it.
            packet.end(cursor, Content::IpProtocol(2));
            return None;
        }
        packet.fixed(Protocol::Igmp, cursor, FIXED)?;
        let length = match kind {
            Some(QUERY) if cursor.length > FIXED => query_length(cursor, packet)?,
            Some(REPORT_3) => report_length(cursor, packet)?,
            _ => FIXED,
        };
        packet.push(Protocol::Igmp, cursor, length);
        packet.end(cursor.after(length), Content::Data);
        None
    }
}

/// Adds as many sources; all there are, if there are fewer.
fn push_sources<'a>(sources: Span<'a>, count: usize, fields: &mut Vec<Field<'a>>) {
    let mut left = sources;
    for _ in 0..count {
        let Some(source) = Field::read(&SOURCE, left) else {
            return;
        };
        fields.push(source);
        left = left.from(4);
    }
}

/// How many bytes a group record has; `None` where the bytes that tell it are not there.
fn record_length(record: Span<'_>) -> Option<usize> {
    let (words, sources) = (record.u8(1)?, record.u16(2)?);
    Some(RECORD_FIXED + usize::from(sources) * 4 + usize::from(words) * 4)
}

fn push_records<'a>(records: Span<'a>, fields: &mut Vec<Field<'a>>) {
    let mut left = records;
    while let (Some(length), Some(sources)) = (record_length(left), left.u16(2)) {
        let record = left.first(length);
        let before = fields.len();
        fields.extend(RECORD.iter().map_while(|def| Field::read(def, record)));
        if fields.len() < before + RECORD.len() {
            return;
        }
        push_sources(record.from(RECORD_FIXED), usize::from(sources), fields);
        let auxiliary = record.from(RECORD_FIXED + usize::from(sources) * 4);
        fields.extend(Field::read(&AUXILIARY, auxiliary));
        left = left.from(length);
    }
}

/// The length of a version 3 query with its sources.
fn query_length<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> Option<usize> {
    let fixed = packet.fixed(Protocol::Igmp, cursor, QUERY_FIXED)?;
    let length = QUERY_FIXED + usize::from(fixed.u16(10)?) * 4;
    counted(id::NUM_SRC, length, cursor, packet)
}

/// The length of a version 3 report with its records.
fn report_length<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> Option<usize> {
    let mut length = FIXED;
    for _ in 0..cursor.span.u16(6)? {
        counted(id::NUM_GRP_RECS, length + RECORD_FIXED, cursor, packet)?;
        let record = cursor.span.from(length);
        let with_sources = RECORD_FIXED + usize::from(record.u16(2)?) * 4;
        counted(id::NUM_SRC, length + with_sources, cursor, packet)?;
        length += record_length(record)?;
        counted(id::AUX_DATA_LEN, length, cursor, packet)?;
    }
    Some(length)
}

/// The length, if the packet has as many bytes. If not: keeps those that are there, and says so.
fn counted<'a>(field: &'static str, length: usize, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> Option<usize> {
    if cursor.completeness == Completeness::FirstFragment && cursor.length < length {
        // The rest is in the other fragments.
        packet.push(Protocol::Igmp, cursor, cursor.length);
        packet.end(cursor.after(cursor.length), Content::Data);
        return None;
    }
    packet.declared(Protocol::Igmp, cursor, field, length)?;
    Some(length)
}

#[cfg(test)]
mod tests;
