//! What the tests of whole programs share: starting them, typing, reading, ending them.
//!
//! Each test file is a crate of its own and uses a part of this.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    reason = "every test file compiles this module for itself and uses a part of it"
)]

pub mod needs;
pub mod program;

pub use program::{Running, Side, client, in_empty_namespace, server, server_with};

use std::time::Duration;

/// How long a thing that works may take before the test gives up on it. Ample: a slow machine must not fail a test.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// How long the absence of something is watched.
pub const MOMENT: Duration = Duration::from_millis(300);
