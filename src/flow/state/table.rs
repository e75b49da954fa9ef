//! The table: a state and what happens give the next state. RFC 9293 section 3.3.2, figure 5, as far as the wire shows it:
//!
//! ```text
//!                                +---------+
//!                                | CLOSED  |<--------------------------------+
//!                                +---------+                                 |
//!             passive open        |       |   sends SYN                      |
//!             (not on the wire)   |       |                                  |
//!                                 v       v                                  |
//!   receives RST  +--------+-----------+ +----------+  receives RST          |
//!       +-------->| LISTEN |             | SYN-SENT |----------------------->+
//!       |         +--------+             +----------+                        |
//!       |   receives SYN |                |        | receives SYN-ACK        |
//!       |   sends SYN-ACK|   receives SYN |        | sends ACK               |
//!       |                v                |        |                         |
//!       |         +--------------+        |        |                         |
//!       +---------| SYN-RECEIVED |<-------+        |                         |
//!                 +--------------+                 |                         |
//!                        | receives ACK of SYN     |                         |
//!                        v                         v                         |
//!                 +-------------------------------------+  RST, either way   |
//!                 |             ESTABLISHED             |------------------->+
//!                 +-------------------------------------+                    |
//!                    | sends FIN            | receives FIN                   |
//!                    v                      v                                |
//!             +------------+            +------------+                       |
//!        +----| FIN-WAIT-1 |----+       | CLOSE-WAIT |                       |
//!        |    +------------+    |       +------------+                       |
//!        | receives             | receives    | sends FIN                    |
//!        | ACK of FIN           | FIN         v                              |
//!        v                      v       +------------+  receives ACK of FIN  |
//!   +------------+       +----------+   |  LAST-ACK  |---------------------->+
//!   | FIN-WAIT-2 |       | CLOSING  |   +------------+                       |
//!   +------------+       +----------+                                        |
//!        | receives FIN         | receives ACK of FIN                        |
//!        v                      v                                            |
//!   +-----------------------------------+   two maximum segment lifetimes    |
//!   |             TIME-WAIT             |----------------------------------->+
//!   +-----------------------------------+   (a timer: not on the wire)
//! ```
//!
//! A capture shows what an end sends, and what it may have received. So the table also has what proves that something was not
//! received: an end that repeats its SYN is in SYN-SENT, whatever was sent to it.

use super::{ObservedState, State};

/// What happens to one end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum TcpEvent {
    /// It sends a SYN.
    SendSyn,
    /// It sends a SYN-ACK.
    SendSynAck,
    /// It sends a segment that acknowledges the other end's SYN, and has none of its own: any later segment does.
    SendAckOfSyn,
    /// It sends data.
    SendData,
    /// It sends a FIN, which does not acknowledge one.
    SendFin,
    /// It acknowledges the other end's FIN.
    SendAckOfFin,
    /// It sends a FIN that acknowledges the other end's.
    SendFinAndAckOfFin,
    /// It sends a RST.
    SendRst,
    /// The other end's SYN comes.
    ReceiveSyn,
    /// The other end's SYN comes, with the acknowledgment of its own.
    ReceiveSynAck,
    /// Its SYN is acknowledged.
    ReceiveAckOfSyn,
    /// The other end's FIN comes.
    ReceiveFin,
    /// Its FIN is acknowledged.
    ReceiveAckOfFin,
    /// The other end's FIN comes, with the acknowledgment of its own.
    ReceiveFinAndAckOfFin,
    /// A RST comes.
    ReceiveRst,
}

impl TcpEvent {
    /// Every event.
    #[cfg(test)]
    pub(in crate::flow) const ALL: [Self; 15] = [
        Self::SendSyn,
        Self::SendSynAck,
        Self::SendAckOfSyn,
        Self::SendData,
        Self::SendFin,
        Self::SendAckOfFin,
        Self::SendFinAndAckOfFin,
        Self::SendRst,
        Self::ReceiveSyn,
        Self::ReceiveSynAck,
        Self::ReceiveAckOfSyn,
        Self::ReceiveFin,
        Self::ReceiveAckOfFin,
        Self::ReceiveFinAndAckOfFin,
        Self::ReceiveRst,
    ];
}

/// The state after the event. What means nothing in a state leaves it.
#[expect(clippy::match_same_arms, reason = "the rows stand by the state before")]
pub(in crate::flow) const fn next(state: State, event: TcpEvent) -> State {
    use State as S;
    use TcpEvent as E;
    match (state, event) {
        // Whatever was believed: who opens, opens.
        (_, E::SendSynAck) => S::SynReceived,
        (_, E::SendSyn) => S::SynSent,

        // RFC 9293 section 3.10.7.4: a passive open goes back to LISTEN.
        (S::SynReceived | S::Listen, E::ReceiveRst) => S::Listen,
        (_, E::SendRst | E::ReceiveRst) => S::Closed,

        (S::Listen, E::ReceiveSyn) => S::SynReceived,

        (S::SynSent, E::ReceiveSyn) => S::SynReceived,
        (S::SynSent, E::ReceiveSynAck | E::SendAckOfSyn) => S::Established,

        (S::SynReceived, E::ReceiveAckOfSyn | E::ReceiveSynAck | E::SendData) => S::Established,
        (S::SynReceived | S::Established, E::SendFin) => S::FinWait1,
        (S::SynReceived | S::Established, E::ReceiveFin | E::SendAckOfFin) => S::CloseWait,
        (S::SynReceived | S::Established, E::SendFinAndAckOfFin) => S::LastAck,

        (S::FinWait1, E::ReceiveAckOfFin) => S::FinWait2,
        (S::FinWait1, E::ReceiveFin | E::SendAckOfFin | E::SendFinAndAckOfFin) => S::Closing,
        (S::FinWait1 | S::FinWait2, E::ReceiveFinAndAckOfFin) => S::TimeWait,
        (S::FinWait2, E::ReceiveFin | E::SendAckOfFin) => S::TimeWait,

        // It did not wait for the other's FIN, or has not got it.
        (S::CloseWait, E::SendFin) => S::FinWait1,
        (S::CloseWait, E::SendFinAndAckOfFin) => S::LastAck,

        (S::Closing, E::ReceiveAckOfFin | E::ReceiveFinAndAckOfFin) => S::TimeWait,
        (S::LastAck, E::ReceiveAckOfFin | E::ReceiveFinAndAckOfFin) => S::Closed,

        // It repeats its FIN: the acknowledgment has not come.
        (S::FinWait2 | S::Closing, E::SendFin) => S::FinWait1,
        (S::FinWait2 | S::TimeWait, E::SendFinAndAckOfFin) => S::Closing,
        (S::TimeWait, E::SendFin) => S::FinWait1,
        (S::Closed, E::SendFinAndAckOfFin) => S::LastAck,

        // The capture began later.
        (S::Unknown, E::SendData) => S::Established,
        (S::Unknown, E::SendFin) => S::FinWait1,
        (S::Unknown, E::SendFinAndAckOfFin) => S::LastAck,
        (S::Unknown, E::ReceiveFin | E::SendAckOfFin) => S::CloseWait,
        (S::Unknown, E::ReceiveSyn) => S::SynReceived,
        (S::Unknown, E::ReceiveSynAck) => S::Established,

        (unmoved, _) => unmoved,
    }
}

impl ObservedState {
    /// What it is after the event.
    pub(in crate::flow) fn after(self, event: TcpEvent) -> Self {
        let state = next(self.state, event);
        let opens_or_closes = matches!(
            event,
            TcpEvent::SendSyn | TcpEvent::SendSynAck | TcpEvent::SendFin | TcpEvent::SendFinAndAckOfFin
        );
        if opens_or_closes && !self.inferred && state < self.state {
            // It comes late: what the end has shown since is not taken back. What was only inferred is.
            return self;
        }
        let was_unknown = self.state == State::Unknown;
        let inferred = match event {
            TcpEvent::SendAckOfSyn | TcpEvent::SendData => {
                let proven = state == State::Established && !was_unknown;
                if proven { false } else { self.inferred }
            }
            TcpEvent::SendAckOfFin => {
                let proven = matches!(state, State::CloseWait | State::Closing | State::TimeWait) && !was_unknown;
                if proven { false } else { self.inferred }
            }
            TcpEvent::SendFin | TcpEvent::SendFinAndAckOfFin => was_unknown,
            TcpEvent::SendSyn | TcpEvent::SendSynAck | TcpEvent::SendRst => false,
            _ => self.inferred || state != self.state,
        };
        Self { state, inferred }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::{TcpEvent, next};
    use crate::flow::state::{ObservedState, State};

    /// A row per event, a column per state; `.` where the state stays.
    fn table() -> String {
        let mut text = format!("{:22}", "event \\ state");
        for state in State::ALL {
            write!(text, " {:>12}", state.name()).unwrap();
        }
        for event in TcpEvent::ALL {
            write!(text, "\n{:22}", format!("{event:?}")).unwrap();
            for state in State::ALL {
                let after = next(state, event);
                let shown = if after == state { "." } else { after.name() };
                write!(text, " {shown:>12}").unwrap();
            }
        }
        text
    }

    #[test]
    fn every_state_and_every_event() {
        let golden = include_str!("table.txt").trim_end();
        let table = table();
        assert!(table == golden, "the table is now:\n{table}");
    }

    #[test]
    fn what_was_only_inferred_is_taken_back_and_what_was_shown_is_not() {
        let observed_state = |state, inferred| ObservedState { state, inferred };
        let again = observed_state(State::Established, true).after(TcpEvent::SendSyn);
        assert_eq!(again, observed_state(State::SynSent, false));
        let late = observed_state(State::Established, false).after(TcpEvent::SendSyn);
        assert_eq!(late, observed_state(State::Established, false));
        let repeated = observed_state(State::FinWait2, true).after(TcpEvent::SendFin);
        assert_eq!(repeated, observed_state(State::FinWait1, false));
    }

    #[test]
    fn receiving_is_inferred_until_it_is_answered() {
        let observed_state = |state, inferred| ObservedState { state, inferred };
        let state = observed_state(State::Established, false).after(TcpEvent::ReceiveFin);
        assert_eq!(state, observed_state(State::CloseWait, true));
        assert_eq!(
            state.after(TcpEvent::SendAckOfSyn),
            state,
            "an acknowledgment of other things proves nothing"
        );
        assert_eq!(
            state.after(TcpEvent::SendAckOfFin),
            observed_state(State::CloseWait, false)
        );
        let unknown = observed_state(State::Unknown, true).after(TcpEvent::SendData);
        assert_eq!(unknown, observed_state(State::Established, true));
    }

    /// The drawing's arrows, one by one.
    #[test]
    fn the_arrows_of_the_rfc_are_in_the_table() {
        use State as S;
        use TcpEvent as E;
        for (from, event, to) in [
            (S::Listen, E::ReceiveSyn, S::SynReceived),
            (S::Closed, E::SendSyn, S::SynSent),
            (S::Listen, E::SendSyn, S::SynSent),
            (S::SynSent, E::ReceiveSyn, S::SynReceived),
            (S::SynSent, E::ReceiveSynAck, S::Established),
            (S::SynReceived, E::ReceiveAckOfSyn, S::Established),
            (S::SynReceived, E::ReceiveRst, S::Listen),
            (S::SynReceived, E::SendFin, S::FinWait1),
            (S::Established, E::SendFin, S::FinWait1),
            (S::Established, E::ReceiveFin, S::CloseWait),
            (S::FinWait1, E::ReceiveAckOfFin, S::FinWait2),
            (S::FinWait1, E::ReceiveFin, S::Closing),
            (S::FinWait1, E::ReceiveFinAndAckOfFin, S::TimeWait),
            (S::FinWait2, E::ReceiveFin, S::TimeWait),
            (S::Closing, E::ReceiveAckOfFin, S::TimeWait),
            (S::CloseWait, E::SendFinAndAckOfFin, S::LastAck),
            (S::LastAck, E::ReceiveAckOfFin, S::Closed),
        ] {
            assert_eq!(next(from, event), to, "{from} {event:?}");
        }
    }
}
