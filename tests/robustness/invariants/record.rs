//! A capture file of any bytes.

use std::io::Cursor;

use socket_lab::frame::Frame;
use socket_lab::record::Reader;

use super::shown::assert_line;

/// More frames of a file are not read. A file of a few kilobytes can pack millions by gzip, and each is like the ones before.
const MOST: u64 = 20_000;

/// Reads the file to its end. What can be read is inside of it, what cannot is said once, in a line.
pub fn check(file: &[u8]) -> Vec<Frame<'static>> {
    let mut reader = match Reader::new(Cursor::new(file.to_vec()), "it") {
        Ok(reader) => reader,
        Err(error) => {
            assert_line(&error.to_string(), "error");
            return Vec::new();
        }
    };
    let packed = reader.file_info().packing.is_some();
    let mut frames: Vec<Frame<'static>> = Vec::new();
    let mut errors = 0;
    let mut bytes = 0;
    let mut before = reader.offset();
    while reader.packets() < MOST {
        match reader.next() {
            Ok(Some(frame)) => {
                bytes += frame.bytes.len();
                frames.push(frame.into_owned());
            }
            Ok(None) => break,
            Err(error) => {
                assert_line(&error.to_string(), "error");
                assert_eq!(error.packets, frames.len() as u64);
                errors += 1;
                assert!(errors <= 1, "{error}");
                continue;
            }
        }
        // Each packet is further on, and behind its own bytes: the work is that of one passage.
        let offset = reader.offset();
        assert!(offset >= before + frames.last().map_or(0, |frame| frame.bytes.len() as u64));
        before = offset;
        assert!(packed || offset <= file.len() as u64);
    }
    assert!(packed || bytes <= file.len());
    assert_eq!(reader.packets(), frames.len() as u64);
    frames
}
