//! What the programs have in common before and after their work: arguments, logging, exit codes.
//!
//! - [`args`]: the arguments, made into checked settings;
//! - [`usage`]: help, and a wrong argument said in one line;
//! - [`logging`]: what goes to standard error and to the call log;
//! - [`say`]: errors and warnings in a line;
//! - [`session`]: start and end of a program.

pub mod args;
pub mod logging;
pub mod say;
pub mod session;
pub mod usage;
