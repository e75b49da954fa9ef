//! What the tests of whole programs share: starting them, typing, reading, ending them.
//!
//! Three test programs have this module: `integration`, `privilege` and `zz_skipped`.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "each test program compiles this module for itself and uses a part of it"
)]

pub mod again;
#[cfg(feature = "sniffer")]
pub mod browser;
mod environment;
pub mod namespace;
pub mod needs;
mod pipe;
pub mod program;
pub mod skipped;
pub mod stuck;
pub mod tools;
pub mod tshark;

pub use environment::clean;
pub use needs::Missing;
pub use pipe::pipe;
pub use program::{Running, Side, client, copy_program, in_empty_namespace, port_in, server, server_with};
pub use tools::{Tool, cargo, copy, essential, need, need_all, ours, path_of_ours, shell, this_test, tool};
pub use tshark::{judged, tshark};

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// How long a thing that works may take before the test gives up on it. Ample: a slow machine must not fail a test.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A port without a listener: outside of the range from which the system picks, so no other test can get it.
pub const NOBODY: u16 = 1;

/// A port that is free now and that the system gives to nobody meanwhile, for a server that has to have the same one twice.
pub fn port_of_our_own() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test processes that run at the same time start at different places.
    let start = u16::try_from(std::process::id() % 10_000).unwrap();
    loop {
        let port = 10_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let address = ("0.0.0.0", port);
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return port;
        }
    }
}

/// How long the absence of something is watched.
pub const MOMENT: Duration = Duration::from_millis(300);
