//! What a wire does to frames: a small language.
//!
//! ```text
//! rules   = rule, { (";" | line end), rule }        "#" begins a comment, to the end of the line
//! rule    = setting | action
//! setting = ("delay" | "jitter"), time, [end]
//!         | "rate", bits, [end]                      such as 20Mbit, in a second
//!         | ("queue" | "mtu"), number, [end]         frames; bytes of a packet
//! action  = what, [end], kind, [which], [sending], [chance]
//! what    = "lose" | "corrupt" | "repeat", [time] | "hold", time
//! end     = "client" | "server"                      who sends; without it both
//! kind    = "frame" | "segment" | "syn" | "syn-ack" | "ack" | "data" | "fin" | "rst" | "datagram" | "fragment" | "icmp" | "arp"
//! which   = number | number, "-", number | "until", number | "every", number
//! sending = "time", number | "always"                of a data segment
//! chance  = number, "%"
//! ```
//!
//! `lose client data 3` loses the third data segment of the client when it is sent for the first time; `time 2` the second time,
//! `always` each time. `until 3`: those before the third. Every rule that fits a frame is applied, in their order; a frame that is
//! lost is past the others. Nothing depends on time, so the same programs are met by the same losses.

mod decide;
mod error;
mod parse;
mod rule;

pub use self::decide::{Copy, Decision, RuleState};
pub use self::error::RuleError;
pub use self::rule::{Action, Effect, Numbers, Rule, Rules, Sending, Which};

#[cfg(test)]
mod tests;
