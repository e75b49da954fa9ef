//! A socket call as data: the program, the call, the socket, the result, and the times of start and return.
//!
//! [`Call`] is the data, and everything else is a form of it. The way of one call through this room:
//!
//! 1. the wrapper in [`crate::app::socket`] measures it and hands it to [`event::emit`], a `tracing` event;
//! 2. [`event::read`] makes a [`Call`] from such an event, in a subscriber's layer;
//! 3. [`text`] writes it as a line for people, [`lines`] as a line of JSON, and reads those back.
//!
//! Without a subscriber, step 1 is one comparison of an atomic number and nothing else happens.

mod call;
pub mod event;
pub mod lines;
pub mod text;

pub use call::{Call, CallFailure, CallName, Program, Role};
