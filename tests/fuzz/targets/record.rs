//! A capture file: the readers of pcap and pcapng, plain and packed.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| invariants::targets::capture_file(input));
