//! The guided run: server, client and capture in one process, and the story of what happened between them.
//!
//! The programs are the real ones ([`crate::app`]), each in a thread of its own; the packets are the kernel's. Only the person
//! at the keyboard is played. In the order in which a run goes:
//!
//! 1. [`network`]: where it happens, and how much of it can be seen;
//! 2. [`plan`]: the runs there are; [`runs`]: what each of them does;
//! 3. [`capturing`]: the packets; [`observer`]: the socket calls, and what the programs say on standard error;
//! 4. [`folder`]: where the files go, opened before anything is sent;
//! 5. [`stage`]: servers and clients in threads, each with its [`screen`]; [`typist`]: who types;
//! 6. [`recording`]: the files; [`evidence`]: what the packets and the calls say;
//! 7. [`comparison`] and [`story`]: what is told of it.

pub mod capturing;
pub mod comparison;
pub mod evidence;
pub mod failure;
pub mod folder;
pub mod network;
pub mod observer;
pub mod plan;
pub mod recording;
pub mod runs;
pub mod screen;
pub mod stage;
pub mod story;
pub mod typist;
