//! IPv4. RFC 791

pub mod options;

use std::net::Ipv4Addr;

use pnet::packet::ipv4::Ipv4Packet;

use super::cursor::{Completeness, Cursor};
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bits, bytes};
use super::field_table::{FieldTables, Origin};
use super::fields::Fields;
use super::header::{ChecksumDef, Covers, HeaderDef, words};
use super::layer::Layer;
use super::link::LinkType;
use super::malformation::Expected;
use super::next_header::{NextHeader, NextProtocol};
use super::numbers::{code_point, congestion, ip_protocol};
use super::options::{OptionDef, OptionItem, OptionIter, OptionLayout, check};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    VERSION = "ip.version", "RFC 791 section 3.1", "Distinguishes IPv4 from IPv6.", "4.";
    HDR_LEN = "ip.hdr_len", "RFC 791 section 3.1",
        "Length of the header in words of 4 bytes: where its payload begins.", "5, without options, to 15.";
    DSFIELD = "ip.dsfield", "RFC 2474, RFC 3168",
        "How routers should treat the packet, and a mark against congestion. RFC 791 called it type of service.", "";
    LEN = "ip.len", "RFC 791 section 3.1",
        "Length of the datagram, header and payload: what comes after it in the frame is padding.", "20 to 65535.";
    ID = "ip.id", "RFC 791 section 3.1, RFC 6864",
        "The same in all fragments of a datagram, so that they can be put together.",
        "Without meaning where DF is set and nothing is fragmented.";
    FLAGS = "ip.flags", "RFC 791 section 3.1", "Three bits about fragments.", "";
    FRAG_OFFSET = "ip.frag_offset", "RFC 791 section 3.1",
        "Where this fragment belongs in the payload of its datagram, in units of 8 bytes.",
        "0 in a first fragment and in a whole datagram.";
    TTL = "ip.ttl", "RFC 791 section 3.1",
        "Each router takes one off; at 0 the datagram is dropped, so that none goes round forever.",
        "Linux and macOS start with 64, Windows with 128, many routers with 255: the difference is the number of routers passed.";
    PROTO = "ip.proto", "RFC 791 section 3.1", "Which protocol the payload is of.", "";
    CHECKSUM = "ip.checksum", "RFC 791 section 3.1",
        "Lets a router find damage in this header. It does not cover the payload.",
        "Each router computes it again, because it changes the time to live.";
    SRC = "ip.src", "RFC 791 section 3.1", "Address of the sender.", "";
    DST = "ip.dst", "RFC 791 section 3.1", "Address of the receiver: by it routers find the way.", "";
    DSFIELD_DSCP = "ip.dsfield.dscp", "RFC 2474",
        "Differentiated services code point: which treatment the packet should get in queues.", "0: the usual one.";
    DSFIELD_ECN = "ip.dsfield.ecn", "RFC 3168 section 5",
        "Explicit congestion notification: a router marks the packet instead of dropping it.", "";
    FLAGS_RB = "ip.flags.rb", "RFC 791 section 3.1", "Kept for later use; sent as 0.", "";
    FLAGS_DF = "ip.flags.df", "RFC 791 section 3.1",
        "Don't fragment: a router that cannot send the datagram whole drops it and says so by ICMP.", "";
    FLAGS_MF = "ip.flags.mf", "RFC 791 section 3.1", "More fragments: this is not the last one.", "";
}

/// Bytes of the header without options.
pub const FIXED: usize = 20;

/// The header. RFC 791 section 3.1; DSCP: RFC 2474; ECN: RFC 3168
pub static TABLE: [FieldDef; 12] = [
    bits(id::VERSION, "version", 0, 4, Format::Decimal),
    bits(id::HDR_LEN, "header length", 4, 4, Format::units(4)),
    bytes(id::DSFIELD, "DSCP, ECN", 1, 1, Format::Hex).of(&SERVICES),
    bytes(id::LEN, "total length", 2, 2, Format::Count("bytes")),
    bytes(id::ID, "identification", 4, 2, Format::Hex),
    bits(id::FLAGS, "flags", 48, 3, Format::Flags).of(&FLAGS),
    bits(id::FRAG_OFFSET, "fragment offset", 51, 13, Format::units(8)),
    bytes(id::TTL, "time to live", 8, 1, Format::Decimal),
    bytes(id::PROTO, "protocol", 9, 1, Format::Named(ip_protocol)),
    bytes(id::CHECKSUM, "header checksum", 10, 2, Format::Hex),
    bytes(id::SRC, "source address", 12, 4, Format::Ipv4),
    bytes(id::DST, "destination address", 16, 4, Format::Ipv4),
];

static SERVICES: [FieldDef; 2] = [
    bits(id::DSFIELD_DSCP, "DSCP", 8, 6, Format::Named(code_point)),
    bits(id::DSFIELD_ECN, "ECN", 14, 2, Format::Named(congestion)),
];

static FLAGS: [FieldDef; 3] = [
    bits(id::FLAGS_RB, "reserved", 48, 1, Format::Flag),
    bits(id::FLAGS_DF, "DF", 49, 1, Format::Flag),
    bits(id::FLAGS_MF, "MF", 50, 1, Format::Flag),
];

/// An IPv4 header of at least 20 bytes.
#[derive(Debug)]
pub struct Ipv4<'a> {
    view: Ipv4Packet<'a>,
    header: Span<'a>,
}

impl<'a> Ipv4<'a> {
    pub(super) fn new(header: Span<'a>) -> Option<Self> {
        Some(Self {
            view: Ipv4Packet::new(header.bytes)?,
            header,
        })
    }

    /// Source address.
    #[must_use]
    pub fn source(&self) -> Ipv4Addr {
        self.view.get_source()
    }

    /// Destination address.
    #[must_use]
    pub fn destination(&self) -> Ipv4Addr {
        self.view.get_destination()
    }

    /// Bytes of header and data as the header gives them; 0 where the network card was to fill it in.
    #[must_use]
    pub fn total_length(&self) -> u16 {
        self.view.get_total_length()
    }

    /// The number that fragments of one datagram have in common.
    #[must_use]
    pub fn identification(&self) -> u16 {
        self.view.get_identification()
    }

    /// DF: routers may not fragment it.
    #[must_use]
    pub fn dont_fragment(&self) -> bool {
        self.view.get_flags() & 0b010 != 0
    }

    /// MF: more fragments follow.
    #[must_use]
    pub fn more_fragments(&self) -> bool {
        self.view.get_flags() & 0b001 != 0
    }

    /// Where the fragment's data begins in the datagram's, in bytes.
    #[must_use]
    pub fn fragment_offset(&self) -> usize {
        usize::from(self.view.get_fragment_offset()) * 8
    }

    /// Is it a part of a datagram?
    #[must_use]
    pub fn is_fragment(&self) -> bool {
        self.more_fragments() || self.fragment_offset() > 0
    }

    /// Time to live, in hops.
    #[must_use]
    pub fn time_to_live(&self) -> u8 {
        self.view.get_ttl()
    }

    /// Number of the protocol that it carries.
    #[must_use]
    pub fn protocol(&self) -> u8 {
        self.view.get_next_level_protocol().0
    }

    /// The stored header checksum.
    #[must_use]
    pub fn checksum(&self) -> u16 {
        self.view.get_checksum()
    }

    /// Where the datagram goes in the end: the last address of a source route that is not yet done, else the destination.
    /// RFC 791 section 3.1; the checksums of TCP and UDP count this one.
    #[must_use]
    pub fn final_destination(&self) -> Ipv4Addr {
        OptionIter::new(OptionLayout::Classic, self.header.from(FIXED))
            .find_map(|item| match item {
                OptionItem::Option { kind: 131 | 137, span } => unfinished_route(span),
                _ => None,
            })
            .unwrap_or_else(|| self.destination())
    }
}

fn unfinished_route(option: Span<'_>) -> Option<Ipv4Addr> {
    let pointer = usize::from(option.u8(2)?);
    if pointer > option.bytes.len() {
        return None;
    }
    option.bytes.get(3..)?.last_chunk::<4>().map(|&octets| octets.into())
}

impl<'a> Layer<'a> {
    /// The typed header, when it is an IPv4 one and its fixed 20 bytes are there.
    #[must_use]
    pub fn ipv4(&self) -> Option<Ipv4<'a>> {
        self.header_of(Protocol::Ipv4).and_then(Ipv4::new)
    }
}

impl<'a> Packet<'a> {
    /// The typed IPv4 header.
    #[must_use]
    pub fn ipv4(&self) -> Option<Ipv4<'a>> {
        self.layer(Protocol::Ipv4)?.ipv4()
    }
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "IPv4";
    const SOURCE: &'static str = "RFC 791";
    const ANNOUNCED_BY: &'static [NextProtocol] = &[
        NextProtocol::EtherType(0x0800),
        NextProtocol::AfterIpv4(4),
        NextProtocol::AfterIpv6(4),
        NextProtocol::Link(LinkType::IPV4),
    ];
    const FIELDS: &'static [Fields] = &[FIELDS, options::FIELDS];
    const TABLES: FieldTables = &[("", Origin::Header, &TABLE)];
    const OPTION_TABLES: &'static [FieldTables] = &[options::TABLES];
    const OPTIONS: &'static [&'static OptionDef] = options::OPTION_DEFS;
    const CHECKSUM: Option<ChecksumDef> = Some(ChecksumDef {
        field: id::CHECKSUM,
        offset: 10,
        covers: Covers::Header,
    });

    fn length(header: Span<'_>) -> usize {
        words(header, 0, 0).max(FIXED)
    }

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        let mut fields = header.first(FIXED).fields(&TABLE, &options::UNREAD);
        options::push_fields(header.from(FIXED), &mut fields);
        fields
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let protocol = Protocol::Ipv4;
        let fixed = packet.fixed(protocol, cursor, FIXED)?;
        let first = fixed.u8(0)?;
        let (version, words) = (usize::from(first >> 4), usize::from(first & 15));
        if version != 4 {
            // The other fields would be fiction.
            packet.push(protocol, cursor, 1);
            let exactly = Expected::Exactly {
                field: id::VERSION,
                value: 4,
            };
            packet.malformed(protocol, fixed.at, exactly, version);
            packet.end(cursor.after(1), Content::Unread);
            return None;
        }
        if words < 5 {
            packet.push(protocol, cursor, FIXED);
            let least = Expected::AtLeast {
                field: id::HDR_LEN,
                least: 5,
            };
            packet.malformed(protocol, fixed.at, least, words);
            packet.end(cursor.after(FIXED), Content::Unread);
            return None;
        }
        let length = words * 4;
        let header = packet.declared(protocol, cursor, id::HDR_LEN, length)?;
        let datagram = cut_to_total_length(usize::from(fixed.u16(2)?), length, cursor, packet);
        packet.push(protocol, datagram, length);
        if length > FIXED {
            check(
                packet,
                protocol,
                OptionLayout::Classic,
                header.from(FIXED),
                options::id::OPT_LEN,
            );
        }
        let mut data = datagram.after(length);
        let (fragment, next) = (fixed.u16(6)?, fixed.u8(9)?);
        if fragment & 0x1fff != 0 {
            packet.end(data, Content::Fragment(next));
            return None;
        }
        if fragment & 0x2000 != 0 && data.completeness == Completeness::Whole {
            data.completeness = Completeness::FirstFragment;
        }
        Some((NextProtocol::AfterIpv4(next), data))
    }
}

/// The datagram without what follows it (Ethernet padding).
fn cut_to_total_length<'a>(declared: usize, header: usize, cursor: Cursor<'a>, packet: &mut Packet<'a>) -> Cursor<'a> {
    let protocol = Protocol::Ipv4;
    if declared == 0 {
        // Linux leaves it to the network card for segments over 64 KiB, others for all that the card is to cut up.
        return cursor;
    }
    if declared < header {
        let least = Expected::AtLeast {
            field: id::LEN,
            least: header as u64,
        };
        packet.malformed(protocol, cursor.span.at + 2, least, declared);
        return cursor;
    }
    if declared <= cursor.length {
        packet.set_trailer(cursor, declared);
        return cursor.limited(declared);
    }
    if cursor.completeness == Completeness::Quoted {
        return Cursor {
            length: declared,
            ..cursor
        };
    }
    if cursor.completeness == Completeness::Whole {
        packet.malformed(
            protocol,
            cursor.span.at,
            Expected::Declared {
                field: id::LEN,
                bytes: declared,
            },
            cursor.length,
        );
    }
    cursor
}
