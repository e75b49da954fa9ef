//! What a run observes, once, and what it does with it; cli makes its settings from the arguments.
//!
//! - [`program`]: start and end of one of the four programs;
//! - [`logging`]: what goes to standard error and to the call log; [`say`]: errors and warnings in a line;
//! - [`rights`]: what is kept of root's rights, step by step;
//! - [`ending`]: the end of a program that is stuck; [`stdout`]: standard output, of which it is known how far it has come.

#[cfg(unix)]
pub mod ending;
#[cfg(not(unix))]
#[path = "ending_elsewhere.rs"]
pub mod ending;
pub mod logging;
pub mod program;
pub mod rights;
pub mod say;
pub mod stdout;
