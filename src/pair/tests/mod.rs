//! Two captures that are made by hand, and what has to come of them.

mod bad_input;
mod cases;
mod packets;
mod truth;
