//! The oracle: everything that the sniffer says about causes and states, measured against two real kernels over a wire that writes
//! down what it did.
//!
//! A run is drawn from a seed (`plan`) and performed in a process of its own (`child`): this program starts itself again, because a
//! network of one's own needs a process of one thread. docs/analysis.md says how to measure more of them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails loudly; without the standard harness clippy does not see that this is one"
)]

#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod case;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod cases;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod child;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod datagrams;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod files;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod judge;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod log;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod pairs;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod pauses;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod plan;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod random;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod reference;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod runs;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod said;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod score;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod segment;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod simulated;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod simulator;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod states;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod tcp;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod udp;
#[cfg(all(test, feature = "sniffer", target_os = "linux"))]
mod walk;

fn main() -> std::process::ExitCode {
    #[cfg(all(test, feature = "sniffer", target_os = "linux"))]
    return cases::main();
    #[cfg(not(all(test, feature = "sniffer", target_os = "linux")))]
    std::process::ExitCode::SUCCESS
}
