//! The whole program `socket-lab`: each run, what it prints, what it records, how it ends.
//!
//! - `stage`: starting it, as root and as nobody, and the judges;
//! - `runs`: every run, judged by tshark;
//! - `overview`: the one screen of the first command; `story`: what is told with --view story; `files`: where the files go, and what is refused;
//! - `networks`: what becomes of it where the system refuses a network, or a capture; `ends`: how it ends;
//! - `processes`: the programs that it starts;
//! - `stuck`: how it ends, and how the four programs end, while a call does not return.

mod ends;
mod files;
mod hosts;
mod networks;
mod overview;
pub mod processes;
mod runs;
pub mod stage;
mod story;
mod stuck;
