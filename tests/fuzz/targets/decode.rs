//! A frame: the decoder of every link type.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socket_lab::wire::decode;

fuzz_target!(|input: &[u8]| {
    if let Some((frame, _)) = invariants::frame::unpack(input) {
        invariants::frame::check_structure(&decode(frame.link, &frame.bytes, frame.original_length));
    }
});
