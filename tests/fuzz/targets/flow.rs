//! A sequence of frames: reassembly, the tracker, the place of each packet in its conversation.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::targets::follow(input));
