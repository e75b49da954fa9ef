//! Reading pcapng.

use super::options::{COMMENT, Options, padded, text};
use crate::frame::Direction;
use crate::record::facts::{ByteOrder, Facts, Interface, Section, Statistics};
use crate::record::input::Input;
use crate::record::read_error::ReadProblem;
use crate::record::reader::{Found, longest_frame};
use crate::record::time::Resolution;
use crate::wire::LinkType;

/// Block types, as the draft numbers them in section 11.1. The first one reads the same in both byte orders.
mod block {
    pub(super) const SECTION_HEADER: u32 = 0x0a0d_0d0a;
    pub(super) const INTERFACE_DESCRIPTION: u32 = 1;
    pub(super) const PACKET: u32 = 2;
    pub(super) const SIMPLE_PACKET: u32 = 3;
    pub(super) const INTERFACE_STATISTICS: u32 = 5;
    pub(super) const ENHANCED_PACKET: u32 = 6;
}

/// Type and length before a block's body, the length again after it.
const HEAD: usize = 8;
const TAIL: usize = 4;

/// The longest block that is taken as meant where its link type does not ask for more, in bytes; libpcap's limit. Blocks
/// that are passed over may have any length.
const LONGEST_BLOCK: u32 = 16 * 1024 * 1024;

/// How many sections and interfaces of a file are remembered, …
const MOST_REMEMBERED: usize = 65_536;
/// … and how many bytes of text about them. A file has a few of these; an endless one must not fill the memory.
const MOST_TEXT: usize = 16 * 1024 * 1024;

/// Reads the packets of a pcapng file.
pub(in crate::record) struct PcapNgReader {
    order: ByteOrder,
    /// The interfaces of this section.
    interfaces: Vec<Clock>,
    /// The index of the section's first one among those of the file.
    first_interface: usize,
    longest_block: u32,
    text_left: usize,
}

/// What a packet's reading needs of its interface.
#[derive(Clone, Copy)]
struct Clock {
    link: LinkType,
    snaplen: u32,
    resolution: Resolution,
    /// Seconds to be added to each time.
    offset: i64,
}

/// A block that has been read into the buffer; its offset and length.
struct Position {
    at: u64,
    length: usize,
}

impl PcapNgReader {
    /// Is it pcapng?
    pub(in crate::record) fn recognises(magic: [u8; 4]) -> bool {
        u32::from_ne_bytes(magic) == block::SECTION_HEADER
    }

    /// Reads the first section header.
    pub(in crate::record) fn new(input: &mut Input, facts: &mut Facts) -> Result<Self, ReadProblem> {
        let mut reader = Self {
            order: ByteOrder::Little,
            interfaces: Vec::new(),
            first_interface: 0,
            longest_block: LONGEST_BLOCK,
            text_left: MOST_TEXT,
        };
        reader.section_header(input, facts)?;
        Ok(reader)
    }

    /// Finds the next packet, and learns from the blocks before it.
    #[inline]
    pub(in crate::record) fn find(
        &mut self,
        input: &mut Input,
        facts: &mut Facts,
    ) -> Result<Option<Found>, ReadProblem> {
        loop {
            let head = input.peek(HEAD).map_err(ReadProblem::Read)?;
            if head.is_empty() {
                return Ok(None);
            }
            let (Some(kind), Some(length)) = (self.order.u32_at(head, 0), self.order.u32_at(head, 4)) else {
                let there = head.len();
                return Err(input.cut("block", there, HEAD));
            };
            match kind {
                // Its length may be in the other byte order.
                block::SECTION_HEADER => self.section_header(input, facts)?,
                block::ENHANCED_PACKET => return self.enhanced_packet(input, length).map(Some),
                block::SIMPLE_PACKET => return self.simple_packet(input, length).map(Some),
                block::PACKET => return self.packet(input, length).map(Some),
                block::INTERFACE_DESCRIPTION => self.interface_description(input, length, facts)?,
                block::INTERFACE_STATISTICS => self.interface_statistics(input, length, facts)?,
                // Names, secrets, custom blocks, and what will be invented yet.
                _ => pass_over(input, length)?,
            }
        }
    }

    /// Waits for the whole block and shows its body.
    #[inline]
    fn body<'a>(&self, input: &'a mut Input, length: u32, least: usize) -> Result<(Position, &'a [u8]), ReadProblem> {
        let at = input.offset();
        if !length.is_multiple_of(4) || (length as usize) < HEAD + least + TAIL || length > self.longest_block {
            return Err(corrupt(at, format!("claims an impossible length of {length} bytes")));
        }
        let length = length as usize;
        let there = input.peek(length).map_err(ReadProblem::Read)?.len();
        if there < length {
            return Err(input.cut("block", there, length));
        }
        input.take(length);
        let block = input.taken(length, length);
        let repeated = self.order.u32_at(block, length - TAIL);
        // As libpcap does, a section header is believed by its first length alone.
        if repeated != self.order.u32_at(block, 4) && self.order.u32_at(block, 0) != Some(block::SECTION_HEADER) {
            let repeated = repeated.unwrap_or_default();
            let why = format!("has {length} bytes by its start and {repeated} by its end");
            return Err(corrupt(at, why));
        }
        let body = block.get(HEAD..length - TAIL).unwrap_or_default();
        Ok((Position { at, length }, body))
    }

    /// Draft section 4.1.
    fn section_header(&mut self, input: &mut Input, facts: &mut Facts) -> Result<(), ReadProblem> {
        let at = input.offset();
        let head = input.peek(HEAD + 4).map_err(ReadProblem::Read)?;
        let Some(magic) = ByteOrder::Little.u32_at(head, HEAD) else {
            let there = head.len();
            return Err(input.cut("block", there, HEAD + 4));
        };
        self.order = match magic {
            0x1a2b_3c4d => ByteOrder::Little,
            0x4d3c_2b1a => ByteOrder::Big,
            _ => return Err(corrupt(at, format!("has no byte-order magic but {magic:#010x}"))),
        };
        let order = self.order;
        let length = order.u32_at(head, 4).unwrap_or_default();
        let (_, body) = self.body(input, length, 16)?;
        let (Some(major), Some(minor)) = (order.u16_at(body, 4), order.u16_at(body, 6)) else {
            return Err(corrupt(at, "has no version".to_owned()));
        };
        if major != 1 {
            return Err(ReadProblem::Version { major, minor });
        }
        if facts.sections.len() == MOST_REMEMBERED {
            return Err(corrupt(at, format!("is section {}", MOST_REMEMBERED + 1)));
        }
        let mut section = Section::new(order);
        let rest = body.get(16..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                COMMENT => section.comments.extend(self.remember(value)),
                2 => section.hardware = self.remember(value),
                3 => section.os = self.remember(value),
                4 => section.application = self.remember(value),
                _ => {}
            }
        }
        facts.sections.push(section);
        self.first_interface = facts.interfaces.len();
        self.interfaces.clear();
        Ok(())
    }

    /// Draft section 4.2.
    fn interface_description(&mut self, input: &mut Input, length: u32, facts: &mut Facts) -> Result<(), ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 8)?;
        if facts.interfaces.len() == MOST_REMEMBERED {
            return Err(corrupt(position.at, format!("is interface {}", MOST_REMEMBERED + 1)));
        }
        let link = LinkType(u32::from(order.u16_at(body, 0).unwrap_or_default()));
        let mut interface = Interface {
            snaplen: order.u32_at(body, 4).unwrap_or_default(),
            resolution: Resolution::MICROSECONDS,
            ..Interface::new(link)
        };
        let mut offset = 0;
        let rest = body.get(8..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match (code, value) {
                (2, _) => interface.name = self.remember(value),
                (3, _) => interface.description = self.remember(value),
                (9, [resolution, ..]) => interface.resolution = Resolution::from_option(*resolution),
                // 0: an expression follows. 1: BPF instructions, which are not for reading.
                (11, [0, expression @ ..]) => interface.filter = self.remember(expression),
                (14, _) => offset = order.u64_at(value, 0).unwrap_or_default().cast_signed(),
                _ => {}
            }
        }
        // As libpcap does: a link type of long frames has long blocks, with room for options.
        self.longest_block = self.longest_block.max(longest_frame(link) + 128 * 1024);
        self.interfaces.push(Clock {
            link,
            snaplen: interface.snaplen,
            resolution: interface.resolution,
            offset,
        });
        facts.interfaces.push(interface);
        Ok(())
    }

    /// Draft section 4.6.
    fn interface_statistics(&mut self, input: &mut Input, length: u32, facts: &mut Facts) -> Result<(), ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 12)?;
        let id = order.u32_at(body, 0).unwrap_or_default();
        let (clock, index) = self.interface(id, &position)?;
        let time = |value| stamp(order, value, 0).and_then(|units| clock.resolution.time(units, clock.offset));
        let mut statistics = Statistics::default();
        let rest = body.get(12..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                2 => statistics.start = time(value),
                3 => statistics.end = time(value),
                4 => statistics.received = order.u64_at(value, 0),
                5 => statistics.dropped = order.u64_at(value, 0),
                // What the system dropped is told apart by few programs.
                7 => statistics.dropped = statistics.dropped.or(order.u64_at(value, 0)),
                _ => {}
            }
        }
        if let Some(interface) = facts.interfaces.get_mut(index as usize) {
            interface.statistics = Some(statistics);
        }
        Ok(())
    }

    /// Draft section 4.3.
    #[inline]
    fn enhanced_packet(&self, input: &mut Input, length: u32) -> Result<Found, ReadProblem> {
        let order = self.order;
        let (position, body) = self.body(input, length, 20)?;
        let id = order.u32_at(body, 0).unwrap_or_default();
        self.stamped(&position, body, id)
    }

    /// Appendix A of the draft: the Packet Block, which the Enhanced Packet Block replaced. It differs in its first four bytes.
    fn packet(&self, input: &mut Input, length: u32) -> Result<Found, ReadProblem> {
        let (position, body) = self.body(input, length, 20)?;
        let id = self.order.u16_at(body, 0).unwrap_or_default();
        self.stamped(&position, body, u32::from(id))
    }

    /// Draft section 4.4: no interface (it is the first one), no time, no captured length.
    fn simple_packet(&self, input: &mut Input, length: u32) -> Result<Found, ReadProblem> {
        let (position, body) = self.body(input, length, 4)?;
        let (clock, interface) = self.interface(0, &position)?;
        let original_length = self.order.u32_at(body, 0).unwrap_or_default();
        let captured = match clock.snaplen {
            0 => original_length,
            snaplen => original_length.min(snaplen),
        };
        check_room(&position, captured, body.len() - 4)?;
        Ok(Found {
            time: None,
            link: clock.link,
            interface,
            direction: None,
            original_length,
            comments: Vec::new(),
            before_end: position.length - HEAD - 4,
            length: captured as usize,
        })
    }

    /// The rest of a block that has a time.
    #[inline]
    fn stamped(&self, position: &Position, body: &[u8], id: u32) -> Result<Found, ReadProblem> {
        let order = self.order;
        let (clock, interface) = self.interface(id, position)?;
        let units = stamp(order, body, 4).unwrap_or_default();
        let captured = order.u32_at(body, 12).unwrap_or_default();
        check_room(position, captured, body.len() - 20)?;
        let length = captured as usize;
        let mut found = Found {
            time: clock.resolution.time(units, clock.offset),
            link: clock.link,
            interface,
            direction: None,
            original_length: order.u32_at(body, 16).unwrap_or_default(),
            comments: Vec::new(),
            before_end: position.length - HEAD - 20,
            length,
        };
        let rest = body.get(20 + padded(length)..).unwrap_or_default();
        for (code, value) in (Options { order, rest }) {
            match code {
                COMMENT => found.comments.push(text(value)),
                // Draft section 4.3.1: the lowest two bits of `epb_flags`; the Packet Block has the same.
                2 => {
                    found.direction = match order.u32_at(value, 0).unwrap_or_default() & 0b11 {
                        0b01 => Some(Direction::Inbound),
                        0b10 => Some(Direction::Outbound),
                        _ => None,
                    }
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// The section's interface of this number, and its index in the file.
    #[inline]
    fn interface(&self, id: u32, position: &Position) -> Result<(Clock, u32), ReadProblem> {
        let clock = self.interfaces.get(id as usize);
        let index = u32::try_from(self.first_interface + id as usize).ok();
        clock.copied().zip(index).ok_or_else(|| {
            let known = self.interfaces.len();
            let why = format!("is of interface {id}, and the section has described {known} so far");
            corrupt(position.at, why)
        })
    }

    /// The text, while there is room to remember it.
    fn remember(&mut self, value: &[u8]) -> Option<String> {
        self.text_left = self.text_left.checked_sub(value.len() + size_of::<String>())?;
        Some(text(value))
    }
}

/// Can so many captured bytes stand in so much room?
#[inline]
fn check_room(position: &Position, captured: u32, room: usize) -> Result<(), ReadProblem> {
    if captured as usize <= room {
        return Ok(());
    }
    let why = format!("claims {captured} captured bytes and has room for {room}");
    Err(corrupt(position.at, why))
}

/// A time's two halves; the upper one comes first in both byte orders.
#[inline]
fn stamp(order: ByteOrder, bytes: &[u8], index: usize) -> Option<u64> {
    let upper = order.u32_at(bytes, index)?;
    let lower = order.u32_at(bytes, index + 4)?;
    Some(u64::from(upper) << 32 | u64::from(lower))
}

fn pass_over(input: &mut Input, length: u32) -> Result<(), ReadProblem> {
    let at = input.offset();
    let whole = u64::from(length);
    if !length.is_multiple_of(4) || (length as usize) < HEAD + TAIL {
        return Err(corrupt(at, format!("claims an impossible length of {length} bytes")));
    }
    let there = input.skip(whole).map_err(ReadProblem::Read)?;
    if there < whole {
        return Err(ReadProblem::Cut {
            part: "block",
            at,
            there,
            whole,
        });
    }
    Ok(())
}

#[cold]
fn corrupt(at: u64, why: String) -> ReadProblem {
    ReadProblem::Corrupt { part: "block", at, why }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{MOST_REMEMBERED, MOST_TEXT};
    use crate::frame::{Direction, Frame, Time};
    use crate::record::{ByteOrder, ReadError, ReadProblem, Reader, Resolution, Statistics};
    use crate::wire::LinkType;

    /// 2023-11-14 22:13:20 UTC, in seconds.
    const TIME: u64 = 1_700_000_000;

    /// Writes blocks in one byte order, by the draft's drawings.
    #[derive(Clone, Copy)]
    struct Pen(ByteOrder);

    impl Pen {
        fn half(self, number: u16) -> Vec<u8> {
            match self.0 {
                ByteOrder::Little => number.to_le_bytes().to_vec(),
                ByteOrder::Big => number.to_be_bytes().to_vec(),
            }
        }

        fn word(self, number: u32) -> Vec<u8> {
            match self.0 {
                ByteOrder::Little => number.to_le_bytes().to_vec(),
                ByteOrder::Big => number.to_be_bytes().to_vec(),
            }
        }

        fn double(self, number: u64) -> Vec<u8> {
            match self.0 {
                ByteOrder::Little => number.to_le_bytes().to_vec(),
                ByteOrder::Big => number.to_be_bytes().to_vec(),
            }
        }

        fn time(self, units: u64) -> Vec<u8> {
            let upper = u32::try_from(units >> 32).unwrap();
            let lower = u32::try_from(units & 0xffff_ffff).unwrap();
            [self.word(upper), self.word(lower)].concat()
        }

        fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
            let length = u16::try_from(value.len()).unwrap();
            fill([self.half(code), self.half(length), value.to_vec()].concat())
        }

        fn block(self, kind: u32, body: &[Vec<u8>]) -> Vec<u8> {
            let body = fill(body.concat());
            let length = self.word(u32::try_from(body.len() + 12).unwrap());
            [self.word(kind), length.clone(), body, length].concat()
        }

        fn section(self, options: &[Vec<u8>]) -> Vec<u8> {
            let fixed = [self.word(0x1a2b_3c4d), self.half(1), self.half(0), vec![0xff; 8]].concat();
            self.block(0x0a0d_0d0a, &[fixed, options.concat()])
        }

        fn interface(self, link: u16, snaplen: u32, options: &[Vec<u8>]) -> Vec<u8> {
            let fixed = [self.half(link), self.half(0), self.word(snaplen)].concat();
            self.block(1, &[fixed, options.concat()])
        }

        fn packet(self, interface: u32, units: u64, bytes: &[u8], options: &[Vec<u8>]) -> Vec<u8> {
            let captured = u32::try_from(bytes.len()).unwrap();
            let fixed = [
                self.word(interface),
                self.time(units),
                self.word(captured),
                self.word(60),
            ]
            .concat();
            self.block(6, &[fixed, fill(bytes.to_vec()), options.concat()])
        }
    }

    fn fill(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn reader(file: &[Vec<u8>]) -> Reader {
        Reader::new(Cursor::new(file.concat()), "it").unwrap()
    }

    fn rest(reader: &mut Reader) -> Result<Vec<Frame<'static>>, ReadError> {
        let mut frames = Vec::new();
        while let Some(frame) = reader.next()? {
            frames.push(frame.into_owned());
        }
        Ok(frames)
    }

    fn error(file: &[Vec<u8>]) -> String {
        rest(&mut reader(file)).unwrap_err().to_string()
    }

    #[test]
    fn everything_that_a_packet_can_say_is_read_in_both_byte_orders() {
        for order in [ByteOrder::Little, ByteOrder::Big] {
            let pen = Pen(order);
            let section = [(2, &b"machine"[..]), (3, b"system"), (4, b"program"), (1, b"c")];
            let interface = [(2, &b"any"[..]), (3, b"all"), (9, &[9]), (11, b"\0udp")];
            let outbound = pen.word(0b10);
            let packet = [(1, &b"one"[..]), (2, &outbound), (1, "zwöi".as_bytes()), (0, b"")];
            let file = [
                pen.section(&section.map(|(code, value)| pen.option(code, value))),
                pen.interface(113, 96, &interface.map(|(code, value)| pen.option(code, value))),
                pen.packet(
                    0,
                    TIME * 1_000_000_000 + 7,
                    b"abc",
                    &packet.map(|(code, value)| pen.option(code, value)),
                ),
            ];
            let mut reader = reader(&file);
            let frames = rest(&mut reader).unwrap();
            let [frame] = frames.as_slice() else {
                panic!("{frames:?}")
            };
            assert_eq!(frame.time, Some(Time(1_700_000_000_000_000_007)));
            assert_eq!((frame.bytes.as_ref(), frame.original_length), (&b"abc"[..], 60));
            assert_eq!(frame.comments, ["one", "zwöi"]);
            assert_eq!(
                (frame.direction, frame.link),
                (Some(Direction::Outbound), LinkType::LINUX_SLL)
            );
            let section = &reader.facts().sections[0];
            assert_eq!(section.byte_order, order);
            assert_eq!(section.comments, ["c"]);
            let said = [&section.hardware, &section.os, &section.application];
            assert_eq!(
                said.map(|text| text.as_deref().unwrap()),
                ["machine", "system", "program"]
            );
            let interface = &reader.facts().interfaces[0];
            let said = [&interface.name, &interface.description, &interface.filter];
            assert_eq!(said.map(|text| text.as_deref().unwrap()), ["any", "all", "udp"]);
            assert_eq!((interface.snaplen, interface.resolution), (96, Resolution::NANOSECONDS));
        }
    }

    #[test]
    fn each_interface_has_its_own_clock_and_each_section_its_own_interfaces() {
        let (little, big) = (Pen(ByteOrder::Little), Pen(ByteOrder::Big));
        let back_10_seconds = big.double((-10_i64).cast_unsigned());
        let file = [
            little.section(&[]),
            little.interface(1, 0, &[]),
            little.interface(101, 0, &[little.option(9, &[0x8a])]),
            little.packet(1, TIME << 10 | 512, b"", &[]),
            little.packet(0, TIME * 1_000_000 + 1, b"", &[]),
            big.section(&[]),
            big.interface(276, 0, &[big.option(9, &[3]), big.option(14, &back_10_seconds)]),
            big.packet(0, TIME * 1_000, b"", &[]),
        ];
        let frames = rest(&mut reader(&file)).unwrap();
        let told: Vec<_> = frames
            .iter()
            .map(|frame| (frame.interface, frame.link, frame.time.unwrap().0))
            .collect();
        assert_eq!(
            told,
            [
                (1, LinkType::RAW, 1_700_000_000_500_000_000),
                (0, LinkType::ETHERNET, 1_700_000_000_000_001_000),
                (2, LinkType::LINUX_SLL2, 1_699_999_990_000_000_000),
            ]
        );
    }

    #[test]
    fn simple_and_obsolete_packets_are_read() {
        let pen = Pen(ByteOrder::Little);
        let simple = |original: u32, bytes: &[u8]| pen.block(3, &[pen.word(original), bytes.to_vec()]);
        let old = [
            // The interface, and packets dropped before this one.
            [pen.half(1), pen.half(9)].concat(),
            pen.time(TIME * 1_000_000),
            pen.word(2),
            pen.word(2),
            b"hi\0\0".to_vec(),
            pen.option(2, &pen.word(0b01)),
        ];
        let file = [
            pen.section(&[]),
            pen.interface(1, 4, &[]),
            pen.interface(0, 0, &[]),
            simple(9, b"abcd"),
            simple(3, b"abc"),
            pen.block(2, &old),
        ];
        let frames = rest(&mut reader(&file)).unwrap();
        let told: Vec<_> = frames
            .iter()
            .map(|frame| (frame.bytes.as_ref(), frame.original_length, frame.time))
            .collect();
        assert_eq!(
            told,
            [
                (&b"abcd"[..], 9, None),
                (b"abc", 3, None),
                (b"hi", 2, Some(Time(1_700_000_000_000_000_000))),
            ]
        );
        assert_eq!(
            (frames[2].interface, frames[2].direction),
            (1, Some(Direction::Inbound))
        );
    }

    #[test]
    fn other_blocks_are_passed_over_and_statistics_remembered() {
        let pen = Pen(ByteOrder::Big);
        let counted = [
            pen.word(0),
            pen.time(0),
            pen.option(2, &pen.time(TIME * 1_000_000)),
            pen.option(4, &pen.double(77)),
            pen.option(7, &pen.double(5)),
        ];
        let file = [
            pen.section(&[]),
            // Name resolution, with a lying record.
            pen.block(4, &[pen.half(1), pen.half(60_000)]),
            pen.interface(1, 0, &[]),
            pen.block(0x0bad, &[vec![7; 1_000_000]]),
            pen.block(0x8000_0001, &[]),
            pen.packet(0, 0, b"x", &[]),
            pen.block(5, &counted),
        ];
        let mut reader = reader(&file);
        assert_eq!(rest(&mut reader).unwrap().len(), 1);
        let statistics = Statistics {
            received: Some(77),
            dropped: Some(5),
            start: Some(Time(1_700_000_000_000_000_000)),
            end: None,
        };
        assert_eq!(reader.facts().interfaces[0].statistics, Some(statistics));
    }

    #[test]
    fn what_contradicts_itself_is_named_with_its_place() {
        let pen = Pen(ByteOrder::Little);
        let start = [
            pen.section(&[]),
            pen.interface(1, 0, &[]),
            pen.packet(0, 0, b"abcd", &[]),
        ];
        let changed = |index: usize, value: u8| {
            let mut block = pen.packet(0, 0, b"abcd", &[]);
            block[index] = value;
            block
        };
        let mut strange = pen.section(&[]);
        strange[8] = 0;
        for (block, why) in [
            (changed(4, 37), "claims an impossible length of 37 bytes"),
            (changed(32, 40), "has 36 bytes by its start and 40 by its end"),
            (changed(20, 5), "claims 5 captured bytes and has room for 4"),
            (
                changed(8, 1),
                "is of interface 1, and the section has described 1 so far",
            ),
            (pen.block(6, &[]), "claims an impossible length of 12 bytes"),
            (
                [pen.word(6), pen.word(0xffff_fffc)].concat(),
                "claims an impossible length of 4294967292 bytes",
            ),
            (
                [pen.word(99), pen.word(8)].concat(),
                "claims an impossible length of 8 bytes",
            ),
            (strange, "has no byte-order magic but 0x1a2b3c00"),
        ] {
            assert_eq!(
                error(&[&start[..], &[block]].concat()),
                format!(
                    "it is corrupt: the block at byte 84, after packet 1, {why}; \
                     what follows cannot be read, the packets before can"
                )
            );
        }
        let mut newer = pen.section(&[]);
        newer[12] = 2;
        let error = rest(&mut reader(&[&start[..], &[newer]].concat())).unwrap_err();
        assert!(matches!(error.problem, ReadProblem::Version { major: 2, minor: 0 }));
    }

    #[test]
    fn a_section_header_with_a_wrong_second_length_is_read_as_libpcap_does() {
        let pen = Pen(ByteOrder::Little);
        let mut section = pen.section(&[]);
        section[24] = 77;
        let file = [section, pen.interface(1, 0, &[]), pen.packet(0, 0, b"abcd", &[])];
        assert_eq!(rest(&mut reader(&file)).unwrap().len(), 1);
    }

    #[test]
    fn a_file_cut_in_a_block_that_nobody_needs_is_cut_all_the_same() {
        let pen = Pen(ByteOrder::Little);
        let head = [pen.word(0x0bad), pen.word(0xffff_fff0), vec![0; 100]].concat();
        assert_eq!(
            error(&[pen.section(&[]), head]),
            "it is cut: its last block, at byte 28, has 108 of 4294967280 bytes; the packets before that are whole: 0"
        );
    }

    #[test]
    fn lying_options_cost_no_packet() {
        let pen = Pen(ByteOrder::Little);
        let lying = [pen.half(1), pen.half(60_000), b"abcd".to_vec()].concat();
        let file = [
            pen.section(&[]),
            pen.interface(1, 0, &[pen.option(9, b""), pen.option(14, b"abc")]),
            pen.packet(0, TIME * 1_000_000, b"ab", &[pen.option(1, b"good"), lying]),
        ];
        let frames = rest(&mut reader(&file)).unwrap();
        assert_eq!(frames[0].comments, ["good"]);
        assert_eq!(frames[0].time, Some(Time(1_700_000_000_000_000_000)));
    }

    #[test]
    fn an_endless_description_does_not_fill_the_memory() {
        let pen = Pen(ByteOrder::Little);
        let interfaces = vec![pen.interface(1, 0, &[]); MOST_REMEMBERED + 1].concat();
        let told = error(&[pen.section(&[]), interfaces]);
        assert!(told.contains("is interface 65537"), "{told}");
        let long = pen.interface(1, 0, &[pen.option(2, &vec![b'x'; 60_000])]);
        let many = MOST_TEXT / 60_000 + 3;
        let mut reader = reader(&[pen.section(&[]), vec![long; many].concat()]);
        rest(&mut reader).unwrap();
        let interfaces = &reader.facts().interfaces;
        let remembered = interfaces
            .iter()
            .filter_map(|interface| interface.name.as_ref())
            .count();
        assert_eq!((interfaces.len(), remembered), (many, MOST_TEXT / 60_000));
    }
}
