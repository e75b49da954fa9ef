//! The fixed tests of every header, over the packets in `headers.txt`, and properties over any bytes.

mod checksums;
mod headers;
mod properties;
mod reassembly;
mod samples;
mod typed;
