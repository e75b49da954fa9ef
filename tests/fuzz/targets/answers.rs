//! A sequence of frames: the questions of the labs, answered in every form.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::targets::answers(input));
