//! Files that zstd, lz4 and gzip packed, read and written, against those programs.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use socket_lab::frame::Frame;
use socket_lab::record::{Format, Packing, ReadError, Reader};

use super::files::{ask, frames, loopback, read, record, tshark};
use crate::support::{Tool, need, tool};

const PROGRAMS: [(Packing, Tool, &str); 3] = [
    (Packing::Gzip, Tool::Gzip, "gz"),
    (Packing::Zstd, Tool::Zstd, "zst"),
    (Packing::Lz4, Tool::Lz4, "lz4"),
];

/// What a file gives: its frames, and why it ended before its end.
fn read_bytes(bytes: Vec<u8>) -> (Vec<Frame<'static>>, Option<ReadError>, Option<String>) {
    let mut reader = match Reader::new(Cursor::new(bytes), "it") {
        Ok(reader) => reader,
        Err(error) => return (Vec::new(), Some(error), None),
    };
    let mut frames = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(frame)) => frames.push(frame.into_owned()),
            Ok(None) => return (frames, None, reader.remark()),
            Err(error) => return (frames, Some(error), reader.remark()),
        }
    }
}

/// A file packed by the program itself.
fn packed(program: Tool, options: &[&str], file: &Path) -> Vec<u8> {
    let ran = tool(program)
        .args(["-q", "-c"])
        .args(options)
        .arg(file)
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{options:?}: {}",
        String::from_utf8_lossy(&ran.stderr)
    );
    ran.stdout
}

/// Captures of many kinds: with text, with random bytes, with long runs, and one of some megabytes.
fn captures(folder: &Path) -> Vec<PathBuf> {
    let own = folder.join("own.pcapng");
    record(&own, &[loopback()], &frames(Format::PcapNg), &[]);
    let big = folder.join("big.pcap");
    let mut many = Vec::new();
    let mut random = 1_u64;
    for number in 0..4_000 {
        let mut data = Vec::new();
        for _ in 0..60 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = usize::try_from(random >> 60).unwrap();
            data.extend(["GET / HTTP/1.1\r\n", "Host: ", "192.0.2.1", "{\"a\":", "x", "\0\0\0\0"][place % 6].bytes());
            data.extend(random.to_le_bytes().iter().take(place % 5));
        }
        many.push(super::files::frame(number, super::files::datagram(&data)));
    }
    record(&big, &[loopback()], &many, &[]);
    vec![own, big, "captures/long.pcapng".into(), "captures/tcp.pcap".into()]
}

#[test]
fn what_the_programs_pack_is_read() {
    if !need(Tool::Zstd) || !need(Tool::Lz4) || !need(Tool::Gzip) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rows: [(Packing, Tool, &[&[&str]]); 3] = [
        (Packing::Gzip, Tool::Gzip, &[&["-1"], &["-9"]]),
        (
            Packing::Zstd,
            Tool::Zstd,
            &[
                &["--fast=5"],
                &["-1"],
                &["-3", "--no-check"],
                &["-9"],
                &["-19"],
                &["--ultra", "-22", "--long=27"],
            ],
        ),
        (
            Packing::Lz4,
            Tool::Lz4,
            &[
                &["-1"],
                &["-9", "-BD"],
                &["-B4", "-BX"],
                &["-BI", "--no-frame-crc"],
                &["--content-size"],
            ],
        ),
    ];
    for file in captures(folder.path()) {
        let (expected, _) = read(&file);
        for (packing, program, ways) in rows {
            for way in ways {
                let bytes = packed(program, way, &file);
                let reader = Reader::new(Cursor::new(bytes.clone()), "it").unwrap();
                assert_eq!(reader.file_info().packing, Some(packing));
                let (frames, error, remark) = read_bytes(bytes);
                assert!(
                    error.is_none() && remark.is_none(),
                    "{file:?} {way:?}: {error:?} {remark:?}"
                );
                assert!(frames == expected, "{file:?} {way:?}");
            }
        }
    }
}

#[test]
fn a_cut_file_gives_what_is_whole_and_says_so() {
    if !need(Tool::Zstd) || !need(Tool::Lz4) || !need(Tool::Gzip) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = &captures(folder.path())[1];
    let (expected, _) = read(file);
    for (packing, program, _) in PROGRAMS {
        let whole = packed(program, &[], file);
        let mut most = 0;
        for end in [
            5,
            9,
            30,
            whole.len() / 3,
            whole.len() / 2,
            whole.len() - 5,
            whole.len() - 1,
        ] {
            let (frames, error, _) = read_bytes(whole[..end].to_vec());
            let error = error.unwrap_or_else(|| panic!("{packing} {end}: a cut file ended without a word"));
            assert!(
                error.is_cut() && frames == expected[..frames.len()],
                "{packing} {end}: {error}"
            );
            most = most.max(frames.len());
        }
        // What is lost is a block at most.
        assert!(
            most > expected.len() * 9 / 10,
            "{packing}: {most} of {}",
            expected.len()
        );
    }
}

/// Where one piece has ended and the next is cut before its first byte, no packet is cut; the file is all the same.
#[test]
fn a_cut_between_two_packets_is_said() {
    for (packing, _, ending) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcap").with_extension(format!("pcap.{ending}"));
        record(&path, &[loopback()], &frames(Format::Pcap), &[]);
        let whole = fs::read(&path).unwrap();
        let short: Vec<_> = (1..10).map(|more| [&whole[..], &whole[..more]].concat()).collect();
        for (more, bytes) in (1..).zip(short) {
            let (read, error, remark) = read_bytes(bytes);
            assert_eq!(read.len(), frames(Format::Pcap).len());
            assert!(
                error.as_ref().is_some_and(ReadError::is_cut) || remark.is_some(),
                "{packing}: {more} bytes of another piece: {error:?}"
            );
        }
    }
}

#[test]
fn pieces_in_a_row_and_skippable_frames_are_one_file_and_garbage_is_said() {
    let skippable = |length: u32| {
        [
            &[0x53, 0x2a, 0x4d, 0x18][..],
            &length.to_le_bytes(),
            &vec![7; length as usize],
        ]
        .concat()
    };
    for (packing, _, ending) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("a.pcap.{ending}"));
        record(&path, &[loopback()], &frames(Format::Pcap), &[]);
        let whole = fs::read(&path).unwrap();
        let expected = frames(Format::Pcap);
        let mut rows = vec![(whole.clone(), false), ([&whole[..], b"garbage"].concat(), true)];
        if packing != Packing::Gzip {
            rows.push(([skippable(0), skippable(300_000), whole.clone()].concat(), false));
            rows.push(([whole.clone(), skippable(70_000)].concat(), false));
            rows.push((
                [skippable(3), whole.clone(), skippable(0), b"xyz".to_vec()].concat(),
                true,
            ));
        }
        for (place, (bytes, said)) in rows.into_iter().enumerate() {
            let (read, error, remark) = read_bytes(bytes);
            assert!(error.is_none() && read == expected, "{packing} {place}: {error:?}");
            assert_eq!(remark.is_some(), said, "{packing} {place}");
        }
    }
}

#[test]
fn what_is_written_packed_is_what_the_programs_unpack() {
    if !need(Tool::Zstd) || !need(Tool::Lz4) || !need(Tool::Gzip) || !need(Tool::Tshark) {
        return;
    }
    for (packing, program, ending) in PROGRAMS {
        let folder = tempfile::tempdir().unwrap();
        for (name, format) in [("a.pcapng", Format::PcapNg), ("a.pcap", Format::Pcap)] {
            let plain = folder.path().join(name);
            record(&plain, &[loopback()], &frames(format), &[]);
            let path = folder.path().join(format!("{name}.{ending}"));
            let written = record(&path, &[loopback()], &frames(format), &[]);
            let length = fs::metadata(&path).unwrap().len();
            assert_eq!(written.bytes, length, "{packing}");
            assert!(length < fs::metadata(&plain).unwrap().len() / 4, "{packing}: {length}");
            ask(tool(program).arg("-t").arg(&path), |_| true);
            let unpacked = tool(program).args(["-d", "-c"]).arg(&path).output().unwrap();
            assert!(unpacked.stdout == fs::read(&plain).unwrap(), "{packing} {name}");
            let (back, reader) = read(&path);
            assert_eq!(reader.file_info().packing, Some(packing));
            assert!(back == frames(format), "{packing} {name}");
            assert_eq!(tshark(&path, &[]).lines().count(), frames(format).len(), "{path:?}");
        }
    }
}

#[test]
fn what_cannot_be_unpacked_is_said_in_one_line() {
    let zstd = |rest: &[u8]| [&[0x28, 0xb5, 0x2f, 0xfd], rest].concat();
    let lz4 = |rest: &[u8]| [&[0x04, 0x22, 0x4d, 0x18], rest].concat();
    for (bytes, said) in [
        (
            zstd(&[0, 18 << 3, 1, 0, 0]),
            "unpacking it failed: its window is over 128 MiB; unpack it with 'zstd -d --long=31'; packets read before: 0",
        ),
        (
            zstd(&[1, 0, 9, 1, 0, 0]),
            "unpacking it failed: it was packed with a dictionary; unpack it with 'zstd -d -D DICTIONARY'; packets read before: 0",
        ),
        (
            zstd(&[0, 0, 7, 0, 0]),
            "unpacking it failed: a block is of a kind that is not defined; packets read before: 0; 'zstd -t' says more about it",
        ),
        (zstd(&[0, 0, 1, 0, 0]), "it is empty: nothing has been captured into it"),
        (
            zstd(&[0]),
            "it is cut: its zstd data ends too early; the packets before that are whole: 0",
        ),
        (
            lz4(&[0x60, 0x40, 0, 0, 0, 0, 0]),
            "unpacking it failed: the checksum of its header is another one; packets read before: 0; 'lz4 -t' says more about it",
        ),
        (
            lz4(&[]),
            "it is cut: its lz4 data ends too early; the packets before that are whole: 0",
        ),
    ] {
        let (frames, error, _) = read_bytes(bytes);
        assert!(frames.is_empty());
        assert_eq!(error.unwrap().to_string(), said);
    }
}

/// Whatever is changed in a file, it is read to some end, in little memory, without a panic.
#[test]
fn no_broken_file_makes_the_unpackers_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut random = 7_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(random >> 33).unwrap() % below
    };
    for (_, _, ending) in PROGRAMS {
        let path = folder.path().join(format!("a.pcap.{ending}"));
        let few: Vec<_> = frames(Format::Pcap).into_iter().take(7).collect();
        record(&path, &[loopback()], &few, &[]);
        let whole = fs::read(&path).unwrap();
        for _ in 0..3_000 {
            let mut changed = whole.clone();
            for _ in 0..=next(3) {
                let place = next(changed.len());
                changed[place] = u8::try_from(next(256)).unwrap();
            }
            read_bytes(changed);
        }
    }
}
