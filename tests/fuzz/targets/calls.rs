//! A call log, alone and beside the packets of a capture.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use socket_lab::frame::Frame;

/// The packets that the calls are laid beside.
static FRAMES: OnceLock<Vec<Frame<'static>>> = OnceLock::new();

fuzz_target!(|input: &[u8]| {
    let frames = FRAMES.get_or_init(|| invariants::record::check(include_bytes!("../../../captures/tcp.pcapng")));
    invariants::calls::check_beside(input, frames, invariants::shown::look(0));
});
