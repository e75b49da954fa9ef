//! A frame: the views of one packet.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((frame, look)) = invariants::frame::unpack(input) {
        invariants::frame::check(&frame, look);
    }
});
