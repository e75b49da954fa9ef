//! A sequence of frames: ladders, text of both ends, answers, pictures, the report.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::targets::whole(input));
