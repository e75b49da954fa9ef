//! Limits of resources, a disk without room, odd surroundings, a clock that jumps: each program says in one line what to do, or
//! works.
//!
//! - `ulimits`: open files, memory, processes, the stack, by prlimit(1);
//! - `memory_group`: a group of processes with 64 MiB, cgroups(7);
//! - `disk`: a disk without room;
//! - `surroundings`: locale, terminal, home;
//! - `clock`: the clock set back and forward by a day meanwhile.

mod clock;
mod disk;
mod memory_group;
mod stage;
mod surroundings;
mod ulimits;
