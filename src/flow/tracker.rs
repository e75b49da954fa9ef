//! From packets to conversations.

use std::net::SocketAddr;

use super::conversation::{Conversation, Count};
use super::datagram::{Datagram, DatagramPart, Notice};
use super::elsewhere::LatestRequests;
use super::icmp_error::{self, IcmpError};
use super::key::{Key, KeySide};
use super::packed_time::{CurrentPacket, PackedTime};
use super::packet_in_flow::{PacketInFlow, PacketKind, Roles};
use super::party::Party;
use super::recent::Recent;
use super::record::{NO_RECORD, ProtocolRecord, Record};
use super::roles;
use super::segment::{Remark, SegmentPart};
use super::segment_info::TcpSegmentInfo;
use super::sent_datagram::{DatagramId, NewDatagram};
use super::store::Store;
use super::tcp::{EarlierConnection, Since, Tcp};
use crate::frame::Time;
use crate::wire::{Completeness, Packet, Protocol};

/// Follows the conversations of a capture.
#[derive(Debug)]
pub struct Tracker {
    store: Store,
    recent: Recent,
    /// How many conversations there have been.
    conversations: u64,
    /// The latest requests over UDP.
    requests: LatestRequests,
}

/// Where a segment belongs.
enum Place {
    /// To the conversation that is remembered here.
    Known(u32),
    /// To a new one, after the one that is remembered here.
    After(Option<u32>),
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
            requests: LatestRequests::default(),
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
        let index = match self.belongs_to(&key, side, source == destination, info) {
            Place::Known(index) => index,
            Place::After(earlier) => {
                let (party, roles) = match (info.syn, info.acknowledgment) {
                    (true, None) => (Party::Client, Roles::Seen),
                    (true, Some(_)) => (Party::Server, Roles::Seen),
                    _ => roles::of_segment(source.port(), destination.port()),
                };
                let tcp = Tcp::new(info, earlier.and_then(|index| self.leave(index, side)));
                let index = self.enter(now, key, side, (party, roles), ProtocolRecord::Tcp(tcp));
                if let Some(record) = self.store.touch(index) {
                    record.previous = earlier.filter(|&earlier| earlier != index).unwrap_or(NO_RECORD);
                }
                index
            }
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
            last: pause.filter(|&pause| pause >= 0),
            first: now.time.since(record.first),
        };
        let segment = if source == destination {
            tcp.follow_itself(info)
        } else {
            tcp.follow(sender, now, since, info, earlier)
        };
        let is_copy = segment.part == SegmentPart::Copy;
        let is_dropped = segment.part == SegmentPart::Damaged;
        record.count(
            sender,
            frame,
            if is_copy || is_dropped { 0 } else { u64::from(info.data) },
        );
        record.copies = record.copies.saturating_add(u32::from(is_copy));
        if segment.remarks.has(Remark::Retransmission) {
            record.retransmissions = record.retransmissions.saturating_add(1);
        }
        let in_flow = in_flow(record, sender, pause, PacketKind::Segment(segment));
        if segment.part == SegmentPart::ChallengeAck {
            self.challenge(&key, index);
        }
        Some(in_flow)
    }

    /// A challenge ACK of this connection answers the SYN of the one that begins in its place, where there is one.
    fn challenge(&mut self, key: &Key, index: u32) {
        let next = self.store.find(key).filter(|&latest| latest != index);
        if let Some(ProtocolRecord::Tcp(tcp)) = next
            .and_then(|next| self.store.touch(next))
            .map(|record| &mut record.protocol)
        {
            tcp.take_challenge();
        }
    }

    /// Which connection this segment is of. RFC 9293 section 3.5: a SYN on known addresses and ports begins, repeats, or disturbs.
    fn belongs_to(&mut self, key: &Key, side: KeySide, is_to_itself: bool, info: &TcpSegmentInfo) -> Place {
        let Some(latest) = self.store.find(key) else {
            return Place::After(None);
        };
        let tcp = |index: u32| match self.store.get(index).map(|record| (record, &record.protocol)) {
            Some((record, ProtocolRecord::Tcp(tcp))) => Some((tcp, record.party(side))),
            _ => None,
        };
        let Some((latest_tcp, sender)) = tcp(latest) else {
            return Place::Known(latest);
        };
        if is_to_itself && info.acknowledgment.is_some() {
            // The answer to its own SYN does not belong to another connection.
            return Place::Known(latest);
        }
        let is_another = latest_tcp.is_left_for(sender, info);
        let earlier = self.store.previous(latest);
        let known = earlier.and_then(&tcp);
        if is_another {
            // The client asks once more, as before an old duplicate came in between. RFC 9293 section 3.5, figure 8
            let returns = known.is_some_and(|(tcp, sender)| tcp.repeats_syn(sender, info));
            return match earlier.filter(|_| returns) {
                Some(index) => {
                    self.store.return_to(index);
                    Place::Known(index)
                }
                None => Place::After(Some(latest)),
            };
        }
        let is_earlier = !latest_tcp.fits(sender, info)
            && known.is_some_and(|(tcp, sender)| tcp.fits(sender, info) && !tcp.is_left_for(sender, info));
        Place::Known(earlier.filter(|_| is_earlier).unwrap_or(latest))
    }

    /// Another connection begins in place of this one, by a segment from this side.
    fn leave(&mut self, index: u32, side: KeySide) -> Option<EarlierConnection> {
        let record = self.store.touch(index)?;
        let sender = record.party(side);
        let ProtocolRecord::Tcp(tcp) = &mut record.protocol else {
            return None;
        };
        if tcp.is_over() {
            return Some(EarlierConnection::Over);
        }
        tcp.disturb(sender);
        Some(EarlierConnection::Open)
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
        let ends = (source, destination);
        let id = DatagramId {
            identification: packet.ipv4().map_or(0, |ip| ip.identification()),
            length: udp.length(),
        };
        let new = NewDatagram::new(id, data, layer.payload().bytes);
        let known = self.store.find(&key);
        // Where the server sends only, its further datagrams too may be replies to what was asked elsewhere, if their data say so.
        let record = known.and_then(|index| self.store.touch(index));
        let is_asked = record.map(|record| matches!(&record.protocol, ProtocolRecord::Udp(udp) if udp.is_asked()));
        let answered_by = || self.requests.answered_by(now, ends, new);
        let elsewhere = match is_asked {
            Some(true) => None,
            Some(false) => answered_by().filter(|(answer, _)| answer.evidence.is_proof()),
            None => answered_by(),
        };
        let index = if let Some(index) = known {
            index
        } else {
            let roles = match elsewhere {
                Some(_) => (Party::Server, Roles::Seen),
                None => roles::of_datagram(source.port(), destination.port()),
            };
            self.enter(now, key, side, roles, ProtocolRecord::Udp(Box::default()))
        };
        if let Some((answer, asked)) = &elsewhere {
            self.answer_from_elsewhere(now, asked, answer.request);
        }
        let record = self.store.touch(index)?;
        let sender = record.party(side);
        let pause = record.pass(now.time);
        let is_fragment = layer.completeness() == Completeness::FirstFragment;
        let ProtocolRecord::Udp(udp) = &mut record.protocol else {
            return None;
        };
        let known = if is_fragment { None } else { udp.whole(sender, new) };
        if let Some(part) = known {
            let datagram = Datagram { length: data, part };
            return Some(in_flow(record, sender, pause, PacketKind::Datagram(datagram)));
        }
        let mut datagram = udp.follow(sender, now, new);
        if let Some((answer, _)) = elsewhere {
            datagram.part = DatagramPart::ReplyFromElsewhere(answer);
        }
        if matches!(datagram.part, DatagramPart::Request { .. }) {
            self.requests.add(now, key, ends, new.content);
        }
        if is_fragment {
            udp.is_fragment(sender, new.id, datagram);
        }
        record.count(sender, packet.original_length(), data as u64);
        let is_copy = matches!(datagram.part, DatagramPart::Copy { .. });
        record.copies = record.copies.saturating_add(u32::from(is_copy));
        let ProtocolRecord::Udp(udp) = &record.protocol else {
            return None;
        };
        if udp.is_answered() && record.roles == Roles::First {
            record.roles = Roles::Seen;
        }
        Some(in_flow(record, sender, pause, PacketKind::Datagram(datagram)))
    }

    /// Takes note in its own conversation that a request was answered.
    fn answer_from_elsewhere(&mut self, now: CurrentPacket, asked: &Key, request: u64) {
        let record = self.store.find(asked).and_then(|index| self.store.touch(index));
        if let Some(ProtocolRecord::Udp(udp)) = record.map(|record| &mut record.protocol) {
            udp.answer_from_elsewhere(request, now);
        }
    }

    fn icmp_error(&mut self, now: CurrentPacket, error: &IcmpError<'_>) -> Option<PacketInFlow> {
        let (key, side) = Key::new(error.protocol, error.source, error.destination)?;
        let index = self.store.find(&key)?;
        let record = self.store.touch(index)?;
        let cause = record.party(side);
        let pause = record.pass(now.time);
        record.notices = record.notices.saturating_add(1);
        let copies = self.recent.error((record.number, cause == Party::Server), now, error);
        record.copies = record.copies.saturating_add(u32::from(copies.is_some()));
        let about = match &mut record.protocol {
            _ if copies.is_some() => None,
            ProtocolRecord::Tcp(tcp) => tcp.find_quoted(cause, now, error),
            ProtocolRecord::Udp(udp) => udp.find_quoted(cause, now, error.id, error.data),
        };
        let notice = Notice {
            about: about.map(|(packet, _)| packet),
            after: about.and_then(|(_, sent)| now.time.since(sent)),
            says: error.says,
            copies,
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
            copies: 0,
            retransmissions: 0,
            previous: NO_RECORD,
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
