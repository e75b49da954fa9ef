//! What is remembered of a conversation.

use std::net::SocketAddr;

use super::conversation::{Conversation, Count, Transport};
use super::key::{Key, KeySide};
use super::packed_time::PackedTime;
use super::packet_in_flow::Roles;
use super::party::Party;
use super::tcp::Tcp;
use super::udp::Udp;

/// A conversation, as small as it can be kept: there may be a million.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) key: Key,
    pub(super) client_side: KeySide,
    pub(super) roles: Roles,
    pub(super) number: u64,
    pub(super) first: PackedTime,
    pub(super) last: PackedTime,
    pub(super) from_client: Count,
    pub(super) from_server: Count,
    pub(super) notices: u32,
    /// Copies among all these.
    pub(super) copies: u32,
    /// Segments of TCP that repeat earlier ones.
    pub(super) retransmissions: u32,
    /// Where the connection before it with the same key is remembered; [`NO_RECORD`]: there was none.
    pub(super) previous: u32,
    pub(super) protocol: ProtocolRecord,
}

/// The place of no record.
pub(super) const NO_RECORD: u32 = u32::MAX;

/// The part of a record that its protocol keeps.
#[derive(Debug)]
pub(super) enum ProtocolRecord {
    Tcp(Tcp),
    /// In memory of its own: connections of TCP are smaller.
    Udp(Box<Udp>),
}

impl Record {
    /// Which party has this side.
    pub(super) fn party(&self, side: KeySide) -> Party {
        if side == self.client_side {
            Party::Client
        } else {
            Party::Server
        }
    }

    pub(super) fn client(&self) -> SocketAddr {
        self.key.address(self.client_side)
    }

    pub(super) fn server(&self) -> SocketAddr {
        self.key.address(self.client_side.other())
    }

    /// Counts a packet.
    pub(super) fn count(&mut self, sender: Party, frame: usize, data: u64) {
        let count = match sender {
            Party::Client => &mut self.from_client,
            Party::Server => &mut self.from_server,
        };
        count.packets += 1;
        count.frame_bytes = count.frame_bytes.saturating_add(frame as u64);
        count.data_bytes = count.data_bytes.saturating_add(data);
    }

    /// Takes note of a packet's time. Gives the nanoseconds since the packet before, negative where the clock went back.
    pub(super) fn pass(&mut self, time: PackedTime) -> Option<i64> {
        let is_first = self.packets() == 0;
        if is_first {
            self.first = time;
        }
        let pause = time.difference(self.last).filter(|_| !is_first);
        self.last = time;
        pause
    }

    /// How many packets it has, ICMP errors included.
    pub(super) const fn packets(&self) -> u64 {
        self.from_client.packets + self.from_server.packets + self.notices as u64
    }

    /// What can be said of it.
    pub(super) fn conversation(&self) -> Conversation {
        Conversation {
            number: self.number,
            client: self.client(),
            server: self.server(),
            roles: self.roles,
            first: self.first.time(),
            last: self.last.time(),
            from_client: self.from_client,
            from_server: self.from_server,
            notices: u64::from(self.notices),
            copies: u64::from(self.copies),
            transport: match &self.protocol {
                ProtocolRecord::Tcp(tcp) => Transport::Tcp(tcp.connection(self.retransmissions)),
                ProtocolRecord::Udp(udp) => Transport::Udp(udp.exchange()),
            },
        }
    }
}
