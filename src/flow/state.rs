//! The states of a connection's end. RFC 9293 section 3.3.2

pub(super) mod table;

use std::fmt;

/// A state of one end of a connection, as RFC 9293 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// No connection.
    Closed,
    /// Waiting for a connection to be asked for. Of the server's end this is told by its answer only.
    Listen,
    /// Has asked for a connection.
    SynSent,
    /// Has been asked, and has answered.
    SynReceived,
    /// Open: data go both ways.
    Established,
    /// Has asked to close.
    FinWait1,
    /// The same, and its FIN has been acknowledged.
    FinWait2,
    /// The other end has closed, this one has not yet.
    CloseWait,
    /// Both have asked at once, and this end's FIN is not acknowledged yet.
    Closing,
    /// Has asked to close as the second one.
    LastAck,
    /// All is done; lets late segments die.
    TimeWait,
    /// The capture began after this end had left the states that a beginning shows.
    Unknown,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 12] = [
        Self::Closed,
        Self::Listen,
        Self::SynSent,
        Self::SynReceived,
        Self::Established,
        Self::FinWait1,
        Self::FinWait2,
        Self::CloseWait,
        Self::Closing,
        Self::LastAck,
        Self::TimeWait,
        Self::Unknown,
    ];

    /// Its name in the RFC; `?` for [`State::Unknown`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
            Self::Unknown => "?",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A state, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedState {
    /// The state.
    pub state: State,
    /// Is it inferred? Known is what this end itself has sent: a SYN, a FIN, an acknowledgment. Inferred is what a segment
    /// does to its receiver as long as the receiver has not answered it, since a segment that was captured can still be lost.
    pub inferred: bool,
}

/// What a packet changes for one end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The state before the packet.
    pub before: ObservedState,
    /// The state after it.
    pub after: ObservedState,
}

impl Change {
    /// Does the packet lead to another state?
    #[must_use]
    pub fn is_change(self) -> bool {
        self.before.state != self.after.state
    }
}
