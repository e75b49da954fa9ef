//! UDP. RFC 768

use pnet::packet::udp::UdpPacket;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bytes, rest};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef};
use super::layer::Layer;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    SRCPORT = "udp.srcport", "RFC 768",
        "Port of the sending program: where a reply goes.", "0 means that no reply is wanted.";
    DSTPORT = "udp.dstport", "RFC 768",
        "Port of the receiving program: the system hands the data to the socket that is bound to it.", "";
    LENGTH = "udp.length", "RFC 768",
        "Length of the datagram, header and data together.", "At least 8, the header alone. 0 only in an IPv6 jumbogram.";
    CHECKSUM = "udp.checksum", "RFC 768, RFC 8200 section 8.1",
        "Lets the receiver find damage. It covers addresses and protocol of the IP header (the pseudo-header), the UDP header and the data.",
        "0 means none was made, which only IPv4 allows. Where the network card is to fill it in, a capture on the sender shows an unfinished sum.";
    UNREAD = "udp.unread";
}

/// Bytes of the header.
pub const FIXED: usize = 8;

/// The header.
pub static TABLE: [FieldDef; 4] = [
    bytes(id::SRCPORT, "source port", 0, 2, Format::Decimal),
    bytes(id::DSTPORT, "destination port", 2, 2, Format::Decimal),
    bytes(id::LENGTH, "length", 4, 2, Format::Count("bytes")),
    bytes(id::CHECKSUM, "checksum", 6, 2, Format::Hex),
];

static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// A UDP header.
#[derive(Debug)]
pub struct Udp<'a>(UdpPacket<'a>);

impl<'a> Udp<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        UdpPacket::new(header.bytes).map(Self)
    }

    /// Source port; 0: no answer wanted.
    #[must_use]
    pub fn source_port(&self) -> u16 {
        self.0.get_source()
    }

    /// Destination port.
    #[must_use]
    pub fn destination_port(&self) -> u16 {
        self.0.get_destination()
    }

    /// Bytes of header and data, as the header gives them.
    #[must_use]
    pub fn length(&self) -> u16 {
        self.0.get_length()
    }

    /// The stored checksum; 0: none.
    #[must_use]
    pub fn checksum(&self) -> u16 {
        self.0.get_checksum()
    }
}

impl<'a> Layer<'a> {
    /// The typed header, when it is a UDP one and its 8 bytes are there.
    #[must_use]
    pub fn udp(&self) -> Option<Udp<'a>> {
        self.header_of(Protocol::Udp).and_then(Udp::new)
    }
}

impl<'a> Packet<'a> {
    /// The typed UDP header.
    #[must_use]
    pub fn udp(&self) -> Option<Udp<'a>> {
        self.layer(Protocol::Udp)?.udp()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "UDP";
    const SOURCE: &'static str = "RFC 768";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[NextProtocol::AfterIpv4(17), NextProtocol::AfterIpv6(17)];
    const FIELDS: &'static [Fields] = &[FIELDS];
    const TABLES: FieldTables = &[("", Origin::Header, &TABLE)];
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 6,
        covers: Covers::PseudoHeader(17),
    });

    fn length(_: Span<'_>) -> usize {
        FIXED
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(&TABLE, &UNREAD)
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::Udp, cursor, FIXED)?;
        let declared = usize::from(header.u16(4)?);
        let mut inside = cursor;
        if declared == 0 && cursor.length > usize::from(u16::MAX) {
            // A jumbogram: the length is that of the IP payload. RFC 2675 section 4
        } else if declared < FIXED {
            let least = Expected::AtLeast {
                field: id::LENGTH,
                least: FIXED as u64,
            };
            packet.malformed(Protocol::Udp, header.at + 4, least, declared);
        } else if declared <= cursor.length {
            packet.set_trailer(cursor, declared);
            inside = cursor.limited(declared);
        } else if cursor.completeness == Completeness::Whole {
            let expected = Expected::Declared {
                field: id::LENGTH,
                bytes: declared,
            };
            packet.malformed(Protocol::Udp, header.at, expected, cursor.length);
        }
        packet.push(Protocol::Udp, inside, FIXED);
        packet.end(inside.after(FIXED), Content::Data);
        None
    }
}
