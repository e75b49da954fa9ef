//! TCP. RFC 9293

mod kind;
pub mod multipath;
pub mod options;

use pnet::packet::tcp::TcpPacket;

use self::options::TcpOption;
use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef, words};
use super::layer::Layer;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, check};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    SRCPORT = "tcp.srcport", "RFC 9293 section 3.1",
        "Port of the sender. Both addresses and both ports together name the connection.", "";
    DSTPORT = "tcp.dstport", "RFC 9293 section 3.1",
        "Port of the receiver: in a SYN the one on which the server listens.", "";
    SEQ_RAW = "tcp.seq_raw", "RFC 9293 section 3.4",
        "Number of the first data byte of this segment in the sender's stream; of a SYN the initial sequence number itself.",
        "It starts at random and wraps after 4294967295. SYN and FIN take one number each. Wireshark's tcp.seq is relative: counted from the start.";
    ACK_RAW = "tcp.ack_raw", "RFC 9293 section 3.4",
        "The next sequence number that the sender of this segment expects: all before it has arrived.",
        "It counts only with the ACK flag. Wireshark's tcp.ack is relative: counted from the start.";
    HDR_LEN = "tcp.hdr_len", "RFC 9293 section 3.1",
        "Length of the header in words of 4 bytes: where the data begin.", "5, without options, to 15.";
    FLAGS = "tcp.flags", "RFC 9293 section 3.1",
        "Reserved bits and control bits: each flag says whether something holds for this segment.",
        "Its bits, from the left: three reserved, AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.";
    WINDOW_SIZE_VALUE = "tcp.window_size_value", "RFC 9293 section 3.8.6, RFC 7323 section 2",
        "How many bytes the sender of this segment has room for, from its acknowledgment number on: the other end may have no more on the way.",
        "After the SYNs it is multiplied by 2 to the power of the shift in the window scale option, if both SYNs have it. 0 means stop. Wireshark's tcp.window_size is the product.";
    CHECKSUM = "tcp.checksum", "RFC 9293 section 3.1",
        "Lets the receiver find damage. It covers addresses and protocol of the IP header (the pseudo-header), the TCP header and the data.",
        "Where the network card is to fill it in, a capture on the sender shows an unfinished sum.";
    URGENT_POINTER = "tcp.urgent_pointer", "RFC 9293 section 3.8.5, RFC 6093",
        "Where urgent data end, counted from the sequence number.", "It counts only with the URG flag.";
    FLAGS_RES = "tcp.flags.res", "RFC 9293 section 3.1",
        "Kept for later use; sent as 0 and ignored by the receiver.", "";
    FLAGS_AE = "tcp.flags.ae", "RFC 9768 section 3.1",
        "Accurate ECN: with CWR and ECE it is a counter of congestion marks; in the handshake it asks for that.", "";
    FLAGS_CWR = "tcp.flags.cwr", "RFC 3168 section 6.1",
        "Congestion window reduced: the sender has heard the echo of a congestion mark and sends less.",
        "In a SYN together with ECE it offers ECN.";
    FLAGS_ECE = "tcp.flags.ece", "RFC 3168 section 6.1",
        "ECN echo: a packet arrived with the mark of a congested router.",
        "In a SYN together with CWR it offers ECN, in a SYN-ACK alone it accepts.";
    FLAGS_URG = "tcp.flags.urg", "RFC 9293 section 3.1, RFC 6093",
        "Says that the urgent pointer counts. New programs are told not to use it.", "";
    FLAGS_ACK = "tcp.flags.ack", "RFC 9293 section 3.1",
        "Says that the acknowledgment number counts.", "On in every segment but the first SYN (and some resets).";
    FLAGS_PUSH = "tcp.flags.push", "RFC 9293 section 3.9.1.2",
        "Push: the receiver should hand what it has to its program now, and not wait for more.",
        "Systems set it on the last segment of what the program sent.";
    FLAGS_RESET = "tcp.flags.reset", "RFC 9293 section 3.5.2",
        "Reset: ends the connection at once, or refuses one.", "";
    FLAGS_SYN = "tcp.flags.syn", "RFC 9293 section 3.5",
        "Synchronize: opens a connection and tells the sender's initial sequence number.",
        "1 in the first segment of each direction only; with ACK off it asks, with ACK on it agrees.";
    FLAGS_FIN = "tcp.flags.fin", "RFC 9293 section 3.6",
        "The sender has no more data: it closes its direction. The other direction goes on.", "";
}

/// Bytes of the header without options.
pub const FIXED: usize = 20;

/// The header. RFC 9293 section 3.1; AE: RFC 9768, before that NS
pub static TABLE: [FieldDef; 9] = [
    bytes(id::SRCPORT, "source port", 0, 2, Format::Decimal),
    bytes(id::DSTPORT, "destination port", 2, 2, Format::Decimal),
    bytes(id::SEQ_RAW, "sequence number", 4, 4, Format::Decimal),
    bytes(id::ACK_RAW, "acknowledgment number", 8, 4, Format::Decimal),
    bits(id::HDR_LEN, "data offset", 96, 4, Format::units(4)),
    bits(id::FLAGS, "reserved, flags", 100, 12, Format::Flags).of(&FLAGS),
    bytes(id::WINDOW_SIZE_VALUE, "window", 14, 2, Format::Decimal),
    bytes(id::CHECKSUM, "checksum", 16, 2, Format::Hex),
    bytes(id::URGENT_POINTER, "urgent pointer", 18, 2, Format::Decimal),
];

static FLAGS: [FieldDef; 10] = [
    bits(id::FLAGS_RES, "reserved", 100, 3, Format::Decimal),
    bits(id::FLAGS_AE, "AE", 103, 1, Format::Flag),
    bits(id::FLAGS_CWR, "CWR", 104, 1, Format::Flag),
    bits(id::FLAGS_ECE, "ECE", 105, 1, Format::Flag),
    bits(id::FLAGS_URG, "URG", 106, 1, Format::Flag),
    bits(id::FLAGS_ACK, "ACK", 107, 1, Format::Flag),
    bits(id::FLAGS_PUSH, "PSH", 108, 1, Format::Flag),
    bits(id::FLAGS_RESET, "RST", 109, 1, Format::Flag),
    bits(id::FLAGS_SYN, "SYN", 110, 1, Format::Flag),
    bits(id::FLAGS_FIN, "FIN", 111, 1, Format::Flag),
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

    /// Number of the first data byte, or of the SYN; as it is in the header, not relative.
    #[must_use]
    pub fn sequence_number(&self) -> u32 {
        self.view.get_sequence()
    }

    /// Number of the next byte that the sender expects; means something only with ACK.
    #[must_use]
    pub fn acknowledgment_number(&self) -> u32 {
        self.view.get_acknowledgement()
    }

    /// The header's length in bytes, by the data offset: 0 to 60; only 20 and more are valid.
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

    /// The window as it is in the header, not scaled.
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
        OptionIter::new(OptionLayout::Classic, self.header.from(FIXED)).filter_map(|item| match item {
            OptionItem::Option { kind, span } => Some(TcpOption::new(kind, span.bytes)),
            OptionItem::Padding(_) | OptionItem::Broken { .. } => None,
        })
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is a TCP one and its fixed 20 bytes are there.
    #[must_use]
    pub fn tcp(&self) -> Option<Tcp<'a>> {
        self.header_of(Protocol::Tcp).and_then(Tcp::new)
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
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv4(6), NextProtocol::AfterIpv6(6)];
    const FIELDS: &'static [Fields] = &[FIELDS, kind::FIELDS, multipath::FIELDS];
    const TABLES: FieldTables = &[("", Origin::Header, &TABLE)];
    const OPTION_TABLES: &'static [FieldTables] = &[options::TABLES, multipath::TABLES];
    const OPTIONS: &'static [&'static OptionDef] = options::OPTION_DEFS;
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 16,
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

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let fixed = packet.fixed(Protocol::Tcp, cursor, FIXED)?;
        let length = usize::from(fixed.u8(12)? >> 4) * 4;
        if length < FIXED {
            packet.push(Protocol::Tcp, cursor, FIXED);
            let least = Expected::AtLeast {
                field: id::HDR_LEN,
                least: 5,
            };
            packet.malformed(Protocol::Tcp, fixed.at + 12, least, length / 4);
            packet.end(cursor.after(FIXED), Content::Unread);
            return None;
        }
        let header = packet.declared(Protocol::Tcp, cursor, id::HDR_LEN, length)?;
        packet.push(Protocol::Tcp, cursor, length);
        if length > FIXED {
            check(
                packet,
                Protocol::Tcp,
                OptionLayout::Classic,
                header.from(FIXED),
                kind::id::OPTION_LEN,
            );
        }
        packet.end(cursor.after(length), Content::Data);
        None
    }
}
