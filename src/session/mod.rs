//! What a run observes, once, and what it does with it; cli makes its settings from the arguments.
//!
//! - [`program`]: start and end of one of the four programs;
//! - [`logging`]: what goes to standard error and to the call log; [`say`]: errors and warnings in a line;
//! - [`outcome`]: how it ended;
//! - [`rights`]: what is kept of root's rights. The sniffer's order: `cli::sniffer` keeps what a capture needs, `live` opens the
//!   capture and gives that up, and files are opened after that; `extcap` has an order of its own;
//! - [`ending`]: the end of a program that is stuck; [`stdout`]: standard output, of which it is known how far it has come.
//!
//! Of the sniffer, where it is built:
//!
//! - `settings`: what a run reads, keeps, shows and writes; `selection`: which frames are wanted;
//! - `live`: from an interface that `opening` opens, with `printing`, `recording`, `flushing` and `counts` beside it; `file`: from a
//!   capture file, which `source` opens, with `progress`, and `copy`, what is recorded of it;
//! - `following`: the conversations of frames; `observed`: a packet with all that is known of it, and what a sink of such packets
//!   is. They are handed to the sinks in `Sinks::take` of `file`, in `LiveSession::take` of `live` and, for the screen, in
//!   `Printer::take` of `printing`; `comments` puts the comment that `explain::packet` makes onto a recorded one, also for `extcap`;
//! - `display`: packets onto the screen, with `pool`, the threads that help it;
//! - `conversation_buffer`: views of whole conversations; `json_trailer`: their JSON; `calls`: the calls beside them, from `call_files`;
//! - `other_end`: two captures of one exchange;
//! - `answers`: the questions of the courses; `exports`: reports, pictures and diagrams; `write`: files that are written whole;
//! - `explaining`: what a field is for, what a concept is; `interfaces`: the list of interfaces;
//! - `extcap`: a capture that Wireshark asks for;
//! - `capture_right`: what to do where the right to capture is missing; `provenance`: where a report comes from.

#[cfg(feature = "sniffer")]
pub mod answers;
#[cfg(feature = "sniffer")]
mod call_files;
#[cfg(feature = "sniffer")]
pub mod calls;
#[cfg(feature = "sniffer")]
pub mod capture_right;
#[cfg(feature = "sniffer")]
mod comments;
#[cfg(feature = "sniffer")]
pub mod conversation_buffer;
#[cfg(feature = "sniffer")]
mod copy;
#[cfg(feature = "sniffer")]
mod counts;
#[cfg(feature = "sniffer")]
pub mod display;
#[cfg(unix)]
pub mod ending;
#[cfg(not(unix))]
#[path = "ending_elsewhere.rs"]
pub mod ending;
#[cfg(feature = "sniffer")]
pub mod explaining;
#[cfg(feature = "sniffer")]
pub mod exports;
#[cfg(all(feature = "sniffer", unix))]
pub mod extcap;
#[cfg(feature = "sniffer")]
pub mod file;
#[cfg(feature = "sniffer")]
mod flushing;
#[cfg(feature = "sniffer")]
pub mod following;
#[cfg(feature = "sniffer")]
mod interface_names;
#[cfg(feature = "sniffer")]
pub mod interfaces;
#[cfg(feature = "sniffer")]
pub mod json_trailer;
#[cfg(feature = "sniffer")]
pub mod live;
pub mod logging;
#[cfg(feature = "sniffer")]
pub mod observed;
#[cfg(feature = "sniffer")]
mod opening;
#[cfg(feature = "sniffer")]
pub mod other_end;
pub mod outcome;
#[cfg(feature = "sniffer")]
mod pool;
#[cfg(feature = "sniffer")]
mod printing;
pub mod program;
#[cfg(feature = "sniffer")]
pub mod progress;
#[cfg(feature = "sniffer")]
pub mod provenance;
#[cfg(feature = "sniffer")]
mod recording;
pub mod rights;
#[cfg(feature = "sniffer")]
pub mod rotation;
pub mod say;
#[cfg(feature = "sniffer")]
pub mod selection;
#[cfg(feature = "sniffer")]
mod series;
#[cfg(feature = "sniffer")]
pub mod settings;
#[cfg(feature = "sniffer")]
pub mod source;
pub mod stdout;
#[cfg(feature = "sniffer")]
pub mod write;
