//! Socket calls and packets in one order.
//!
//! A program says when it entered a call and when the call returned, by its own clock; a capture says when the kernel saw
//! each packet. Most often the two agree. Where they do not, for a coarse or a foreign clock, the order of cause and effect
//! decides, and the entry carries a [`Mark`] that says so.
//!
//! 1. [`Logs`] takes the calls as they are read from call logs, and hands out those of one conversation: [`Claimed`].
//! 2. `stream` and `causes` find which call caused which packet, and which packet a call waited for.
//! 3. [`Timeline::of`] puts both in one order.
#![forbid(unsafe_code)]

mod causes;
mod claim;
mod logs;
mod order;
mod skew;
#[cfg(test)]
pub(crate) mod stories;
mod stream;
#[cfg(test)]
mod tests;

pub use claim::Claimed;
pub use logs::Logs;
pub use order::{Entry, Link, Mark, Timeline, What};
pub use skew::Skew;

use crate::calls::Call;
use crate::flow::{Party, Step};
use crate::frame::Time;
use crate::wire::tcp::Flags;

/// A packet of a conversation, without its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// When the capture saw it.
    pub time: Option<Time>,
    /// The flags, of a TCP segment.
    pub flags: Option<Flags>,
    /// Its place in the conversation.
    pub step: Step,
}

/// A call of a conversation, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Who called.
    pub party: Party,
    /// The call.
    pub call: Call,
}

impl Placed {
    /// When it was entered, in nanoseconds since 1970, by the program's clock.
    fn entered(&self) -> i64 {
        self.call.entered.timestamp_nanos_opt().unwrap_or(i64::MAX)
    }

    /// When it had returned. A clock that was set back meanwhile does not make it return before it was entered.
    fn returned(&self) -> i64 {
        let returned = self.call.returned.timestamp_nanos_opt().unwrap_or(i64::MAX);
        if returned < self.entered() {
            let duration = i64::try_from(self.call.duration_ns).unwrap_or(i64::MAX);
            self.entered().saturating_add(duration)
        } else {
            returned
        }
    }

    /// The clock that its times were read from: a process has one.
    fn clock(&self) -> skew::Clock {
        (self.call.program, self.call.pid)
    }
}
