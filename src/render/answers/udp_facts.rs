//! What the questions need of UDP datagrams.

use std::net::SocketAddr;

use super::exchange_facts::ExchangeFacts;
use crate::flow::datagram::{DatagramPart, IcmpErrorKind, Notice, Reply};
use crate::flow::{PacketInFlow, Party};
use crate::render::proof::Proof;
use crate::wire::{Packet, Protocol};
use crate::wire::{ipv4, ipv6, udp};

/// This many bytes of data are quoted.
const QUOTED: usize = 64;
/// This many requests are kept until there is a reply.
const ASKED: usize = 8;

/// UDP datagrams between two sockets.
#[derive(Debug, Clone)]
pub(super) struct UdpFacts {
    pub(super) conversation: u64,
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) packets: u64,
    pub(super) first: DatagramFacts,
    /// A reply.
    pub(super) answer: Option<AnswerFacts>,
    /// The latest requests, the first one too, until there is a reply.
    asked: Vec<DatagramFacts>,
    /// The requests and their replies.
    pub(super) exchange: ExchangeFacts,
    /// The longest data, and the packet that carries them.
    pub(super) longest: (usize, u64),
    /// The first ICMP error about it: the packet, and what it says.
    pub(super) notice: Option<(u64, IcmpErrorKind)>,
}

/// The first datagram from the other end.
#[derive(Debug, Clone)]
pub(super) struct AnswerFacts {
    pub(super) reply: DatagramFacts,
    /// The request that it answers, how that is known, and nanoseconds since then; `None` where it is unknown which one.
    pub(super) request: Option<(DatagramFacts, Reply)>,
}

/// One datagram.
#[derive(Debug, Clone)]
pub(super) struct DatagramFacts {
    pub(super) number: u64,
    pub(super) sender: Party,
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    /// The header's fields.
    pub(super) fields: Vec<Proof>,
    /// The field of the IP header that says what follows.
    pub(super) protocol: Option<Proof>,
    pub(super) data: Option<Proof>,
    /// Data bytes, by the length fields.
    pub(super) length: usize,
    /// The first captured bytes of the data.
    pub(super) quoted: Vec<u8>,
}

impl DatagramFacts {
    fn of(number: u64, packet: &Packet<'_>, in_flow: &PacketInFlow, length: usize) -> Self {
        let ids = [udp::id::SRCPORT, udp::id::DSTPORT, udp::id::LENGTH, udp::id::CHECKSUM];
        let fields = ids.into_iter();
        let bytes = packet.payload().bytes;
        Self {
            number,
            sender: in_flow.sender,
            from: in_flow.end(in_flow.sender),
            to: in_flow.end(in_flow.sender.other()),
            fields: fields
                .filter_map(|id| Proof::of(number, packet, Protocol::Udp, id))
                .collect(),
            protocol: protocol(number, packet),
            data: Proof::data(number, packet, length),
            length,
            quoted: bytes.get(..length.min(QUOTED)).unwrap_or(bytes).to_vec(),
        }
    }

    /// The field of this name.
    pub(super) fn field(&self, id: &str) -> Option<&Proof> {
        self.fields.iter().find(|proof| proof.id == id)
    }
}

/// Where the header before says that UDP follows: in IPv6 an extension header may be in between.
fn protocol(number: u64, packet: &Packet<'_>) -> Option<Proof> {
    let four = Proof::of(number, packet, Protocol::Ipv4, ipv4::id::PROTO);
    four.or_else(|| Proof::of(number, packet, Protocol::Ipv6, ipv6::id::NXT))
        .filter(|proof| proof.raw == [17])
}

impl UdpFacts {
    /// A conversation's first datagram; `None` for anything else.
    pub(super) fn new(number: u64, packet: &Packet<'_>, in_flow: &PacketInFlow) -> Option<Self> {
        let length = in_flow.datagram()?.length;
        Some(Self {
            conversation: in_flow.conversation,
            client: in_flow.client,
            server: in_flow.server,
            packets: 0,
            first: DatagramFacts::of(number, packet, in_flow, length),
            answer: None,
            asked: Vec::new(),
            exchange: ExchangeFacts::default(),
            longest: (length, number),
            notice: None,
        })
    }

    /// Takes a datagram of it, the first one too.
    pub(super) fn take(&mut self, number: u64, packet: &Packet<'_>, in_flow: &PacketInFlow) {
        self.packets += 1;
        let Some(datagram) = in_flow.datagram() else {
            return;
        };
        if datagram.length > self.longest.0 {
            self.longest = (datagram.length, number);
        }
        self.exchange.take(number, datagram.part);
        if self.answer.is_some() {
            return;
        }
        let facts = DatagramFacts::of(number, packet, in_flow, datagram.length);
        if in_flow.sender == self.first.sender {
            if self.asked.len() >= ASKED {
                self.asked.remove(0);
            }
            self.asked.push(facts);
            return;
        }
        let asked = std::mem::take(&mut self.asked);
        let request = match datagram.part {
            DatagramPart::Reply(reply) => {
                let request = asked.into_iter().find(|asked| asked.number == reply.request);
                request.map(|request| (request, reply))
            }
            _ => None,
        };
        self.answer = Some(AnswerFacts { reply: facts, request });
    }

    /// Takes an ICMP error about it.
    pub(super) fn notice(&mut self, number: u64, notice: &Notice) {
        self.packets += 1;
        self.notice = self.notice.or(Some((number, notice.says)));
        self.exchange.refuse(notice);
    }

    /// How well the questions can be answered from it: with a reply, or without.
    pub(super) fn rank(&self) -> u8 {
        u8::from(self.answer.is_some())
    }
}
