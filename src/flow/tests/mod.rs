//! Stories: segments that tell one, and what the tracker says of each.

mod anomalies;
mod any;
mod bounds;
mod datagrams;
mod ends;
mod openings;
mod repetitions;
mod resets;
mod script;
mod states;
mod tcp;
