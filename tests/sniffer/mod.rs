//! The whole program `sniffer`: what it prints, what it records, how it ends.
//!
//! - `stage`: namespaces, started sniffers, judges;
//! - `frames`: frames and capture files, byte by byte;
//! - `traffic`: real traffic, captured live; `ends`: how a live capture ends; `losses`: what could not be kept;
//! - `stuck`, `stuck_live`, `silent_disk`: the end while a call does not return; `replacing`: what becomes of older files;
//!   `counts`: SIGUSR1;
//! - `exports`: what a live capture writes at its end;
//! - `faults`: what the system's calls may say meanwhile;
//! - `devices`: what happens to the interface meanwhile; `extcap`: as Wireshark starts it;
//! - `bounds`: what is bounded, refused or cut, and the words for it; `limits`: the shell's limits and settings;
//! - `escapes`: what comes from outside shows itself and does nothing else; `hostile`: texts to try; `invariants`: how that is
//!   judged;
//! - `files`: capture files; `progress`: how far a long read has come; `troubles`: what is refused, and in which words;
//! - `views`: what a packet looks like; `ladders`: what a conversation looks like, with the programs' calls;
//! - `privileges`: who may capture, and who owns what comes of it; `sudo`: the same under the real sudo, and in folders that
//!   others may write to; `rights`: which rights each program has at which moment;
//!   `lent`: what others can do to a program that has its rights from sudo.
#![cfg(all(feature = "sniffer", target_os = "linux"))]

#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;

#[cfg(test)]
mod bounds;
#[cfg(test)]
mod counts;
#[cfg(test)]
mod devices;
#[cfg(test)]
mod ends;
#[cfg(test)]
mod escapes;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod extcap;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod files;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod frames;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod hostile;
#[cfg(test)]
#[path = "../robustness/invariants"]
#[allow(
    dead_code,
    unreachable_pub,
    reason = "shared with another test, which uses all of it"
)]
mod invariants {
    pub mod page;
    pub mod unicode;
}
#[cfg(test)]
mod ladders;
#[cfg(test)]
mod lent;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod losses;
#[cfg(test)]
mod privileges;
#[cfg(test)]
mod progress;
#[cfg(test)]
mod replacing;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod rights;
#[cfg(test)]
mod silent_disk;
#[cfg(test)]
#[allow(unreachable_pub, reason = "shared by the modules of this test alone")]
mod stage;
#[cfg(test)]
mod stuck;
#[cfg(test)]
mod stuck_live;
#[cfg(test)]
mod sudo;
#[cfg(test)]
mod traffic;
#[cfg(test)]
mod troubles;
#[cfg(test)]
mod views;
