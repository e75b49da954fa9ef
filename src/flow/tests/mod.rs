//! Stories: segments that tell one, and what the tracker says of each.

mod anomalies;
mod any;
mod bounds;
mod causes;
mod copies;
mod datagrams;
mod delays;
mod elsewhere;
mod ends;
mod openings;
mod overtaken;
mod recoveries;
mod repetitions;
mod replies;
mod resets;
mod script;
mod states;
mod tcp;
