//! TCP's options. RFC 9293 section 3.2; the others each in the RFC beside its table

use super::super::display_format::DisplayFormat as Format;
use super::super::field::{Field, FieldDef, bits, bytes, rest};
use super::super::field_table::{FieldTables, Origin};
use super::super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, option};
use super::super::span::Span;
pub use super::kind::id;
use super::kind::{KIND, LENGTH, SURPLUS};
use super::multipath;

static END: OptionDef = option(id::EOL, "end of option list").of(&[KIND]);
static NOP: OptionDef = option(id::NOP, "no-operation").of(&[KIND]);
static MSS: OptionDef = option(id::MSS, "maximum segment size").of(&[
    KIND,
    LENGTH,
    bytes(id::MSS_VAL, "maximum segment size", 2, 2, Format::Count("bytes")),
]);
// RFC 7323 section 2
static WINDOW_SCALE: OptionDef = option(id::WSCALE, "window scale").of(&[
    KIND,
    LENGTH,
    bytes(id::WSCALE_SHIFT, "shift count", 2, 1, Format::Decimal),
]);
// RFC 2018
static SACK_PERMITTED: OptionDef = option(id::SACK_PERM, "SACK permitted").of(&[KIND, LENGTH]);
static SACK: OptionDef = option(id::SACK, "SACK").of(&[KIND, LENGTH]).again(&[
    bytes(id::SACK_LE, "left edge", 0, 4, Format::Decimal),
    bytes(id::SACK_RE, "right edge", 4, 4, Format::Decimal),
]);
// RFC 7323 section 3
static TIMESTAMPS: OptionDef = option(id::TIMESTAMP, "timestamps").of(&[
    KIND,
    LENGTH,
    bytes(id::TIMESTAMP_TSVAL, "value", 2, 4, Format::Decimal),
    bytes(id::TIMESTAMP_TSECR, "echo reply", 6, 4, Format::Decimal),
]);
// RFC 2385
static MD5: OptionDef =
    option(id::MD5, "MD5 signature").of(&[KIND, LENGTH, bytes(id::MD5_DIGEST, "digest", 2, 16, Format::Bytes)]);
// RFC 5482
static USER_TIMEOUT: OptionDef = option(id::USER_TO, "user timeout").of(&[
    KIND,
    LENGTH,
    bits(id::USER_TO_GRANULARITY, "granularity is minutes", 16, 1, Format::Flag),
    bits(id::USER_TO_VAL, "user timeout", 17, 15, Format::Decimal),
]);
// RFC 5925
static AUTHENTICATION: OptionDef = option(id::AO, "authentication (TCP-AO)").of(&[
    KIND,
    LENGTH,
    bytes(id::AO_KEYID, "key ID", 2, 1, Format::Decimal),
    bytes(id::AO_RNEXTKEYID, "receive-next key ID", 3, 1, Format::Decimal),
    rest(id::AO_MAC, "MAC", 4, Format::Bytes),
]);
// RFC 7413
static FAST_OPEN: OptionDef =
    option(id::TFO, "fast open").of(&[KIND, LENGTH, rest(id::TFO_COOKIE, "cookie", 2, Format::Bytes)]);
// RFC 9768 section 3.2.3: three counters in one of two orders, each of which may be left out with those behind it
const ECT_0_BYTES: (&str, &str) = (id::ACC_ECN_EE0B, "echo of ECT(0) bytes");
const CE_BYTES: (&str, &str) = (id::ACC_ECN_ECEB, "echo of CE bytes");
const ECT_1_BYTES: (&str, &str) = (id::ACC_ECN_EE1B, "echo of ECT(1) bytes");
const fn counter((id, name): (&'static str, &'static str), offset: usize) -> FieldDef {
    bytes(id, name, offset, 3, Format::Count("bytes"))
}
static ACC_ECN_0: OptionDef = option(id::ACC_ECN, "accurate ECN, order 0").of(&[
    KIND,
    LENGTH,
    counter(ECT_0_BYTES, 2),
    counter(CE_BYTES, 5),
    counter(ECT_1_BYTES, 8),
]);
static ACC_ECN_1: OptionDef = option(id::ACC_ECN, "accurate ECN, order 1").of(&[
    KIND,
    LENGTH,
    counter(ECT_1_BYTES, 2),
    counter(CE_BYTES, 5),
    counter(ECT_0_BYTES, 8),
]);
// The same before it had kinds of its own: an experiment.
static ACC_ECN_EXPERIMENT_0: OptionDef = option(id::EXPERIMENTAL, "experimental").of(&[
    KIND,
    LENGTH,
    EXPERIMENT,
    counter(ECT_0_BYTES, 4),
    counter(CE_BYTES, 7),
    counter(ECT_1_BYTES, 10),
]);
static ACC_ECN_EXPERIMENT_1: OptionDef = option(id::EXPERIMENTAL, "experimental").of(&[
    KIND,
    LENGTH,
    EXPERIMENT,
    counter(ECT_1_BYTES, 4),
    counter(CE_BYTES, 7),
    counter(ECT_0_BYTES, 10),
]);
// RFC 6994
const EXPERIMENT: FieldDef = bytes(id::EXPERIMENTAL_EXID, "experiment identifier", 2, 2, Format::Hex);
static EXPERIMENTAL: OptionDef = option(id::EXPERIMENTAL, "experimental").of(&[
    KIND,
    LENGTH,
    EXPERIMENT,
    rest(id::EXPERIMENTAL_DATA, "data", 4, Format::Bytes),
]);
static UNKNOWN: OptionDef =
    option(id::UNKNOWN, "unknown option").of(&[KIND, LENGTH, rest(id::UNKNOWN_PAYLOAD, "data", 2, Format::Bytes)]);

/// Bytes of a header that could not be read.
pub(super) static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);
static PADDING: FieldDef = rest(id::PADDING, "padding", 0, Format::Bytes);
static BROKEN: FieldDef = rest(id::OPTIONS_UNREAD, "unreadable options", 0, Format::Bytes);

/// Every kind of option, to look a field up.
pub(super) const OPTION_DEFS: &[&OptionDef] = &[
    &END,
    &NOP,
    &MSS,
    &WINDOW_SCALE,
    &SACK_PERMITTED,
    &SACK,
    &TIMESTAMPS,
    &MD5,
    &USER_TIMEOUT,
    &AUTHENTICATION,
    &FAST_OPEN,
    &ACC_ECN_0,
    &ACC_ECN_1,
    &ACC_ECN_EXPERIMENT_0,
    &ACC_ECN_EXPERIMENT_1,
    &EXPERIMENTAL,
    &UNKNOWN,
];
/// What belongs to no group.
pub(super) const TABLES: FieldTables = &[(
    "options that cannot be read",
    Origin::Running,
    &[UNREAD, PADDING, BROKEN, SURPLUS],
)];

fn option_def(kind: u8, option: Span<'_>) -> &'static OptionDef {
    match kind {
        0 => &END,
        1 => &NOP,
        2 => &MSS,
        3 => &WINDOW_SCALE,
        4 => &SACK_PERMITTED,
        5 => &SACK,
        8 => &TIMESTAMPS,
        19 => &MD5,
        28 => &USER_TIMEOUT,
        29 => &AUTHENTICATION,
        34 => &FAST_OPEN,
        172 => &ACC_ECN_0,
        174 => &ACC_ECN_1,
        253 | 254 => match option.u16(2) {
            Some(0xacc0) => &ACC_ECN_EXPERIMENT_0,
            Some(0xacc1) => &ACC_ECN_EXPERIMENT_1,
            _ => &EXPERIMENTAL,
        },
        _ => &UNKNOWN,
    }
}

/// Adds the fields of the options.
pub(super) fn push_fields<'a>(options: Span<'a>, fields: &mut Vec<Field<'a>>) {
    fields.extend(OptionIter::new(OptionLayout::Classic, options).map(|item| match item {
        OptionItem::Option { kind: 30, span } => multipath::field(span),
        OptionItem::Option { kind, span } => option_def(kind, span).field(span, &SURPLUS),
        OptionItem::Padding(span) => Field::of_span(&PADDING, span, Vec::new()),
        OptionItem::Broken { span, .. } => Field::of_span(&BROKEN, span, Vec::new()),
    }));
}

/// An option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TcpOption<'a> {
    /// 0: the list ends here.
    End,
    /// 1: fills up.
    Nop,
    /// 2: the largest segment that the sender takes, in bytes of data.
    MaximumSegmentSize(u16),
    /// 3: the sender's windows are to be shifted left by this; more than 14 counts as 14.
    WindowScale(u8),
    /// 4: selective acknowledgments are welcome.
    SackPermitted,
    /// 5: blocks that arrived out of order.
    Sack(SackBlocks<'a>),
    /// 8: the sender's clock, and the other side's returned.
    Timestamps {
        /// `TSval`, in ticks of the sender's choice.
        value: u32,
        /// `TSecr`; means something only with ACK.
        echo_reply: u32,
    },
    /// 34: the cookie; empty to ask for one.
    FastOpen(&'a [u8]),
    /// Any other, or one of a length that its kind does not have.
    Other {
        /// Its kind.
        kind: u8,
        /// What follows kind and length.
        data: &'a [u8],
    },
}

impl<'a> TcpOption<'a> {
    pub(super) fn new(kind: u8, bytes: &'a [u8]) -> Self {
        let span = Span { at: 0, bytes };
        let data = bytes.get(2..).unwrap_or_default();
        let known = match (kind, bytes.len()) {
            (0, _) => Some(Self::End),
            (1, _) => Some(Self::Nop),
            (2, 4) => span.u16(2).map(Self::MaximumSegmentSize),
            (3, 3) => span.u8(2).map(Self::WindowScale),
            (4, 2) => Some(Self::SackPermitted),
            (5, _) if data.len() % 8 == 0 => Some(Self::Sack(SackBlocks(data))),
            (8, 10) => span
                .u32(2)
                .zip(span.u32(6))
                .map(|(value, echo_reply)| Self::Timestamps { value, echo_reply }),
            (34, _) => Some(Self::FastOpen(data)),
            _ => None,
        };
        known.unwrap_or(Self::Other { kind, data })
    }
}

/// The blocks of a SACK option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SackBlocks<'a>(&'a [u8]);

impl<'a> SackBlocks<'a> {
    /// Each block's left edge, which is its first sequence number, and right edge, which is the first after it.
    pub fn edges(self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        self.0.chunks_exact(8).filter_map(|bytes| {
            let block = Span { at: 0, bytes };
            block.u32(0).zip(block.u32(4))
        })
    }
}
