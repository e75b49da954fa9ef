//! Packed files, and what is no capture at all.

use std::fs;
use std::io::Write as _;

use socket_lab::record::{Format, ReadProblem, Reader};

use super::files::{frames, loopback, record};

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
    assert!(reader.facts().gzip);
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
