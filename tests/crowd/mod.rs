//! The programs among many others: clients by the thousand, services that answer each other, names with many addresses.
//!
//! - `clients`: many clients, long lines, silent and greedy ones;
//! - `full`: all connections are taken;
//! - `loops`: UDP services that answer each other;
//! - `names`: a name with many addresses, of which few or none answer.

mod clients;
#[cfg(target_os = "linux")]
mod full;
#[cfg(target_os = "linux")]
mod loops;
#[cfg(target_os = "linux")]
mod names;
