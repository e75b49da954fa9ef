//! TCP. RFC 9293

mod kind;
mod multipath;
pub mod options;

use pnet::packet::tcp::TcpPacket;

use self::options::TcpOption;
use super::chapter::{Origin, Tables};
use super::field::{Field, Form, Spec, bits, bytes};
use super::header::{ChecksumDef, Covers, HeaderDef, words};
use super::layer::Layer;
use super::next::{Next, Step};
use super::options::{Layout, Shape, Walk, Walked, check};
use super::packet::{Content, Packet};
use super::problem::Expected;
use super::protocol::Protocol;
use super::rest::Rest;
use super::span::Span;

/// Bytes of the header without options.
pub const FIXED: usize = 20;

/// The header. RFC 9293 section 3.1; AE: RFC 9768, before that NS
pub static TABLE: [Spec; 9] = [
    bytes("tcp.srcport", "source port", 0, 2, Form::Decimal),
    bytes("tcp.dstport", "destination port", 2, 2, Form::Decimal),
    bytes("tcp.seq_raw", "sequence number", 4, 4, Form::Decimal),
    bytes("tcp.ack_raw", "acknowledgment number", 8, 4, Form::Decimal),
    bits(
        "tcp.hdr_len",
        "data offset",
        96,
        4,
        Form::Length { unit: 4, uncounted: 0 },
    ),
    bits("tcp.flags", "reserved, flags", 100, 12, Form::Flags).of(&FLAGS),
    bytes("tcp.window_size_value", "window", 14, 2, Form::Decimal),
    bytes("tcp.checksum", "checksum", 16, 2, Form::Hex),
    bytes("tcp.urgent_pointer", "urgent pointer", 18, 2, Form::Decimal),
];

static FLAGS: [Spec; 10] = [
    bits("tcp.flags.res", "reserved", 100, 3, Form::Decimal),
    bits("tcp.flags.ae", "AE", 103, 1, Form::Flag),
    bits("tcp.flags.cwr", "CWR", 104, 1, Form::Flag),
    bits("tcp.flags.ece", "ECE", 105, 1, Form::Flag),
    bits("tcp.flags.urg", "URG", 106, 1, Form::Flag),
    bits("tcp.flags.ack", "ACK", 107, 1, Form::Flag),
    bits("tcp.flags.push", "PSH", 108, 1, Form::Flag),
    bits("tcp.flags.reset", "RST", 109, 1, Form::Flag),
    bits("tcp.flags.syn", "SYN", 110, 1, Form::Flag),
    bits("tcp.flags.fin", "FIN", 111, 1, Form::Flag),
];

/// The control bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(
    /// The 12 bits of reserved and flags as they stand in the header, FIN the lowest.
    pub u16,
);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x001);
    /// Synchronize sequence numbers.
    pub const SYN: Self = Self(0x002);
    /// Reset the connection.
    pub const RST: Self = Self(0x004);
    /// Push function.
    pub const PSH: Self = Self(0x008);
    /// The acknowledgment number counts.
    pub const ACK: Self = Self(0x010);
    /// The urgent pointer counts.
    pub const URG: Self = Self(0x020);
    /// ECN echo. RFC 3168
    pub const ECE: Self = Self(0x040);
    /// Congestion window reduced. RFC 3168
    pub const CWR: Self = Self(0x080);
    /// Accurate ECN. RFC 9768
    pub const AE: Self = Self(0x100);

    /// Are all of these bits set?
    #[must_use]
    pub const fn has(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }
}

/// A TCP header of at least 20 bytes.
#[derive(Debug)]
pub struct Tcp<'a> {
    view: TcpPacket<'a>,
    header: Span<'a>,
}

impl<'a> Tcp<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        Some(Self {
            view: TcpPacket::new(header.bytes)?,
            header,
        })
    }

    /// Source port.
    #[must_use]
    pub fn source_port(&self) -> u16 {
        self.view.get_source()
    }

    /// Destination port.
    #[must_use]
    pub fn destination_port(&self) -> u16 {
        self.view.get_destination()
    }

    /// Number of the first data byte, or of the SYN; as it stands in the header, not relative.
    #[must_use]
    pub fn sequence_number(&self) -> u32 {
        self.view.get_sequence()
    }

    /// Number of the next byte that the sender expects; means something only with ACK.
    #[must_use]
    pub fn acknowledgment_number(&self) -> u32 {
        self.view.get_acknowledgement()
    }

    /// The header's length in bytes, as the data offset tells it: 0 to 60, right from 20 on.
    #[must_use]
    pub fn header_length(&self) -> usize {
        usize::from(self.view.get_data_offset()) * 4
    }

    /// The control bits, with the reserved ones.
    #[must_use]
    pub fn flags(&self) -> Flags {
        // pnet counts only eight bits as flags; AE is the lowest of its reserved ones.
        Flags(u16::from(self.view.get_reserved()) << 8 | u16::from(self.view.get_flags()))
    }

    /// The window as it stands in the header, not scaled.
    #[must_use]
    pub fn window(&self) -> u16 {
        self.view.get_window()
    }

    /// The stored checksum.
    #[must_use]
    pub fn checksum(&self) -> u16 {
        self.view.get_checksum()
    }

    /// The urgent pointer; means something only with URG.
    #[must_use]
    pub fn urgent_pointer(&self) -> u16 {
        self.view.get_urgent_ptr()
    }

    /// The options up to the end mark or the first that cannot be.
    pub fn options(&self) -> impl Iterator<Item = TcpOption<'a>> + use<'a> {
        Walk::new(Layout::Classic, self.header.from(FIXED)).filter_map(|walked| match walked {
            Walked::Option { kind, span } => Some(TcpOption::new(kind, span.bytes)),
            Walked::Padding(_) | Walked::Broken { .. } => None,
        })
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is a TCP one and its fixed 20 bytes are there.
    #[must_use]
    pub fn tcp(&self) -> Option<Tcp<'a>> {
        (self.protocol == Protocol::Tcp)
            .then(|| Tcp::new(self.header))
            .flatten()
    }
}

impl<'a> Packet<'a> {
    /// The typed TCP header, if it has one of its own (not quoted).
    #[must_use]
    pub fn tcp(&self) -> Option<Tcp<'a>> {
        self.layer(Protocol::Tcp)?.tcp()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "TCP";
    const SOURCE: &'static str = "RFC 9293";
    const ANNOUNCED_BY: &'static [Next] = &[Next::AfterIpv4(6), Next::AfterIpv6(6)];
    const TABLES: Tables = &[("", Origin::Header, &TABLE)];
    const OPTION_TABLES: &'static [Tables] = &[options::TABLES, multipath::TABLES];
    const OPTIONS: &'static [&'static Shape] = options::SHAPES;
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: "tcp.checksum",
        place: 16,
        covers: Covers::PseudoHeader(6),
    });

    fn length(header: Span<'_>) -> usize {
        words(header, 12, 4).max(FIXED)
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(FIXED).fields(&TABLE, &options::UNREAD);
        options::push_fields(header.from(FIXED), &mut fields);
        fields
    }

    fn decode<'a>(rest: Rest<'a>, packet: &mut Packet<'a>) -> Step<'a> {
        let fixed = packet.fixed(Protocol::Tcp, rest, FIXED)?;
        let length = usize::from(fixed.u8(12)? >> 4) * 4;
        if length < FIXED {
            packet.push(Protocol::Tcp, rest, FIXED);
            let least = Expected::AtLeast {
                field: "tcp.hdr_len",
                least: 5,
            };
            packet.lie(Protocol::Tcp, fixed.at + 12, least, length / 4);
            packet.end(rest.after(FIXED), Content::Unread);
            return None;
        }
        let header = packet.said(Protocol::Tcp, rest, "tcp.hdr_len", length)?;
        packet.push(Protocol::Tcp, rest, length);
        if length > FIXED {
            check(
                packet,
                Protocol::Tcp,
                Layout::Classic,
                header.from(FIXED),
                "tcp.option_len",
            );
        }
        packet.end(rest.after(length), Content::Data);
        None
    }
}
