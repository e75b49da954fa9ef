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
//! A capture shows what an end sends, and what it may have received. What it sends moves it at once; what it receives, only when
//! it sends what it could not send without.

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
    /// A RST comes.
    ReceiveRst,
}

impl TcpEvent {
    /// Every event.
    #[cfg(test)]
    pub(in crate::flow) const ALL: [Self; 14] = [
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

        (S::SynReceived, E::ReceiveAckOfSyn | E::ReceiveSynAck) => S::Established,
        (S::SynReceived | S::Established, E::SendFin) => S::FinWait1,
        (S::SynReceived | S::Established, E::ReceiveFin | E::SendAckOfFin) => S::CloseWait,
        (S::SynReceived | S::Established, E::SendFinAndAckOfFin) => S::LastAck,

        (S::FinWait1, E::ReceiveAckOfFin) => S::FinWait2,
        (S::FinWait1, E::ReceiveFin | E::SendAckOfFin | E::SendFinAndAckOfFin) => S::Closing,
        (S::FinWait2, E::ReceiveFin | E::SendAckOfFin) => S::TimeWait,

        (S::CloseWait, E::SendFinAndAckOfFin) => S::LastAck,

        (S::Closing, E::ReceiveAckOfFin) => S::TimeWait,
        (S::LastAck, E::ReceiveAckOfFin) => S::Closed,

        // The capture began later, or a program made the SYN by itself.
        (S::Unknown, E::SendData | E::SendAckOfSyn) => S::Established,
        (S::Unknown, E::SendFin) => S::FinWait1,
        (S::Unknown, E::SendFinAndAckOfFin) => S::LastAck,
        (S::Unknown, E::ReceiveFin | E::SendAckOfFin) => S::CloseWait,
        (S::Unknown, E::ReceiveSyn) => S::SynReceived,
        (S::Unknown, E::ReceiveSynAck) => S::Established,

        (unmoved, _) => unmoved,
    }
}

impl ObservedState {
    /// What it is after an event that a segment of this end proves.
    pub(in crate::flow) fn after(self, event: TcpEvent) -> Self {
        let state = next(self.state, event);
        let opens = matches!(event, TcpEvent::SendSyn | TcpEvent::SendSynAck);
        if opens && !self.inferred && state < self.state {
            // It comes late: what the end has shown since is not taken back.
            return self;
        }
        let inferred = match event {
            TcpEvent::SendSyn | TcpEvent::SendSynAck => false,
            _ if self.state == State::Unknown => true,
            // Whether the other end had closed before the capture began, it does not show.
            TcpEvent::SendFin => self.inferred,
            _ => self.inferred && state == self.state,
        };
        Self {
            state,
            inferred,
            if_received: None,
        }
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
    fn what_was_shown_is_not_taken_back() {
        let late = ObservedState::fact(State::Established).after(TcpEvent::SendSyn);
        assert_eq!(late, ObservedState::fact(State::Established));
        let again = ObservedState::deduced(State::Established).after(TcpEvent::SendSyn);
        assert_eq!(again, ObservedState::fact(State::SynSent));
        let repeated = ObservedState::fact(State::FinWait2).after(TcpEvent::SendFin);
        assert_eq!(repeated, ObservedState::fact(State::FinWait2));
    }

    #[test]
    fn what_the_capture_did_not_see_begin_is_deduced() {
        let unknown = ObservedState::deduced(State::Unknown);
        let talks = unknown.after(TcpEvent::SendData);
        assert_eq!(talks, ObservedState::deduced(State::Established));
        assert_eq!(
            talks.after(TcpEvent::SendFin),
            ObservedState::deduced(State::FinWait1),
            "perhaps LAST-ACK: the other end's FIN may be older than the capture"
        );
        assert_eq!(
            talks.after(TcpEvent::SendAckOfFin),
            ObservedState::fact(State::CloseWait),
            "its own FIN would have come before"
        );
        assert_eq!(
            unknown.after(TcpEvent::SendSynAck),
            ObservedState::fact(State::SynReceived)
        );
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
            (S::FinWait2, E::ReceiveFin, S::TimeWait),
            (S::Closing, E::ReceiveAckOfFin, S::TimeWait),
            (S::CloseWait, E::SendFinAndAckOfFin, S::LastAck),
            (S::LastAck, E::ReceiveAckOfFin, S::Closed),
        ] {
            assert_eq!(next(from, event), to, "{from} {event:?}");
        }
    }
}
