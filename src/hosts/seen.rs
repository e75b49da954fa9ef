//! What a frame is, as a user counts: the second SYN, data segment 3 sent for the first time.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use smallvec::{SmallVec, smallvec};

use crate::flow::Party;
use crate::frame::Frame;
use crate::wire::tcp::Flags;
use crate::wire::{Layer, LinkType, Protocol};

/// A kind of frame that a rule can name. A frame can be of several: a FIN may carry data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameKind {
    /// Any.
    Frame,
    /// A TCP segment of any kind.
    Segment,
    /// A SYN without ACK.
    Syn,
    /// A SYN with ACK.
    SynAck,
    /// A segment that only acknowledges.
    Ack,
    /// A segment with data.
    Data,
    /// A segment with FIN.
    Fin,
    /// A segment with RST.
    Rst,
    /// A UDP datagram.
    Datagram,
    /// A fragment of an IP packet.
    Fragment,
    /// An ICMP message.
    Icmp,
    /// An ARP message.
    Arp,
}

impl FrameKind {
    /// All of them, with the words of rules.
    pub const ALL: [(&'static str, Self); 12] = [
        ("frame", Self::Frame),
        ("segment", Self::Segment),
        ("syn", Self::Syn),
        ("syn-ack", Self::SynAck),
        ("ack", Self::Ack),
        ("data", Self::Data),
        ("fin", Self::Fin),
        ("rst", Self::Rst),
        ("datagram", Self::Datagram),
        ("fragment", Self::Fragment),
        ("icmp", Self::Icmp),
        ("arp", Self::Arp),
    ];

    /// The word for it in rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        let mut all = Self::ALL.iter();
        all.find(|(_, kind)| *kind == self).map_or("frame", |(word, _)| word)
    }

    /// How it is written in sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Segment => "TCP segment",
            Self::Syn => "SYN",
            Self::SynAck => "SYN-ACK",
            Self::Ack => "pure ACK",
            Self::Data => "new data segment",
            Self::Fin => "FIN",
            Self::Rst => "RST",
            Self::Datagram => "datagram",
            Self::Fragment => "fragment",
            Self::Icmp => "ICMP message",
            Self::Arp => "ARP message",
        }
    }
}

/// What a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFrame {
    /// Who sent it.
    pub from: Party,
    /// Each of its kinds with its number among those of that kind from that end, from 1. A data segment that is sent again keeps
    /// its number.
    pub counted: SmallVec<[(FrameKind, u64); 4]>,
    /// How often a data segment has been sent, with this time; 1 for all others.
    pub time: u64,
}

impl SeenFrame {
    /// Its number among those of this kind, if it is of this kind.
    #[must_use]
    pub fn number(&self, wanted: FrameKind) -> Option<u64> {
        let mut counted = self.counted.iter();
        counted.find(|(kind, _)| *kind == wanted).map(|&(_, number)| number)
    }
}

impl fmt::Display for SeenFrame {
    /// Such as "client data 3, time 2".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// From the most telling to the least.
        const ORDER: [FrameKind; 12] = [
            FrameKind::SynAck,
            FrameKind::Syn,
            FrameKind::Rst,
            FrameKind::Data,
            FrameKind::Fin,
            FrameKind::Ack,
            FrameKind::Fragment,
            FrameKind::Datagram,
            FrameKind::Icmp,
            FrameKind::Arp,
            FrameKind::Segment,
            FrameKind::Frame,
        ];
        let found = ORDER.iter().find_map(|&kind| Some((kind, self.number(kind)?)));
        let (kind, number) = found.unwrap_or((FrameKind::Frame, 0));
        write!(f, "{} {} {number}", self.from, kind.word())?;
        if self.time > 1 {
            write!(f, " time {}", self.time)?;
        }
        Ok(())
    }
}

/// Counts the frames of a wire.
#[derive(Debug, Default)]
pub struct FrameCounter {
    counts: HashMap<(Party, FrameKind), u64>,
    data: HashMap<(Party, u16, u16), SentData>,
}

/// The data that one end of a connection has sent.
#[derive(Debug)]
struct SentData {
    /// The first sequence number that was seen.
    start: u32,
    /// By the distance of its first byte from `start`: number and how often it was sent.
    segments: BTreeMap<u32, (u64, u64)>,
    /// Behind the last byte, as a distance from `start`.
    end: u32,
}

impl FrameCounter {
    /// What the frame is that this end sends now. `frame` begins with its Ethernet header.
    pub fn see(&mut self, from: Party, frame: &[u8]) -> SeenFrame {
        let frame = Frame::new(None, LinkType::ETHERNET, frame);
        let packet = frame.decode();
        let mut kinds: SmallVec<[FrameKind; 4]> = smallvec![FrameKind::Frame];
        let mut data = None;
        // What an ICMP error quotes is not what is sent.
        let sent = packet.layers().iter().take_while(|layer| !layer.is_quoted());
        for layer in sent {
            match layer.protocol() {
                Protocol::Arp => kinds.push(FrameKind::Arp),
                Protocol::Icmp | Protocol::Icmpv6 => kinds.push(FrameKind::Icmp),
                Protocol::Udp => kinds.push(FrameKind::Datagram),
                Protocol::Ipv4 if layer.ipv4().is_some_and(|ip| ip.is_fragment()) => kinds.push(FrameKind::Fragment),
                Protocol::Fragment => kinds.push(FrameKind::Fragment),
                Protocol::Tcp => {
                    let (more, sent) = tcp_kinds(layer, packet.payload().bytes.len());
                    kinds.extend(more);
                    data = sent;
                }
                _ => {}
            }
        }
        let mut time = 1;
        let counted = kinds.into_iter().map(|kind| {
            let number = match (kind, data) {
                (FrameKind::Data, Some(data)) => {
                    let (number, sent) = self.data_number(from, data);
                    time = sent;
                    number
                }
                _ => self.next(from, kind),
            };
            (kind, number)
        });
        let counted = counted.collect();
        SeenFrame { from, counted, time }
    }

    /// How many of this kind this end has sent; of data segments those that were new.
    #[must_use]
    pub fn count(&self, from: Party, kind: FrameKind) -> u64 {
        self.counts.get(&(from, kind)).copied().unwrap_or(0)
    }

    fn next(&mut self, from: Party, kind: FrameKind) -> u64 {
        let count = self.counts.entry((from, kind)).or_default();
        *count += 1;
        *count
    }

    /// The number of a data segment, and how often it has been sent. A segment is one sent again when its first byte has been sent
    /// before; its number is that of the segment that had this byte first.
    fn data_number(&mut self, from: Party, data: TcpData) -> (u64, u64) {
        let TcpData {
            ports: (source, destination),
            sequence,
            length,
        } = data;
        let known = self.data.entry((from, source, destination));
        let sent = known.or_insert_with(|| SentData {
            start: sequence,
            segments: BTreeMap::new(),
            end: 0,
        });
        let mut distance = sequence.wrapping_sub(sent.start);
        // Before the first, or a new connection of the same ports: counted as new, from there.
        if distance > u32::MAX / 2 || distance > sent.end.saturating_add(1 << 30) {
            (sent.start, sent.end, distance) = (sequence, 0, 0);
            sent.segments.clear();
        }
        if distance < sent.end {
            let before = sent.segments.range_mut(..=distance).next_back();
            if let Some((_, (number, times))) = before {
                *times += 1;
                return (*number, *times);
            }
        }
        sent.end = distance.saturating_add(length);
        let count = self.counts.entry((from, FrameKind::Data)).or_default();
        *count += 1;
        sent.segments.insert(distance, (*count, 1));
        (*count, 1)
    }
}

#[derive(Clone, Copy)]
struct TcpData {
    ports: (u16, u16),
    sequence: u32,
    /// Bytes.
    length: u32,
}

fn tcp_kinds(layer: &Layer<'_>, payload: usize) -> (SmallVec<[FrameKind; 4]>, Option<TcpData>) {
    let mut kinds = smallvec![FrameKind::Segment];
    let Some(tcp) = layer.tcp() else {
        return (kinds, None);
    };
    let has = |flag| tcp.flags().has(flag);
    match (has(Flags::SYN), has(Flags::ACK)) {
        (true, false) => kinds.push(FrameKind::Syn),
        (true, true) => kinds.push(FrameKind::SynAck),
        (false, true) if payload == 0 && !has(Flags::FIN) && !has(Flags::RST) => kinds.push(FrameKind::Ack),
        _ => {}
    }
    if has(Flags::FIN) {
        kinds.push(FrameKind::Fin);
    }
    if has(Flags::RST) {
        kinds.push(FrameKind::Rst);
    }
    let length = u32::try_from(payload).unwrap_or(u32::MAX);
    let data = (payload > 0).then(|| TcpData {
        ports: (tcp.source_port(), tcp.destination_port()),
        sequence: tcp.sequence_number(),
        length,
    });
    if data.is_some() {
        kinds.push(FrameKind::Data);
    }
    (kinds, data)
}
