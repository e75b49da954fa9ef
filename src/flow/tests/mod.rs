//! Stories: segments that tell one, and what the tracker says of each.

mod anomalies;
mod any;
mod bounds;
mod datagrams;
mod elsewhere;
mod ends;
mod repetitions;
mod replies;
mod script;
mod tcp;
