//! A call log of any bytes.

use std::io::Cursor;

use socket_lab::calls::{lines, text};
use socket_lab::escape::printable;
use socket_lab::frame::Frame;
use socket_lab::render::report_model::ReportModel;
use socket_lab::render::text_style::TextStyle;
use socket_lab::timeline::CallIndex;

use super::flow;
use super::shown::assert_line;

/// Reads the log to its end. What was read is written and read again as the same, and can be shown. Returns the calls.
pub fn check(log: &[u8]) -> CallIndex {
    let mut logs = CallIndex::new();
    let lines_there = log.split(|&byte| byte == b'\n').count() as u64;
    let mut last = 0;
    for line in lines::read(Cursor::new(log)) {
        match line {
            Ok(call) => {
                let written = lines::to_json(&call).unwrap();
                assert_line(written.trim_end_matches('\n'), "call");
                let again = lines::read(Cursor::new(&written)).next().unwrap().unwrap();
                assert_eq!(call, again);
                // The code that shows it escapes the texts in it, which are the log's.
                assert_line(&printable(text::line(&call).as_bytes()), "call");
                logs.add(call);
            }
            Err(bad) => {
                assert!(bad.number > last && bad.number <= lines_there, "{bad:?}");
                last = bad.number;
            }
        }
    }
    logs
}

/// The log beside the packets of a capture, in every form that shows calls.
pub fn check_beside(log: &[u8], frames: &[Frame<'_>], style: TextStyle) {
    let (follower, kept) = flow::follow(frames);
    let find = |number| follower.tracker().conversation(number);
    let start = frames.iter().find_map(|frame| frame.time);
    let mut logs = check(log);
    let report = ReportModel::new(
        kept,
        find,
        |_, packets| logs.match_conversation(packets),
        true,
        start,
        0,
    );
    flow::check_drawn(&report, style);
}
