//! A call log, alone and beside the packets of a capture.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::targets::call_log(input));
