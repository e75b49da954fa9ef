//! The states of a connection's end. RFC 9293 section 3.3.2

pub(super) mod table;

use std::fmt;

/// A state of one end of a connection, as RFC 9293 names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// No connection.
    Closed,
    /// Waiting for a connection to be asked for. Of the server's end only its answer shows this.
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

/// What is known of the state of an end.
///
/// A segment that was captured can still be lost, or wait behind a gap: it leads its receiver to another state only when it arrives
/// (RFC 9293 section 3.10.7.4). So the state is the last one that the end's own segments show, and what is under way to it is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedState {
    /// The last state that this end has shown by what it sent.
    pub state: State,
    /// Is it inferred? Then no segment of this end proves it: it is the one that fits what was captured, which began later.
    pub inferred: bool,
    /// The state when all that was captured on its way to this end has arrived; `None` if it is the same.
    pub if_received: Option<State>,
}

impl ObservedState {
    /// A state that the end's own segments prove.
    #[must_use]
    pub const fn fact(state: State) -> Self {
        Self {
            state,
            inferred: false,
            if_received: None,
        }
    }

    /// A state that is deduced.
    #[must_use]
    pub const fn deduced(state: State) -> Self {
        Self {
            state,
            inferred: true,
            if_received: None,
        }
    }

    /// The state when all that is under way to the end has arrived.
    #[must_use]
    pub const fn when_received(self) -> State {
        match self.if_received {
            Some(state) => state,
            None => self.state,
        }
    }

    /// The state now, where there is only one; [`State::Unknown`] where something is under way that leads to another.
    #[must_use]
    pub const fn known(self) -> State {
        match self.if_received {
            Some(_) => State::Unknown,
            None => self.state,
        }
    }

    /// The last state that was shown, and the one to which all leads that is under way to the end.
    #[must_use]
    pub fn one_of(self) -> Option<[State; 2]> {
        self.if_received.map(|state| [self.state, state])
    }

    /// How [`Self::known`] is known.
    #[must_use]
    pub const fn certainty(self) -> Certainty {
        match (self.known(), self.inferred) {
            (State::Unknown, _) => Certainty::Unknown,
            (_, true) => Certainty::Deduced,
            (_, false) => Certainty::Fact,
        }
    }
}

/// How a state is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// What the end itself sent proves it.
    Fact,
    /// It fits what was captured.
    Deduced,
    /// It is not known.
    Unknown,
}

impl Certainty {
    /// Its stable name: `fact`, `deduced`, `unknown`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Deduced => "deduced",
            Self::Unknown => "unknown",
        }
    }
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
    /// Does the packet show another state?
    #[must_use]
    pub fn is_change(self) -> bool {
        self.before.state != self.after.state
    }

    /// The state to which the packet leads its receiver when it arrives.
    #[must_use]
    pub fn leads_to(self) -> Option<State> {
        self.after
            .if_received
            .filter(|&state| self.before.when_received() != state)
    }
}
