//! Replies that come from another address or port than the request went to: of a server with several addresses, of TFTP, whose server
//! answers from a new port (RFC 1350 section 4), of the members of a group (mDNS, SSDP).

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use super::content::Content;
use super::datagram::{Evidence, FromElsewhere};
use super::key::Key;
use super::packed_time::{CurrentPacket, PackedTime, PacketNumber};
use super::sent_datagram::NewDatagram;

/// This many requests are remembered: a reply from elsewhere comes soon or never.
const MOST: usize = 64;
/// A reply that only its addresses suggest comes within this many nanoseconds.
const SOON: i64 = 10_000_000_000;

/// The latest requests of all conversations.
#[derive(Debug, Default)]
pub(super) struct LatestRequests(VecDeque<AskedRequest>);

#[derive(Debug, Clone, Copy)]
struct AskedRequest {
    time: PackedTime,
    packet: PacketNumber,
    content: Content,
    from: SocketAddr,
    to: SocketAddr,
    key: Key,
}

impl AskedRequest {
    /// May a reply from here belong to it?
    fn suits(&self, source: SocketAddr) -> bool {
        let is_to_many = match self.to.ip() {
            IpAddr::V4(address) => address.is_multicast() || address.is_broadcast(),
            IpAddr::V6(address) => address.is_multicast(),
        };
        is_to_many || self.to.ip() == source.ip() || self.to.port() == source.port()
    }
}

impl LatestRequests {
    /// Takes note of a request.
    pub(super) fn add(&mut self, now: CurrentPacket, key: Key, (from, to): (SocketAddr, SocketAddr), content: Content) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(AskedRequest {
            time: now.time,
            packet: PacketNumber::new(now.number),
            content,
            from,
            to,
            key,
        });
    }

    /// The request that the first datagram from `source` to `destination` answers, and the conversation of that request.
    pub(super) fn answered_by(
        &self,
        now: CurrentPacket,
        (source, destination): (SocketAddr, SocketAddr),
        reply: NewDatagram<'_>,
    ) -> Option<(FromElsewhere, Key)> {
        let asked = || {
            self.0
                .iter()
                .rev()
                .filter(|request| request.from == destination && request.to != source)
        };
        let mut proved = asked().filter_map(|request| Some((request, reply.answers(request.content)?)));
        let (request, evidence) = if let (Some(only), None) = (proved.next(), proved.next()) {
            only
        } else {
            let soon = |request: &&AskedRequest| now.time.since(request.time).is_some_and(|after| after <= SOON);
            let is_possible =
                |request: &&AskedRequest| request.suits(source) && !reply.content.is_of_another(request.content);
            let request = asked().filter(soon).find(is_possible)?;
            (request, Evidence::ToAsker)
        };
        let answer = FromElsewhere {
            request: request.packet.whole(now.number),
            asked: request.to,
            after: now.time.since(request.time),
            evidence,
        };
        Some((answer, request.key))
    }
}
