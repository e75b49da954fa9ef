//! Packed files, files of other programs, and what is no capture at all.

use std::fs;
use std::io::Write as _;

use socket_lab::frame::{Frame, Time};
use socket_lab::record::{Format, InterfaceDescription, Packing, ReadProblem, Reader};
use socket_lab::wire::LinkType;

use super::files::{ask, frame, frames, loopback, read, record};
use crate::support::{Tool, need, tool};

#[test]
fn a_packed_file_is_read_and_a_cut_one_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pcapng");
    let frames = frames(Format::PcapNg);
    record(&path, &[loopback()], &frames, &[]);
    let packed = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&fs::read(&path).unwrap()).unwrap();
        packer.finish().unwrap()
    };
    let mut reader = Reader::new(std::io::Cursor::new(packed.clone()), "packed").unwrap();
    assert_eq!(reader.file_info().packing, Some(Packing::Gzip));
    let mut count = 0;
    while let Some(frame) = reader.next().unwrap() {
        assert_eq!(frame.into_owned(), frames[count]);
        count += 1;
    }
    assert_eq!(count, frames.len());
    let half = packed[..packed.len() - 40].to_vec();
    let mut reader = Reader::new(std::io::Cursor::new(half), "packed").unwrap();
    let error = loop {
        match reader.next() {
            Ok(frame) => assert!(frame.is_some(), "a cut file ended without a word"),
            Err(error) => break error,
        }
    };
    assert!(error.is_cut() && error.packets >= 5, "{error}");
}

#[test]
fn what_is_no_capture_is_named() {
    let problem = |bytes: &'static [u8]| Reader::new(bytes, "it").err().unwrap().to_string();
    assert_eq!(problem(b""), "it is empty: nothing has been captured into it");
    assert_eq!(
        problem(b"GET / HTTP/1.1"),
        "it is neither pcap nor pcapng: it begins with the bytes 47 45 54 20; \
         if Wireshark opens it, 'editcap -F pcapng OLD NEW' converts it"
    );
    assert_eq!(
        problem(b"\xd4\xc3\xb2\xa1\x02\x00"),
        "it is cut: its last file header, at byte 0, has 6 of 24 bytes; the packets before that are whole: 0"
    );
    let error = Reader::open("/nonexistent/a.pcap".as_ref()).err().unwrap();
    assert!(matches!(error.problem, ReadProblem::Open(_)), "{error}");
}

/// What is left of a frame in a file with microseconds, or without comments and directions.
fn plain(frame: &Frame<'_>, unit: i64) -> Frame<'static> {
    Frame {
        time: frame.time.map(|Time(time)| Time(time - time % unit)),
        comments: Vec::new(),
        direction: None,
        ..frame.clone().into_owned()
    }
}

#[test]
fn what_editcap_writes_is_read() {
    if !need(Tool::Editcap) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("original.pcapng");
    let frames = frames(Format::PcapNg);
    record(&original, &[loopback()], &frames, &[]);
    let converted = folder.path().join("converted");
    for (format, unit) in [("pcap", 1000), ("nsecpcap", 1), ("modpcap", 1000), ("pcapng", 1)] {
        let mut command = tool(Tool::Editcap);
        ask(command.args(["-F", format]).args([&original, &converted]), |_| true);
        let expected: Vec<_> = frames.iter().map(|frame| plain(frame, unit)).collect();
        let (frames_read, _) = read(&converted);
        if format == "pcapng" {
            assert_eq!(frames_read, frames);
        } else {
            assert_eq!(frames_read, expected, "{format}");
        }
    }
}

#[test]
fn what_mergecap_writes_is_read() {
    if !need(Tool::Mergecap) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let [first, second, merged] = ["a.pcap", "b.pcap", "both"].map(|name| folder.path().join(name));
    let raw = Frame {
        link: LinkType::RAW,
        ..frame(1, vec![0x45; 20])
    };
    record(
        &first,
        &[loopback()],
        &[frame(0, vec![0; 60]), frame(2, vec![2; 60])],
        &[],
    );
    record(
        &second,
        &[InterfaceDescription::new(LinkType::RAW)],
        std::slice::from_ref(&raw),
        &[],
    );
    let mut command = tool(Tool::Mergecap);
    ask(command.arg("-w").args([&merged, &first, &second]), |_| true);
    let (frames, reader) = read(&merged);
    let other = Frame { interface: 1, ..raw };
    assert_eq!(frames, [frame(0, vec![0; 60]), other, frame(2, vec![2; 60])]);
    assert_eq!(reader.file_info().interfaces.len(), 2);
    assert!(
        reader.file_info().sections[0]
            .application
            .as_ref()
            .unwrap()
            .contains("Mergecap")
    );
}
