//! Stories: segments that tell one, and what the tracker says of each.

mod bounds;
mod script;
mod tcp;
