//! Stories: segments that tell one, and what the tracker says of each.

mod anomalies;
mod any;
mod bounds;
mod causes;
mod copies;
mod datagrams;
mod delays;
mod ends;
mod repetitions;
mod script;
mod tcp;
