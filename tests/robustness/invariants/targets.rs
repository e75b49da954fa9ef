//! The checks by name, each for an input of any bytes: for the fuzz targets in `tests/fuzz`, which have the same names, and for
//! the short form of fuzzing in `cargo test`.

use std::sync::OnceLock;

use socket_lab::frame::Frame;

use super::{calls, filter, flow, frame, record, shown};

/// A check that any input passes. It panics where something does not hold.
pub struct Target {
    /// The fuzz target, and the folder of its inputs.
    pub name: &'static str,
    pub check: fn(&[u8]),
}

/// All of them.
pub const TARGETS: [Target; 9] = [
    target("answers", answers),
    target("calls", call_log),
    target("decode", decoder),
    target("filter", filter::check_input),
    target("flow", follow),
    target("program", filter::check_program),
    target("record", capture_file),
    target("views", views),
    target("whole", whole),
];

const fn target(name: &'static str, check: fn(&[u8])) -> Target {
    Target { name, check }
}

/// A sequence of frames: the questions of the labs, answered in every form.
pub fn answers(input: &[u8]) {
    let (frames, style) = flow::unpack(input);
    let (_, kept) = flow::follow(&frames);
    flow::check_sheet(&kept, style);
}

/// A call log, alone and beside the packets of a capture.
pub fn call_log(input: &[u8]) {
    static FRAMES: OnceLock<Vec<Frame<'static>>> = OnceLock::new();
    let frames = FRAMES.get_or_init(|| record::check(include_bytes!("../../../captures/tcp.pcapng")));
    calls::check_beside(input, frames, shown::style(0));
}

/// A frame: the decoder of every link type.
pub fn decoder(input: &[u8]) {
    if let Some((frame, _)) = frame::unpack(input) {
        frame::check_structure(&frame.decode());
    }
}

/// A sequence of frames: reassembly, the tracker, the place of each packet in its conversation.
pub fn follow(input: &[u8]) {
    let (frames, _) = flow::unpack(input);
    flow::follow(&frames);
}

/// A capture file: the readers of pcap and pcapng, plain and packed.
pub fn capture_file(input: &[u8]) {
    record::check(input);
}

/// A frame: the views of one packet.
pub fn views(input: &[u8]) {
    if let Some((frame, style)) = frame::unpack(input) {
        frame::check(&frame, style);
    }
}

/// A sequence of frames: ladders, text of both ends, answers, pictures, the report.
pub fn whole(input: &[u8]) {
    let (frames, style) = flow::unpack(input);
    flow::check(&frames, style);
}
