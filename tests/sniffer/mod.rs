//! The whole program `sniffer`: what it prints, what it records, how it ends.
//!
//! - `stage`: namespaces, started sniffers, judges;
//! - `frames`: frames and capture files, byte by byte;
//! - `traffic`: real traffic, captured live, `at_once`: not when a buffer is full; `ends`, `full_disk`: how a live capture ends;
//!   `losses`: what could not be kept;
//! - `stuck`, `stuck_live`, `silent_disk`: the end while a call does not return; `replacing`: what becomes of older files;
//!   `counts`: SIGUSR1;
//! - `exports`: what a live capture writes at its end; `together`: several outputs of one run;
//! - `faults`: what the system's calls may say meanwhile;
//! - `devices`: what happens to the interface meanwhile; `extcap`, `extcap_pipe`: as Wireshark starts it;
//! - `bounds`: what is bounded, refused or cut, and the words for it; `limits`: the shell's limits and settings;
//! - `escapes`: what comes from outside shows itself and does nothing else; `hostile`: texts to try;
//! - `files`: capture files; `progress`: how far a long read has come; `troubles`: what is refused, and in which words;
//! - `views`: what a packet looks like; `ladders`: what a conversation looks like, `ladder_calls`: with the programs' calls;
//! - `privileges`: who may capture, and who owns what comes of it; `sudo`: the same under the real sudo, and in folders that
//!   others may write to; `rights`: which rights each program has at which moment;
//!   `lent`: what others can do to a program that has its rights from sudo.

mod at_once;
mod bounds;
mod counts;
mod devices;
mod ends;
mod escapes;
mod exports;
mod extcap;
mod extcap_pipe;
mod faults;
mod files;
pub(crate) mod frames;
mod full_disk;
mod hostile;
mod ladder_calls;
mod ladders;
mod lent;
mod limits;
mod losses;
mod nothing;
mod privileges;
mod progress;
mod replacing;
mod rights;
mod rotation;
mod several;
mod silent_disk;
mod stage;
mod stuck;
mod stuck_live;
mod sudo;
mod together;
mod traffic;
mod troubles;
mod typed;
mod views;
