//! A filter expression: parser, compiler, the program that comes out.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::filter::check_input(input));
