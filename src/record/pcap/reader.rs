//! Reading pcap.

use crate::frame::Time;
use crate::record::facts::{ByteOrder, Facts, Interface, Section};
use crate::record::input::Input;
use crate::record::read_error::ReadProblem;
use crate::record::reader::{Found, longest_frame};
use crate::record::time::Resolution;
use crate::wire::LinkType;

/// The file header's length in bytes.
const FILE_HEADER: usize = 24;

/// The lowest bits of the field "link type" that name it. The others say how long the frame check sequence is.
const LINK_TYPE: u32 = 0x03ff_ffff;

/// What the first four bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct Kind {
    order: ByteOrder,
    resolution: Resolution,
    /// The length of the header before each packet, in bytes.
    packet_header: usize,
}

/// Which of a packet header's two lengths comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lengths {
    /// The captured one.
    CapturedFirst,
    /// The original one: so wrote versions before 2.3.
    OriginalFirst,
    /// Version 2.3 was written both ways; the captured one is the smaller one.
    SmallerIsCaptured,
}

/// Reads the packets of a pcap file.
pub(in crate::record) struct PcapReader {
    kind: Kind,
    link: LinkType,
    lengths: Lengths,
}

impl PcapReader {
    /// Is it pcap, and of which kind?
    pub(in crate::record) fn recognise(magic: [u8; 4]) -> Option<Kind> {
        let (order, magic) = match magic[0] {
            0xa1 => (ByteOrder::Big, u32::from_be_bytes(magic)),
            _ => (ByteOrder::Little, u32::from_le_bytes(magic)),
        };
        let (resolution, packet_header) = match magic {
            0xa1b2_c3d4 => (Resolution::MICROSECONDS, 16),
            0xa1b2_3c4d => (Resolution::NANOSECONDS, 16),
            // A patched libpcap of Linux 2.2: interface index, protocol and packet type follow the lengths.
            0xa1b2_cd34 => (Resolution::MICROSECONDS, 24),
            _ => return None,
        };
        Some(Kind {
            order,
            resolution,
            packet_header,
        })
    }

    /// Reads the file header.
    pub(in crate::record) fn new(kind: Kind, input: &mut Input, facts: &mut Facts) -> Result<Self, ReadProblem> {
        let header = input.peek(FILE_HEADER).map_err(ReadProblem::Read)?;
        let order = kind.order;
        let (Some(major), Some(minor), Some(snaplen), Some(link)) = (
            order.u16_at(header, 4),
            order.u16_at(header, 6),
            order.u32_at(header, 16),
            order.u32_at(header, 20),
        ) else {
            let there = header.len();
            return Err(input.cut("file header", there, FILE_HEADER));
        };
        let lengths = match (major, minor) {
            (2, 0..=2) | (543, _) => Lengths::OriginalFirst,
            (2, 3) => Lengths::SmallerIsCaptured,
            (2, _) => Lengths::CapturedFirst,
            _ => return Err(ReadProblem::Version { major, minor }),
        };
        let link = LinkType(link & LINK_TYPE);
        input.take(FILE_HEADER);
        facts.sections.push(Section::new(order));
        facts.interfaces.push(Interface {
            snaplen,
            resolution: kind.resolution,
            ..Interface::new(link)
        });
        Ok(Self { kind, link, lengths })
    }

    /// Finds the next packet.
    #[inline]
    pub(in crate::record) fn find(&mut self, input: &mut Input) -> Result<Option<Found>, ReadProblem> {
        let Kind {
            order,
            resolution,
            packet_header,
        } = self.kind;
        let header = input.peek(packet_header).map_err(ReadProblem::Read)?;
        if header.is_empty() {
            return Ok(None);
        }
        let (Some(seconds), Some(fraction), Some(first), Some(second), true) = (
            order.u32_at(header, 0),
            order.u32_at(header, 4),
            order.u32_at(header, 8),
            order.u32_at(header, 12),
            header.len() == packet_header,
        ) else {
            let there = header.len();
            return Err(input.cut("packet", there, packet_header));
        };
        let (captured, original) = match self.lengths {
            Lengths::OriginalFirst => (second, first),
            Lengths::SmallerIsCaptured if first > second => (second, first),
            Lengths::SmallerIsCaptured | Lengths::CapturedFirst => (first, second),
        };
        if captured > longest_frame(self.link) {
            return Err(ReadProblem::Corrupt {
                part: "packet",
                at: input.offset(),
                why: format!(
                    "claims {captured} captured bytes, and no frame of this link type has more than {}",
                    longest_frame(self.link)
                ),
            });
        }
        let length = captured as usize;
        let whole = packet_header + length;
        let there = input.peek(whole).map_err(ReadProblem::Read)?.len();
        if there < whole {
            return Err(input.cut("packet", there, whole));
        }
        input.take(whole);
        Ok(Some(Found {
            time: Some(time(seconds, fraction, resolution)),
            link: self.link,
            interface: 0,
            direction: None,
            original_length: original,
            comments: Vec::new(),
            before_end: length,
            length,
        }))
    }
}

/// Two fields to one time. The largest values, 2^32 - 1 each, still fit. A fraction of a second or more, as broken files
/// have it, counts as what it says.
fn time(seconds: u32, fraction: u32, resolution: Resolution) -> Time {
    let unit = if resolution == Resolution::NANOSECONDS {
        1
    } else {
        1_000
    };
    Time(i64::from(seconds) * 1_000_000_000 + i64::from(fraction) * unit)
}
