//! From packets to conversations.

use std::net::SocketAddr;

use super::conversation::{Conversation, Count};
use super::datagram::{Datagram, Notice};
use super::icmp_error::{self, IcmpError};
use super::key::{Key, KeySide};
use super::packed_time::{CurrentPacket, PackedTime};
use super::packet_in_flow::{PacketInFlow, PacketKind, Roles};
use super::party::Party;
use super::recent::Recent;
use super::record::{ProtocolRecord, Record};
use super::roles;
use super::segment::{Remark, SegmentPart};
use super::segment_info::TcpSegmentInfo;
use super::store::Store;
use super::tcp::{Since, Tcp};
use super::udp::{DatagramId, Udp};
use crate::frame::Time;
use crate::wire::{Completeness, Packet, Protocol};

/// Follows the conversations of a capture.
#[derive(Debug)]
pub struct Tracker {
    store: Store,
    recent: Recent,
    /// How many conversations there have been.
    conversations: u64,
}

impl Default for Tracker {
    fn default() -> Self {
        Self::new()
    }
}

impl Tracker {
    /// At most this many conversations are remembered, unless another number is asked for.
    pub const MOST: usize = 1_000_000;

    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::with_most(Self::MOST)
    }

    /// Remembers at most `most` conversations, at least one; the least recently seen leave first.
    #[must_use]
    pub fn with_most(most: usize) -> Self {
        Self {
            store: Store::new(most),
            recent: Recent::new(),
            conversations: 0,
        }
    }

    /// Takes the next packet of the capture: its number, from 1 (0 for one that is not to be referred to), its time, and its headers. `None` for a packet of no
    /// conversation: without ports, or one whose header is cut or malformed.
    ///
    /// Of a fragmented datagram the first fragment is followed, with the length that its UDP header gives. When the whole
    /// datagram is followed later, it is not counted again. Of a fragmented segment only the whole is followed.
    pub fn follow(&mut self, number: u64, time: Option<Time>, packet: &Packet<'_>) -> Option<PacketInFlow> {
        let now = CurrentPacket {
            number,
            time: PackedTime::new(time),
        };
        if let Some(error) = icmp_error::of(packet) {
            return self.icmp_error(now, &error);
        }
        let (source, destination) = packet.endpoints()?;
        if let Some(layer) = packet.layer(Protocol::Tcp) {
            if layer.completeness() == Completeness::FirstFragment {
                // Its length is not known: the segment counts when it was put together.
                return None;
            }
            let info = TcpSegmentInfo::of(packet)?;
            return self.segment(now, source, destination, &info, packet.original_length());
        }
        self.datagram(now, source, destination, packet)
    }

    /// The conversations that are remembered, in the order of their numbers.
    #[must_use]
    pub fn conversations(&self) -> Vec<Conversation> {
        let mut all: Vec<_> = self.store.all().map(Record::conversation).collect();
        all.sort_unstable_by_key(|conversation| conversation.number);
        all
    }

    /// One of them.
    #[must_use]
    pub fn conversation(&self, number: u64) -> Option<Conversation> {
        self.store.numbered(number).map(Record::conversation)
    }

    /// How many there have been: the highest number that one has.
    #[must_use]
    pub const fn seen(&self) -> u64 {
        self.conversations
    }

    /// How many had to leave to bound the memory.
    #[must_use]
    pub const fn forgotten(&self) -> u64 {
        self.store.forgotten()
    }

    fn segment(
        &mut self,
        now: CurrentPacket,
        source: SocketAddr,
        destination: SocketAddr,
        info: &TcpSegmentInfo,
        frame: usize,
    ) -> Option<PacketInFlow> {
        let (key, side) = Key::new(Protocol::Tcp, source, destination)?;
        let known = self.store.find(&key);
        let is_another = known.is_some_and(|index| {
            let record = self.store.get(index);
            record.is_some_and(|record| match &record.protocol {
                // The answer to its own SYN does not belong to another connection.
                ProtocolRecord::Tcp(_) if source == destination && info.acknowledgment.is_some() => false,
                ProtocolRecord::Tcp(tcp) => tcp.is_left_for(record.party(side), info),
                ProtocolRecord::Udp(_) => false,
            })
        });
        let index = if let Some(index) = known.filter(|_| !is_another) {
            index
        } else {
            let (party, roles) = match (info.syn, info.acknowledgment) {
                (true, None) => (Party::Client, Roles::Seen),
                (true, Some(_)) => (Party::Server, Roles::Seen),
                _ => roles::of_segment(source.port(), destination.port()),
            };
            let tcp = Tcp::new(info, is_another);
            self.enter(now, key, side, (party, roles), ProtocolRecord::Tcp(tcp))
        };
        let record = self.store.touch(index)?;
        let sender = record.party(side);
        let pause = record.pass(now.time);
        let whose = (record.number, sender == Party::Server);
        let earlier = self.recent.segment(whose, now, info);
        let ProtocolRecord::Tcp(tcp) = &mut record.protocol else {
            return None;
        };
        let since = Since {
            last: pause,
            first: now.time.since(record.first),
        };
        let segment = if source == destination {
            tcp.follow_itself(info)
        } else {
            tcp.follow(sender, now, since, info, earlier)
        };
        let is_copy = segment.part == SegmentPart::Copy;
        record.count(sender, frame, if is_copy { 0 } else { u64::from(info.data) });
        if segment.remarks.has(Remark::Retransmission) {
            record.retransmissions = record.retransmissions.saturating_add(1);
        }
        Some(in_flow(record, sender, pause, PacketKind::Segment(segment)))
    }

    fn datagram(
        &mut self,
        now: CurrentPacket,
        source: SocketAddr,
        destination: SocketAddr,
        packet: &Packet<'_>,
    ) -> Option<PacketInFlow> {
        let layer = packet.layer(Protocol::Udp)?;
        let udp = layer.udp()?;
        let data = data_of(packet)?;
        let (key, side) = Key::new(Protocol::Udp, source, destination)?;
        let index = if let Some(index) = self.store.find(&key) {
            index
        } else {
            let roles = roles::of_datagram(source.port(), destination.port());
            self.enter(now, key, side, roles, ProtocolRecord::Udp(Udp::default()))
        };
        let record = self.store.touch(index)?;
        let sender = record.party(side);
        let pause = record.pass(now.time);
        let id = DatagramId {
            identification: packet.ipv4().map_or(0, |ip| ip.identification()),
            length: udp.length(),
        };
        let is_fragment = layer.completeness() == Completeness::FirstFragment;
        let ProtocolRecord::Udp(udp) = &mut record.protocol else {
            return None;
        };
        if let Some(part) = udp.whole(sender, id).filter(|_| !is_fragment) {
            let datagram = Datagram { length: data, part };
            return Some(in_flow(record, sender, pause, PacketKind::Datagram(datagram)));
        }
        let datagram = udp.follow(sender, now, data, id);
        if is_fragment {
            udp.is_fragment(sender, id, datagram);
        }
        record.count(sender, packet.original_length(), data as u64);
        let ProtocolRecord::Udp(udp) = &record.protocol else {
            return None;
        };
        if udp.is_answered() && record.roles == Roles::First {
            record.roles = Roles::Seen;
        }
        Some(in_flow(record, sender, pause, PacketKind::Datagram(datagram)))
    }

    fn icmp_error(&mut self, now: CurrentPacket, error: &IcmpError) -> Option<PacketInFlow> {
        let (key, side) = Key::new(error.protocol, error.source, error.destination)?;
        let index = self.store.find(&key)?;
        let record = self.store.touch(index)?;
        let cause = record.party(side);
        let pause = record.pass(now.time);
        record.notices = record.notices.saturating_add(1);
        let about = match &mut record.protocol {
            ProtocolRecord::Tcp(tcp) => tcp.find_quoted(cause, now, error),
            ProtocolRecord::Udp(udp) => udp.find_quoted(cause, now, error.id),
        };
        let notice = Notice {
            about: about.map(|(packet, _)| packet),
            after: about.and_then(|(_, sent)| now.time.since(sent)),
            says: error.says,
        };
        Some(in_flow(record, cause.other(), pause, PacketKind::Notice(notice)))
    }

    /// A new conversation, whose first packet comes from this side.
    fn enter(
        &mut self,
        now: CurrentPacket,
        key: Key,
        side: KeySide,
        (sender, roles): (Party, Roles),
        protocol: ProtocolRecord,
    ) -> u32 {
        self.conversations += 1;
        self.store.insert(Record {
            key,
            client_side: if sender == Party::Client { side } else { side.other() },
            roles,
            number: self.conversations,
            first: now.time,
            last: now.time,
            from_client: Count::default(),
            from_server: Count::default(),
            notices: 0,
            retransmissions: 0,
            protocol,
        })
    }
}

/// Data bytes of a datagram by the UDP header. In a first fragment that header counts those of the whole datagram. By the IP
/// header where the UDP header gives no length (RFC 2675).
fn data_of(packet: &Packet<'_>) -> Option<usize> {
    let layer = packet.layer(Protocol::Udp)?;
    let declared = usize::from(layer.udp()?.length());
    Some(match declared {
        0 => layer.payload_length(),
        _ => declared.checked_sub(crate::wire::udp::FIXED)?,
    })
}

fn in_flow(record: &Record, sender: Party, pause: Option<i64>, kind: PacketKind) -> PacketInFlow {
    PacketInFlow {
        conversation: record.number,
        client: record.client(),
        server: record.server(),
        roles: record.roles,
        sender,
        place: record.packets(),
        pause,
        kind,
    }
}
