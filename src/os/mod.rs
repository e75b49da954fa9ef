//! What the programs need of the system and the lecture does not.
//!
//! - [`cancel`]: Ctrl+Z, Ctrl+C, SIGTERM and SIGHUP; [`poll`]: waiting for a descriptor, with a quit noticed meanwhile;
//! - [`keyboard`]: lines from standard input;
//! - [`descriptors`]: open files, which they are and how many there may be; [`interfaces`]: addresses and names;
//! - `interface_setup`: an interface in a network of this process's own, set up;
//! - [`errors`]: what the system says in its errors;
//! - [`limits`]: what `ulimit` may have set; `memory`: what a container may have, and what happens when there is no more.
//!
//! Linux is the one tried; the others get what the standard library has.

pub mod cancel;
pub mod descriptors;
pub mod errors;
#[cfg(target_os = "linux")]
pub mod interface_setup;
pub mod interfaces;
pub mod keyboard;
pub mod limits;
mod memory;
pub mod poll;
#[cfg(unix)]
mod sys;
