//! What a window means in bytes. RFC 7323 section 2

use super::Tcp;
use crate::flow::party::Party;
use crate::flow::segment::{Scale, Window};
use crate::flow::stream::{Stream, StreamFlag};

/// The longest segment of an Ethernet, where the receiver did not say what it takes.
const USUAL_MSS: u16 = 1460;

impl Tcp {
    /// How the windows of this party are scaled.
    pub(super) fn scale(&self, party: Party, of_syn: bool) -> Scale {
        let (own, other) = (self.stream(party), self.stream(party.other()));
        let offers = |stream: &Stream| {
            stream
                .is(StreamFlag::SynSeen)
                .then(|| stream.is(StreamFlag::ScaleOffered))
        };
        match (of_syn, offers(own), offers(other)) {
            (true, _, _) => Scale::OfSyn,
            (_, Some(false), _) | (_, _, Some(false)) => Scale::NotOffered,
            (_, Some(true), Some(true)) => Scale::Shift(own.shift),
            _ => Scale::NotCaptured,
        }
    }

    /// The last window of this party in bytes, where its scale is known.
    pub(super) fn window_of(&self, party: Party) -> Option<u64> {
        let stream = self.stream(party);
        // Until its SYN is acknowledged there was no other window than the SYN's.
        let of_syn = stream.is(StreamFlag::SynSeen) && stream.next() <= 1 && stream.smallest_window().is_none();
        let window = Window {
            raw: stream.window,
            scale: self.scale(party, of_syn),
        };
        window.bytes().filter(|_| stream.is(StreamFlag::Sent))
    }

    /// Is the window of this party closed?
    pub(super) fn is_full(&self, party: Party) -> bool {
        let stream = self.stream(party);
        stream.is(StreamFlag::Sent) && stream.window == 0 && !stream.is(StreamFlag::FinSeen)
    }

    /// How many bytes this party may send before the other end's window is full, where that is known.
    pub(super) fn room(&self, sender: Party) -> Option<u64> {
        let window = self.window_of(sender.other())?;
        let in_flight = self.stream(sender).in_flight().unwrap_or(0);
        Some(window.saturating_sub(in_flight))
    }

    /// The most data in one segment of this party: what the other end takes (RFC 9293 section 3.7.1).
    pub(super) fn longest(&self, sender: Party) -> u16 {
        match self.stream(sender.other()).mss {
            0 => USUAL_MSS,
            mss => mss,
        }
    }
}
