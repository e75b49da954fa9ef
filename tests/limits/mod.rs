//! Limits of resources, a disk without room, odd surroundings, a clock that jumps: each program says in one line what to do, or
//! works.
//!
//! - `ulimits`: open files, memory, processes, the stack, by prlimit(1);
//! - `memory_group`: a group of processes with 64 MiB, cgroups(7);
//! - `disk`: a disk without room;
//! - `surroundings`: locale, terminal, home;
//! - `clock`: the clock set back and forward by a day meanwhile.

#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod clock;
#[cfg(test)]
mod disk;
#[cfg(test)]
#[path = "../sniffer/frames.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with another test, which uses all of it"
)]
mod frames;
#[cfg(test)]
mod memory_group;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod stage;
#[cfg(test)]
mod surroundings;
#[cfg(test)]
mod ulimits;
