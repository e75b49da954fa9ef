//! The datagrams between two sockets.

use super::conversation::Exchange;
use super::datagram::{Datagram, DatagramPart};
use super::packed_time::{CurrentPacket, PackedTime, PacketNumber};
use super::party::Party;

/// Most requests that wait for a reply; beyond that the oldest are given up.
pub(super) const MOST: usize = 64;

/// A datagram, as far as a reply or an ICMP error may ask for it.
#[derive(Debug, Clone, Copy)]
struct SentDatagram {
    time: PackedTime,
    packet: PacketNumber,
    id: DatagramId,
}

/// What an ICMP error quotes that distinguishes one datagram from the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DatagramId {
    /// IPv4 identification; 0 over IPv6.
    pub(super) identification: u16,
    /// The length of the UDP header.
    pub(super) length: u16,
}

/// A conversation of UDP.
#[derive(Debug, Default)]
pub(super) struct Udp {
    /// Requests without reply, the oldest first. No memory of its own when there is none.
    waiting: Vec<SentDatagram>,
    /// The last datagram of the server.
    reply: Option<SentDatagram>,
    requests: u64,
    answered: u64,
    /// Requests that an ICMP error or the bound took off the list.
    given_up: u64,
    /// A datagram of which only the first fragment has come: who sent it, what identifies it, and its part.
    fragment: Option<(Party, DatagramId, DatagramPart)>,
}

impl Udp {
    /// What a datagram with `length` data bytes does.
    pub(super) fn follow(&mut self, sender: Party, now: CurrentPacket, length: usize, id: DatagramId) -> Datagram {
        let sent = SentDatagram {
            time: now.time,
            packet: PacketNumber::new(now.number),
            id,
        };
        let part = match sender {
            Party::Client => self.ask(sent),
            Party::Server => self.answer(sent, now),
        };
        self.fragment = None;
        Datagram { length, part }
    }

    /// Takes note that this datagram came as a fragment: the whole one may come later.
    pub(super) fn is_fragment(&mut self, sender: Party, id: DatagramId, datagram: Datagram) {
        self.fragment = Some((sender, id, datagram.part));
    }

    /// The part of a datagram that was put together from fragments, the first of which has been counted.
    pub(super) fn whole(&mut self, sender: Party, id: DatagramId) -> Option<DatagramPart> {
        let (from, fragment, part) = self.fragment?;
        (from == sender && fragment == id).then(|| {
            self.fragment = None;
            part
        })
    }

    fn ask(&mut self, sent: SentDatagram) -> DatagramPart {
        if self.waiting.len() >= MOST {
            self.waiting.remove(0);
            self.given_up += 1;
        }
        if self.waiting.capacity() == 0 {
            // Mostly there is one.
            self.waiting.reserve_exact(1);
        }
        self.waiting.push(sent);
        self.requests += 1;
        DatagramPart::Request { count: self.requests }
    }

    fn answer(&mut self, sent: SentDatagram, now: CurrentPacket) -> DatagramPart {
        self.reply = Some(sent);
        if self.waiting.is_empty() {
            return DatagramPart::Unasked;
        }
        let request = self.waiting.remove(0);
        self.free();
        self.answered += 1;
        DatagramPart::Reply {
            request: request.packet.whole(now.number),
            after: now.time.since(request.time),
        }
    }

    fn free(&mut self) {
        if self.waiting.is_empty() {
            self.waiting = Vec::new();
        }
    }

    /// The datagram of this party that an ICMP error is about. A request gets no reply then.
    pub(super) fn find_quoted(
        &mut self,
        sender: Party,
        now: CurrentPacket,
        id: DatagramId,
    ) -> Option<(u64, PackedTime)> {
        let found = match sender {
            Party::Client => {
                let place = self.waiting.iter().rposition(|sent| sent.id == id)?;
                self.given_up += 1;
                let sent = self.waiting.remove(place);
                self.free();
                sent
            }
            Party::Server => self.reply.filter(|sent| sent.id == id)?,
        };
        Some((found.packet.whole(now.number), found.time))
    }

    pub(super) fn exchange(&self) -> Exchange {
        Exchange {
            unanswered: self.waiting.len() as u64 + self.given_up,
            answered: self.answered,
        }
    }

    /// Has any request been answered?
    pub(super) const fn is_answered(&self) -> bool {
        self.answered > 0
    }
}
