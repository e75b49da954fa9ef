//! Giving privileges up and entering a network of one's own: seen from outside, in processes of one thread.
//!
//! This program is its own subject: started by a test with a role in its environment, it plays that role and nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails loudly; without the standard harness clippy does not see that this is one"
)]

#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod cases;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

fn main() -> std::process::ExitCode {
    #[cfg(all(test, feature = "sniffer", target_os = "linux"))]
    return cases::main();
    #[cfg(not(all(test, feature = "sniffer", target_os = "linux")))]
    std::process::ExitCode::SUCCESS
}
