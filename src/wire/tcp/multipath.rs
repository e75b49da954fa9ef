//! The option of Multipath TCP. RFC 8684 section 3
//!
//! One kind for nine messages: the subtype says which, and in some the length or a flag says what is there.

mod fields;

pub(super) use fields::FIELDS;
pub use fields::id;

use super::super::display_format::DisplayFormat as Format;
use super::super::field::{Field, FieldDef, bits, bytes, rest};
use super::super::field_table::{FieldTables, Origin};
use super::super::options::whole;
use super::super::span::Span;
use super::kind::{KIND, LENGTH, SURPLUS};

static WHOLE: FieldDef = whole(id::MPTCP, "multipath TCP");

const SUBTYPE: FieldDef = bits(id::SUBTYPE, "subtype", 16, 4, Format::Named(subtype_name));
const RESERVED_3: FieldDef = bits(id::RESERVED, "reserved", 20, 3, Format::Hex);
const RESERVED_12: FieldDef = bits(id::RESERVED, "reserved", 20, 12, Format::Hex);
const BACKUP: FieldDef = bits(id::BACKUP_FLAG, "backup path", 23, 1, Format::Flag);
const ADDRESS_ID: FieldDef = bytes(id::ADDRID, "address ID", 3, 1, Format::Decimal);

/// Its tables, to look a field up.
pub(super) const TABLES: FieldTables = &[
    ("option multipath TCP", Origin::Option, &[WHOLE]),
    ("option multipath TCP, MP_CAPABLE", Origin::Option, &CAPABLE),
    ("option multipath TCP, MP_JOIN in the SYN", Origin::Option, &JOIN_SYN),
    (
        "option multipath TCP, MP_JOIN in the SYN-ACK",
        Origin::Option,
        &JOIN_SYN_ACK,
    ),
    (
        "option multipath TCP, MP_JOIN in the third segment",
        Origin::Option,
        &JOIN_ACK,
    ),
    ("option multipath TCP, DSS", Origin::Option, &SEQUENCE_SIGNAL),
    (
        "option multipath TCP, DSS",
        Origin::RunningInOption,
        &[DATA_ACK_4, SEQUENCE_4, SUBFLOW_SEQUENCE, DATA_LENGTH, CHECKSUM],
    ),
    ("option multipath TCP, ADD_ADDR", Origin::Option, &ADD_ADDRESS),
    (
        "option multipath TCP, ADD_ADDR",
        Origin::RunningInOption,
        &[IPV4, IPV6, PORT, ADDRESS_HMAC],
    ),
    ("option multipath TCP, REMOVE_ADDR", Origin::Option, &REMOVE_ADDRESS),
    ("option multipath TCP, MP_PRIO", Origin::Option, &PRIORITY),
    ("option multipath TCP, MP_FAIL", Origin::Option, &FAIL),
    ("option multipath TCP, MP_FASTCLOSE", Origin::Option, &FAST_CLOSE),
    ("option multipath TCP, MP_TCPRST", Origin::Option, &RESET),
    ("option multipath TCP, another subtype", Origin::Option, &OTHER),
];

/// Section 3.1. A SYN has it as far as the flags, a SYN-ACK with the sender's key, the third segment with both keys, and
/// the first data with all of it.
static CAPABLE: [FieldDef; 9] = [
    KIND,
    LENGTH,
    SUBTYPE,
    bits(id::VERSION, "version", 20, 4, Format::Decimal),
    bytes(id::FLAGS, "flags", 3, 1, Format::Flags).of(&CAPABLE_FLAGS),
    bytes(id::SENDKEY, "sender's key", 4, 8, Format::Hex),
    bytes(id::RECVKEY, "receiver's key", 12, 8, Format::Hex),
    bytes(id::DATALVLLEN, "data-level length", 20, 2, Format::Count("bytes")),
    bytes(id::CHECKSUM, "checksum", 22, 2, Format::Hex),
];
static CAPABLE_FLAGS: [FieldDef; 5] = [
    bits(id::CHECKSUMREQ_FLAGS, "checksum required", 24, 1, Format::Flag),
    bits(id::EXTENSIBILITY_FLAG, "extensibility", 25, 1, Format::Flag),
    bits(
        id::NOMORESUBFLOWS_FLAG,
        "no subflows to this address and port",
        26,
        1,
        Format::Flag,
    ),
    bits(id::RESERVED_FLAG, "reserved", 27, 4, Format::Hex),
    bits(id::SHA256_FLAG, "HMAC-SHA256", 31, 1, Format::Flag),
];

/// Section 3.2: in the SYN, …
static JOIN_SYN: [FieldDef; 8] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_3,
    BACKUP,
    ADDRESS_ID,
    bytes(id::RECVTOK, "receiver's token", 4, 4, Format::Hex),
    bytes(id::SENDRAND, "sender's random number", 8, 4, Format::Hex),
];
/// … the SYN-ACK …
static JOIN_SYN_ACK: [FieldDef; 8] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_3,
    BACKUP,
    ADDRESS_ID,
    bytes(id::SENDTRUNCHMAC, "sender's truncated HMAC", 4, 8, Format::Hex),
    bytes(id::SENDRAND, "sender's random number", 12, 4, Format::Hex),
];
/// … and the third segment.
static JOIN_ACK: [FieldDef; 5] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_12,
    bytes(id::SENDHMAC, "sender's HMAC", 4, 20, Format::Bytes),
];

/// Section 3.3; what follows is told by the flags.
static SEQUENCE_SIGNAL: [FieldDef; 5] = [
    KIND,
    LENGTH,
    SUBTYPE,
    bits(id::RESERVED, "reserved", 20, 4, Format::Hex),
    bytes(id::FLAGS, "flags", 3, 1, Format::Flags).of(&SIGNAL_FLAGS),
];
static SIGNAL_FLAGS: [FieldDef; 6] = [
    bits(id::RESERVED_FLAG, "reserved", 24, 3, Format::Hex),
    bits(id::DATAFIN_FLAG, "DATA_FIN", 27, 1, Format::Flag),
    bits(id::DSEQN8_FLAG, "data sequence number has 8 bytes", 28, 1, Format::Flag),
    bits(
        id::DSEQNPRESENT_FLAG,
        "data sequence number present",
        29,
        1,
        Format::Flag,
    ),
    bits(id::DATAACK8_FLAG, "data ACK has 8 bytes", 30, 1, Format::Flag),
    bits(id::DATAACKPRESENT_FLAG, "data ACK present", 31, 1, Format::Flag),
];
static DATA_ACK_4: FieldDef = bytes(id::RAWDATAACK, "data ACK", 0, 4, Format::Decimal);
static DATA_ACK_8: FieldDef = bytes(id::RAWDATAACK, "data ACK", 0, 8, Format::Decimal);
static SEQUENCE_4: FieldDef = bytes(id::RAWDATASEQNO, "data sequence number", 0, 4, Format::Decimal);
static SEQUENCE_8: FieldDef = bytes(id::RAWDATASEQNO, "data sequence number", 0, 8, Format::Decimal);
static SUBFLOW_SEQUENCE: FieldDef = bytes(id::SUBFLOWSEQNO, "subflow sequence number", 0, 4, Format::Decimal);
static DATA_LENGTH: FieldDef = bytes(id::DATALVLLEN, "data-level length", 0, 2, Format::Count("bytes"));
static CHECKSUM: FieldDef = bytes(id::CHECKSUM, "checksum", 0, 2, Format::Hex);

/// Section 3.4.1; what follows is told by the length.
static ADD_ADDRESS: [FieldDef; 6] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_3,
    bits(id::ECHO, "echo", 23, 1, Format::Flag),
    ADDRESS_ID,
];
static IPV4: FieldDef = bytes(id::IPV4, "advertised address", 0, 4, Format::Ipv4);
static IPV6: FieldDef = bytes(id::IPV6, "advertised address", 0, 16, Format::Ipv6);
static PORT: FieldDef = bytes(id::PORT, "advertised port", 0, 2, Format::Decimal);
static ADDRESS_HMAC: FieldDef = bytes(id::ADDADDRTRUNCHMAC, "truncated HMAC", 0, 8, Format::Hex);

/// Section 3.4.2; an address ID for each that is gone.
static REMOVE_ADDRESS: [FieldDef; 4] = [
    KIND,
    LENGTH,
    SUBTYPE,
    bits(id::RESERVED, "reserved", 20, 4, Format::Hex),
];
static REMOVED: FieldDef = bytes(id::ADDRID, "address ID", 0, 1, Format::Decimal);

/// Section 3.3.8; the address ID may be missing.
static PRIORITY: [FieldDef; 6] = [KIND, LENGTH, SUBTYPE, RESERVED_3, BACKUP, ADDRESS_ID];
/// Section 3.7.
static FAIL: [FieldDef; 5] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_12,
    bytes(id::RAWDATASEQNO, "data sequence number", 4, 8, Format::Decimal),
];
/// Section 3.5.
static FAST_CLOSE: [FieldDef; 5] = [
    KIND,
    LENGTH,
    SUBTYPE,
    RESERVED_12,
    bytes(id::RECVKEY, "receiver's key", 4, 8, Format::Hex),
];
/// Section 3.6.
static RESET: [FieldDef; 8] = [
    KIND,
    LENGTH,
    SUBTYPE,
    bits(id::FLAG_U_FLAG, "U", 20, 1, Format::Flag),
    bits(id::FLAG_V_FLAG, "V", 21, 1, Format::Flag),
    bits(id::FLAG_W_FLAG, "W", 22, 1, Format::Flag),
    bits(id::FLAG_T_FLAG, "transient", 23, 1, Format::Flag),
    bytes(id::RST_REASON, "reason", 3, 1, Format::Named(reset_reason)),
];
static OTHER: [FieldDef; 5] = [
    KIND,
    LENGTH,
    SUBTYPE,
    bits(id::SUBTYPE_DATA, "first bits of the subtype's data", 20, 4, Format::Hex),
    rest(id::DATA, "data of the subtype", 3, Format::Bytes),
];

fn subtype_name(subtype: u64) -> Option<&'static str> {
    Some(match subtype {
        0 => "MP_CAPABLE",
        1 => "MP_JOIN",
        2 => "DSS",
        3 => "ADD_ADDR",
        4 => "REMOVE_ADDR",
        5 => "MP_PRIO",
        6 => "MP_FAIL",
        7 => "MP_FASTCLOSE",
        8 => "MP_TCPRST",
        _ => return None,
    })
}

/// Section 3.6.
fn reset_reason(reason: u64) -> Option<&'static str> {
    Some(match reason {
        0 => "unspecified error",
        1 => "MPTCP-specific error",
        2 => "lack of resources",
        3 => "administratively prohibited",
        4 => "too much outstanding data",
        5 => "unacceptable performance",
        6 => "middlebox interference",
        _ => return None,
    })
}

/// The table of the message, and what follows it.
fn layout(option: Span<'_>) -> (&'static [FieldDef], Vec<&'static FieldDef>) {
    let length = option.bytes.len();
    match (option.u8(2).map(|byte| byte >> 4), length) {
        (Some(0), 4..) => (&CAPABLE, Vec::new()),
        (Some(1), 12) => (&JOIN_SYN, Vec::new()),
        (Some(1), 16) => (&JOIN_SYN_ACK, Vec::new()),
        (Some(1), 24) => (&JOIN_ACK, Vec::new()),
        (Some(2), 4..) => (&SEQUENCE_SIGNAL, signalled(option.u8(3).unwrap_or_default())),
        (Some(3), 8 | 10 | 16 | 18) => (&ADD_ADDRESS, advertised(&IPV4, length - 8)),
        (Some(3), 20 | 22 | 28 | 30) => (&ADD_ADDRESS, advertised(&IPV6, length - 20)),
        (Some(4), 4..) => (&REMOVE_ADDRESS, vec![&REMOVED; length - 3]),
        (Some(5), 3 | 4) => (&PRIORITY, Vec::new()),
        (Some(6), 12) => (&FAIL, Vec::new()),
        (Some(7), 12) => (&FAST_CLOSE, Vec::new()),
        (Some(8), 4) => (&RESET, Vec::new()),
        _ => (&OTHER, Vec::new()),
    }
}

/// What the flags of a data sequence signal say that there is; the checksum was negotiated, and ends the option if so.
fn signalled(flags: u8) -> Vec<&'static FieldDef> {
    let mut parts = Vec::new();
    match flags & 0b11 {
        0b01 => parts.push(&DATA_ACK_4),
        0b11 => parts.push(&DATA_ACK_8),
        _ => {}
    }
    if flags & 0b100 != 0 {
        let sequence = if flags & 0b1000 == 0 { &SEQUENCE_4 } else { &SEQUENCE_8 };
        parts.extend([sequence, &SUBFLOW_SEQUENCE, &DATA_LENGTH, &CHECKSUM]);
    }
    parts
}

/// An address, and in `more` further bytes a port, an HMAC, or both.
fn advertised(address: &'static FieldDef, more: usize) -> Vec<&'static FieldDef> {
    let mut parts = vec![address];
    parts.extend((more % 8 == 2).then_some(&PORT));
    parts.extend((more >= 8).then_some(&ADDRESS_HMAC));
    parts
}

/// The option as a field.
pub(super) fn field(option: Span<'_>) -> Field<'_> {
    let (table, more) = layout(option);
    let mut parts = option.whole_fields(table);
    let mut left = option.from(table.last().map_or(0, |last| (last.bit + last.bits) / 8));
    for def in more {
        let Some(part) = Field::read(def, left) else { break };
        parts.push(part);
        left = left.from(def.bits / 8);
    }
    option.push_remainder(&mut parts, &SURPLUS);
    Field::of_span(&WHOLE, option, parts)
}
