//! How many requests over UDP have a reply, and the round trips.

use crate::flow::datagram::{DatagramPart, IcmpErrorKind, Notice, Reply};
use crate::flow::round_trips::RoundTrips;

/// This many pairs are listed.
const LISTED: usize = 8;
/// This many requests without a reply are remembered; later ones are counted.
const REMEMBERED: usize = 1024;

/// The requests and replies of a conversation.
#[derive(Debug, Clone, Default)]
pub(super) struct ExchangeFacts {
    pub(super) requests: u64,
    /// Replies, second ones not counted.
    pub(super) answered: u64,
    /// Those of them of which it is unknown which request they answer.
    pub(super) undecided: u64,
    /// Those of them of which that is deduced.
    pub(super) deduced: u64,
    /// Requests that an ICMP error is about.
    pub(super) refused: u64,
    /// The packets of requests without a reply, those left out of which one may have it.
    pub(super) without_reply: Vec<u64>,
    /// Requests of which some were answered, it is unknown which, and how many replies these are.
    open: Vec<u64>,
    open_replies: usize,
    /// The first pairs: the packet of the reply, and what is known of it.
    pub(super) pairs: Vec<(u64, Reply)>,
    pub(super) round_trips: Option<RoundTrips>,
}

impl ExchangeFacts {
    pub(super) fn take(&mut self, number: u64, part: DatagramPart) {
        match part {
            DatagramPart::Request { .. } => {
                self.requests += 1;
                if self.without_reply.len() < REMEMBERED {
                    self.without_reply.push(number);
                }
            }
            DatagramPart::Reply(reply) => self.pair(number, reply),
            DatagramPart::ReplyToOneOf(candidates) => {
                let packets = candidates.packets();
                let ends = (packets.first(), packets.last());
                let is_candidate = |request: &u64| Some(request) >= ends.0 && Some(request) <= ends.1;
                self.open
                    .extend(self.without_reply.iter().copied().filter(is_candidate));
                self.without_reply.retain(|request| !is_candidate(request));
                if self.open.is_empty() {
                    // Each of them has its reply: it is another one.
                    return;
                }
                self.answered += 1;
                self.undecided += 1;
                self.open_replies += 1;
                self.settle();
            }
            DatagramPart::ReplyFromElsewhere(_) | DatagramPart::Copy { .. } | DatagramPart::Unasked => {}
        }
    }

    /// As many replies as requests: each of these has its own, and what comes later is another one.
    fn settle(&mut self) {
        if self.open_replies >= self.open.len() {
            self.open.clear();
            self.open_replies = 0;
        }
    }

    fn pair(&mut self, number: u64, reply: Reply) {
        self.without_reply.retain(|&request| request != reply.request);
        self.open.retain(|&request| request != reply.request);
        self.settle();
        if reply.is_another {
            return;
        }
        self.answered += 1;
        self.deduced += u64::from(!reply.evidence.is_proof());
        if self.pairs.len() < LISTED {
            self.pairs.push((number, reply));
        }
        let trip = reply.after.and_then(|after| u64::try_from(after).ok());
        if let Some(trip) = trip {
            match &mut self.round_trips {
                Some(trips) => trips.add(trip),
                None => self.round_trips = Some(RoundTrips::of(trip)),
            }
        }
    }

    pub(super) fn refuse(&mut self, notice: &Notice) {
        // A copy counts once.
        if notice.says != IcmpErrorKind::Other && notice.copies.is_none() {
            self.refused += 1;
            self.without_reply.retain(|&request| Some(request) != notice.about);
        }
    }

    /// Requests for which no reply was captured.
    pub(super) const fn unanswered(&self) -> u64 {
        self.requests.saturating_sub(self.answered)
    }
}
