//! Reading pcap.

use crate::frame::Time;
use crate::record::file_info::{ByteOrder, FileInfo, InterfaceDescription, Section};
use crate::record::found_frame::FoundFrame;
use crate::record::input::Input;
use crate::record::length::longest_frame;
use crate::record::read_error::ReadProblem;
use crate::record::time::Resolution;
use crate::wire::LinkType;

/// The file header's length in bytes.
const FILE_HEADER: usize = 24;

/// The lowest bits of the field "link type" that name it. The others say how long the frame check sequence is.
const LINK_TYPE: u32 = 0x03ff_ffff;

/// What the first four bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::record) struct PcapMagic {
    order: ByteOrder,
    resolution: Resolution,
    /// The length of the header before each packet, in bytes.
    packet_header: usize,
}

/// Which of a packet header's two lengths comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LengthOrder {
    /// The captured one.
    CapturedFirst,
    /// The original one: so wrote versions before 2.3.
    OriginalFirst,
    /// Version 2.3 was written both ways; the captured one is the smaller one.
    SmallerIsCaptured,
}

/// Reads the packets of a pcap file.
pub(in crate::record) struct PcapReader {
    magic: PcapMagic,
    link: LinkType,
    lengths: LengthOrder,
}

impl PcapReader {
    /// Is it pcap, and of which kind?
    pub(in crate::record) fn recognise(magic: [u8; 4]) -> Option<PcapMagic> {
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
        Some(PcapMagic {
            order,
            resolution,
            packet_header,
        })
    }

    /// Reads the file header.
    pub(in crate::record) fn new(
        magic: PcapMagic,
        input: &mut Input,
        file_info: &mut FileInfo,
    ) -> Result<Self, ReadProblem> {
        let header = input.peek(FILE_HEADER).map_err(ReadProblem::Read)?;
        let order = magic.order;
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
            (2, 0..=2) | (543, _) => LengthOrder::OriginalFirst,
            (2, 3) => LengthOrder::SmallerIsCaptured,
            (2, _) => LengthOrder::CapturedFirst,
            _ => return Err(ReadProblem::Version { major, minor }),
        };
        let link = LinkType(link & LINK_TYPE);
        input.take(FILE_HEADER);
        file_info.sections.push(Section::new(order));
        file_info.interfaces.push(InterfaceDescription {
            snaplen,
            resolution: magic.resolution,
            ..InterfaceDescription::new(link)
        });
        Ok(Self { magic, link, lengths })
    }

    /// Finds the next packet.
    #[inline]
    pub(in crate::record) fn find(&mut self, input: &mut Input) -> Result<Option<FoundFrame>, ReadProblem> {
        let PcapMagic {
            order,
            resolution,
            packet_header,
        } = self.magic;
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
            LengthOrder::OriginalFirst => (second, first),
            LengthOrder::SmallerIsCaptured if first > second => (second, first),
            LengthOrder::SmallerIsCaptured | LengthOrder::CapturedFirst => (first, second),
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
        Ok(Some(FoundFrame {
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use crate::frame::{Frame, Time};
    use crate::record::{ByteOrder, ReadError, ReadProblem, Reader, Resolution};
    use crate::wire::LinkType;

    /// Numbers of 32 bits in this byte order.
    fn numbers(order: ByteOrder, numbers: &[u32]) -> Vec<u8> {
        let stored = numbers.iter().map(|number| match order {
            ByteOrder::Little => number.to_le_bytes(),
            ByteOrder::Big => number.to_be_bytes(),
        });
        stored.flatten().collect()
    }

    /// A file header. The version's two halves change places with the byte order.
    fn header(order: ByteOrder, magic: u32, (major, minor): (u32, u32), link: u32) -> Vec<u8> {
        let version = match order {
            ByteOrder::Little => minor << 16 | major,
            ByteOrder::Big => major << 16 | minor,
        };
        numbers(order, &[magic, version, 0, 0, 65_535, link])
    }

    fn read(file: Vec<u8>) -> Result<Vec<Frame<'static>>, ReadError> {
        let mut reader = Reader::new(Cursor::new(file), "it")?;
        let mut frames = Vec::new();
        while let Some(frame) = reader.next()? {
            frames.push(frame.into_owned());
        }
        Ok(frames)
    }

    #[test]
    fn every_byte_order_and_resolution_is_read() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            for (magic, nanoseconds, resolution, rest) in [
                (0xa1b2_c3d4, 123_456_000, Resolution::MICROSECONDS, &[][..]),
                (0xa1b2_3c4d, 123_456, Resolution::NANOSECONDS, &[]),
                (0xa1b2_cd34, 123_456_000, Resolution::MICROSECONDS, &[2, 0x0800]),
            ] {
                let mut file = header(order, magic, (2, 4), 1);
                file.extend(numbers(order, &[1_700_000_000, 123_456, 3, 60]));
                file.extend(numbers(order, rest));
                file.extend(b"abc");
                let mut reader = Reader::new(Cursor::new(file), "it").unwrap();
                assert_eq!(reader.file_info().interfaces[0].resolution, resolution);
                assert_eq!(reader.file_info().sections[0].byte_order, order);
                let frame = reader.next().unwrap().unwrap();
                assert_eq!(frame.time, Some(Time(1_700_000_000_000_000_000 + nanoseconds)));
                assert_eq!((frame.bytes.as_ref(), frame.original_length), (&b"abc"[..], 60));
                assert!(frame.is_cut());
                assert_eq!(reader.next().unwrap(), None);
            }
        }
    }

    #[test]
    fn the_latest_time_of_the_format_is_no_overflow() {
        let mut file = header(ByteOrder::Little, 0xa1b2_c3d4, (2, 4), 1);
        file.extend(numbers(ByteOrder::Little, &[u32::MAX, u32::MAX, 0, 0]));
        let latest = 4_294_967_295_000_000_000 + 4_294_967_295_000;
        assert_eq!(read(file).unwrap()[0].time, Some(Time(latest)));
    }

    #[test]
    fn the_length_of_the_frame_check_sequence_is_no_part_of_the_link_type() {
        for (field, link) in [(0x3000_0001, 1), (0xf400_0071, 113), (276, 276)] {
            let mut file = header(ByteOrder::Big, 0xa1b2_c3d4, (2, 4), field);
            file.extend(numbers(ByteOrder::Big, &[0, 0, 0, 0]));
            assert_eq!(read(file).unwrap()[0].link, LinkType(link));
        }
    }

    #[test]
    fn versions_before_2_4_swapped_the_lengths() {
        for (version, first, second) in [((2, 2), 60, 3), ((2, 3), 60, 3), ((2, 3), 3, 60), ((543, 0), 60, 3)] {
            let mut file = header(ByteOrder::Little, 0xa1b2_c3d4, version, 1);
            file.extend(numbers(ByteOrder::Little, &[0, 0, first, second]));
            file.extend(b"abc");
            let frames = read(file).unwrap();
            assert_eq!(
                (frames[0].bytes.len(), frames[0].original_length),
                (3, 60),
                "{version:?}"
            );
        }
        let error = read(header(ByteOrder::Little, 0xa1b2_c3d4, (3, 0), 1)).unwrap_err();
        assert!(matches!(error.problem, ReadProblem::Version { major: 3, minor: 0 }));
    }

    #[test]
    fn a_packet_may_be_longer_than_the_snapshot_length_but_not_absurd() {
        let mut file = header(ByteOrder::Little, 0xa1b2_c3d4, (2, 4), 1);
        file.extend(numbers(ByteOrder::Little, &[0, 0, 262_144, 262_144]));
        file.resize(file.len() + 262_144, 0);
        assert_eq!(read(file.clone()).unwrap()[0].bytes.len(), 262_144);
        file.extend(numbers(ByteOrder::Little, &[0, 0, 262_145, 262_145]));
        assert_eq!(
            read(file).unwrap_err().to_string(),
            "it is corrupt: the packet at byte 262184, after packet 1, claims 262145 captured bytes, and no frame of this \
             link type has more than 262144; what follows cannot be read, the packets before can"
        );
    }

    #[test]
    fn a_cut_packet_is_one_warning_and_then_the_end() {
        let mut file = header(ByteOrder::Little, 0xa1b2_c3d4, (2, 4), 1);
        for bytes in [&b"abcd"[..], b"ab"] {
            file.extend(numbers(ByteOrder::Little, &[0, 0, 4, 4]));
            file.extend(bytes);
        }
        let mut reader = Reader::new(Cursor::new(file), "it").unwrap();
        assert!(reader.next().unwrap().is_some());
        let error = reader.next().unwrap_err();
        assert!(error.is_cut());
        assert_eq!(
            error.to_string(),
            "it is cut: its last packet, at byte 44, has 18 of 20 bytes; the packets before that are whole: 1"
        );
        assert_eq!(reader.next().unwrap(), None);
    }
}
