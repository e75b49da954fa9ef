//! What holds for any input. One place for both who ask: `tests/robustness`, with captures and with cases that proptest makes,
//! and the fuzz targets in `tests/fuzz`, with inputs that libFuzzer makes. Every function panics where something does not hold.
#![allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "each who asks compiles this for itself and uses a part of it; a check fails by a panic"
)]

pub mod calls;
pub mod filter;
pub mod flow;
pub mod frame;
pub mod page;
pub mod record;
pub mod shown;
pub mod targets;
pub mod unicode;
