//! What the questions need of UDP datagrams.

use std::net::SocketAddr;

use crate::flow::datagram::IcmpErrorKind;
use crate::flow::{PacketInFlow, Party};
use crate::frame::Time;
use crate::render::proof::Proof;
use crate::wire::{Packet, Protocol};
use crate::wire::{ipv4, ipv6, udp};

/// This many bytes of data are quoted.
const QUOTED: usize = 64;

/// UDP datagrams between two sockets.
#[derive(Debug, Clone)]
pub(super) struct UdpFacts {
    pub(super) conversation: u64,
    pub(super) client: SocketAddr,
    pub(super) server: SocketAddr,
    pub(super) packets: u64,
    pub(super) first: DatagramFacts,
    /// The first one from the other end.
    pub(super) answer: Option<DatagramFacts>,
    /// The longest data, and the packet that carries them.
    pub(super) longest: (usize, u64),
    /// The first ICMP error about it: the packet, and what it says.
    pub(super) notice: Option<(u64, IcmpErrorKind)>,
}

/// One datagram.
#[derive(Debug, Clone)]
pub(super) struct DatagramFacts {
    pub(super) number: u64,
    pub(super) time: Option<Time>,
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
    fn of(number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow, length: usize) -> Self {
        let ids = [udp::id::SRCPORT, udp::id::DSTPORT, udp::id::LENGTH, udp::id::CHECKSUM];
        let fields = ids.into_iter();
        let bytes = packet.payload().bytes;
        Self {
            number,
            time,
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
    pub(super) fn new(number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow) -> Option<Self> {
        let length = in_flow.datagram()?.length;
        Some(Self {
            conversation: in_flow.conversation,
            client: in_flow.client,
            server: in_flow.server,
            packets: 0,
            first: DatagramFacts::of(number, time, packet, in_flow, length),
            answer: None,
            longest: (length, number),
            notice: None,
        })
    }

    /// Takes a datagram of it, the first one too.
    pub(super) fn take(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>, in_flow: &PacketInFlow) {
        self.packets += 1;
        let Some(datagram) = in_flow.datagram() else {
            return;
        };
        if datagram.length > self.longest.0 {
            self.longest = (datagram.length, number);
        }
        if self.answer.is_none() && in_flow.sender != self.first.sender {
            self.answer = Some(DatagramFacts::of(number, time, packet, in_flow, datagram.length));
        }
    }

    /// Takes an ICMP error about it.
    pub(super) fn notice(&mut self, number: u64, says: IcmpErrorKind) {
        self.packets += 1;
        self.notice = self.notice.or(Some((number, says)));
    }

    /// How well the questions can be answered from it: with a reply, or without.
    pub(super) fn rank(&self) -> u8 {
        u8::from(self.answer.is_some())
    }
}
