//! A filter program of any instructions: the checks and the machine.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::filter::check_program(input));
