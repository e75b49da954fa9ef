//! What is known of a connection as a whole.

use super::Tcp;
use crate::flow::conversation::{Connection, End};
use crate::flow::party::Party;
use crate::flow::segment::Window;
use crate::flow::stream::StreamFlag;

impl Tcp {
    fn end(&self, party: Party) -> End {
        let stream = self.stream(party);
        let smallest = stream.smallest_window().map(|raw| Window {
            raw,
            scale: self.scale(party, false),
        });
        End {
            observed_state: self.observed(party),
            start: stream.start(),
            mss: (stream.mss > 0).then_some(stream.mss),
            shift: stream.is(StreamFlag::ScaleOffered).then_some(stream.shift),
            sack_permitted: stream.is(StreamFlag::SackPermitted),
            acknowledged: stream.acknowledged(),
            smallest_window: smallest.and_then(Window::bytes),
        }
    }

    /// What can be said of it.
    pub(in crate::flow) fn connection(&self, retransmissions: u32) -> Connection {
        Connection {
            opening: self.opening,
            ending: self.ending,
            client: self.end(Party::Client),
            server: self.end(Party::Server),
            handshake_time: self.handshake.get(),
            handshake_round_trip: self.round_trip.get(),
            retransmissions: u64::from(retransmissions),
            is_challenged: self.client.is(StreamFlag::SynChallenged),
            reuses_ports: self.earlier.is_some(),
        }
    }
}
