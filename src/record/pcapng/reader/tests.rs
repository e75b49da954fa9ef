//! Files made block by block, read back.

use std::io::Cursor;

use super::{MOST_REMEMBERED, MOST_TEXT};
use crate::frame::{Direction, Frame, Time};
use crate::record::{ByteOrder, InterfaceStatistics, ReadError, ReadProblem, Reader, Resolution};
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
        let section = &reader.file_info().sections[0];
        assert_eq!(section.byte_order, order);
        assert_eq!(section.comments, ["c"]);
        let said = [&section.hardware, &section.os, &section.application];
        assert_eq!(
            said.map(|text| text.as_deref().unwrap()),
            ["machine", "system", "program"]
        );
        let interface = &reader.file_info().interfaces[0];
        let said = [&interface.name, &interface.description, &interface.filter];
        assert_eq!(said.map(|text| text.as_deref().unwrap()), ["any", "all", "udp"]);
        assert_eq!((interface.snaplen, interface.resolution), (96, Resolution::NANOSECONDS));
    }
}

#[test]
fn each_interface_has_its_own_clock_and_each_section_its_own_interfaces() {
    let (little, big) = (Pen(ByteOrder::Little), Pen(ByteOrder::Big));
    let back_10_seconds = big.double(u64::from_ne_bytes((-10_i64).to_ne_bytes()));
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
    let found: Vec<_> = frames
        .iter()
        .map(|frame| (frame.interface, frame.link, frame.time.unwrap().0))
        .collect();
    assert_eq!(
        found,
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
    let found: Vec<_> = frames
        .iter()
        .map(|frame| (frame.bytes.as_ref(), frame.original_length, frame.time))
        .collect();
    assert_eq!(
        found,
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
        pen.option(5, &pen.double(5)),
        pen.option(6, &pen.double(6)),
        pen.option(7, &pen.double(7)),
        pen.option(8, &pen.double(8)),
    ];
    let file = [
        pen.section(&[]),
        // Name resolution, with a malformed record.
        pen.block(4, &[pen.half(1), pen.half(60_000)]),
        pen.interface(1, 0, &[]),
        pen.block(0x0bad, &[vec![7; 1_000_000]]),
        pen.block(0x8000_0001, &[]),
        pen.packet(0, 0, b"x", &[]),
        pen.block(5, &counted),
    ];
    let mut reader = reader(&file);
    assert_eq!(rest(&mut reader).unwrap().len(), 1);
    let statistics = InterfaceStatistics {
        received: Some(77),
        dropped: Some(5),
        accepted: Some(6),
        dropped_by_system: Some(7),
        delivered: Some(8),
        start: Some(Time(1_700_000_000_000_000_000)),
        end: None,
        at: Some(Time(0)),
    };
    assert_eq!(reader.file_info().interfaces[0].statistics, Some(statistics));
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
fn malformed_options_cost_no_packet() {
    let pen = Pen(ByteOrder::Little);
    let malformed = [pen.half(1), pen.half(60_000), b"abcd".to_vec()].concat();
    let file = [
        pen.section(&[]),
        pen.interface(1, 0, &[pen.option(9, b""), pen.option(14, b"abc")]),
        pen.packet(0, TIME * 1_000_000, b"ab", &[pen.option(1, b"good"), malformed]),
    ];
    let frames = rest(&mut reader(&file)).unwrap();
    assert_eq!(frames[0].comments, ["good"]);
    assert_eq!(frames[0].time, Some(Time(1_700_000_000_000_000_000)));
}

#[test]
fn an_endless_description_does_not_fill_the_memory() {
    let pen = Pen(ByteOrder::Little);
    let interfaces = vec![pen.interface(1, 0, &[]); MOST_REMEMBERED + 1].concat();
    let found = error(&[pen.section(&[]), interfaces]);
    assert!(found.contains("is interface 65537"), "{found}");
    let long = pen.interface(1, 0, &[pen.option(2, &vec![b'x'; 60_000])]);
    let many = MOST_TEXT / 60_000 + 3;
    let mut reader = reader(&[pen.section(&[]), vec![long; many].concat()]);
    rest(&mut reader).unwrap();
    let interfaces = &reader.file_info().interfaces;
    let remembered = interfaces
        .iter()
        .filter_map(|interface| interface.name.as_ref())
        .count();
    assert_eq!((interfaces.len(), remembered), (many, MOST_TEXT / 60_000));
}
