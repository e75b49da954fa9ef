//! The packets of a run with what the wire knows of each, and what a header says, read by code of its own.

use super::files::{Files, Packet};

/// A packet of TCP or UDP in the capture of an end.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Segment {
    /// Nanoseconds.
    pub(crate) time: i64,
    /// Did this end send it?
    pub(crate) own: bool,
    /// 6 for TCP, 17 for UDP.
    pub(crate) protocol: u8,
    /// Of the IP packet; 0 where the kernel gives none.
    pub(crate) identification: u16,
    pub(crate) sequence: u32,
    pub(crate) acknowledgment: u32,
    flags: u8,
    /// As it is in the header.
    pub(crate) window: u16,
    /// Bytes of data.
    pub(crate) data: u32,
    /// The shift of the window scale option.
    pub(crate) shift: Option<u8>,
    /// Has it SACK blocks?
    pub(crate) sack: bool,
    /// Of a received one: was a bit of it changed on the way? Its receiver takes no notice of it.
    pub(crate) bad: bool,
    /// Of a received one: its place in the capture at its sender.
    pub(crate) of: Option<usize>,
    /// Of a received one: had the same frame arrived before?
    pub(crate) again: bool,
    /// Of a received one: had a frame arrived before that was sent later?
    pub(crate) late: bool,
    /// Of a sent one: its places in the capture at the other end.
    pub(crate) came: Vec<usize>,
}

impl Segment {
    const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(crate) const fn fin(&self) -> bool {
        self.has(1)
    }

    pub(crate) const fn syn(&self) -> bool {
        self.has(2)
    }

    pub(crate) const fn rst(&self) -> bool {
        self.has(4)
    }

    pub(crate) const fn ack(&self) -> bool {
        self.has(16)
    }

    /// How many numbers it takes.
    pub(crate) fn length(&self) -> u32 {
        self.data + u32::from(self.syn()) + u32::from(self.fin())
    }

    /// Behind its last number.
    pub(crate) fn end(&self) -> u32 {
        self.sequence.wrapping_add(self.length())
    }

    /// It does nothing but acknowledge.
    pub(crate) fn is_bare_ack(&self) -> bool {
        self.ack() && self.length() == 0 && !self.rst()
    }

    /// RFC 9293 section 3.1
    fn read_options(&mut self, mut options: &[u8]) {
        while let [kind, rest @ ..] = options {
            match (kind, rest) {
                (0, _) => break,
                (1, _) => options = rest,
                (3, [3, shift, ..]) => {
                    self.shift = Some((*shift).min(14));
                    options = &options[3..];
                }
                (kind, [length, ..]) if *length >= 2 => {
                    self.sack |= *kind == 5;
                    options = options.get(usize::from(*length)..).unwrap_or_default();
                }
                _ => break,
            }
        }
    }

    fn read(packet: &Packet) -> Self {
        let ip = &packet.ip;
        let word = |at: usize| u16::from_be_bytes([ip[at], ip[at + 1]]);
        let long = |at: usize| u32::from(word(at)) << 16 | u32::from(word(at + 2));
        let header = usize::from(ip[0] & 15) * 4;
        let total = usize::from(word(2));
        let mut segment = Self {
            time: packet.time,
            own: packet.own,
            protocol: ip[9],
            identification: word(4),
            ..Self::default()
        };
        if segment.protocol == 6 {
            let offset = usize::from(ip[header + 12] >> 4) * 4;
            segment.sequence = long(header + 4);
            segment.acknowledgment = long(header + 8);
            segment.flags = ip[header + 13];
            segment.window = word(header + 14);
            segment.data = u32::try_from(total - header - offset).unwrap();
            segment.read_options(&ip[header + 20..header + offset]);
        }
        segment
    }
}

/// Is one number before the other? RFC 9293 section 3.4
pub(crate) const fn before(one: u32, other: u32) -> bool {
    one.wrapping_sub(other) > u32::MAX / 2
}

/// Not behind the other.
pub(crate) const fn up_to(one: u32, other: u32) -> bool {
    !before(other, one)
}

/// Both captures, with what the wire wrote about each packet.
pub(crate) fn laid_together(files: &Files) -> [Vec<Segment>; 2] {
    let mut ends = [0, 1].map(|end: usize| files.captures[end].iter().map(Segment::read).collect::<Vec<_>>());
    let mut latest: [Vec<(u64, usize)>; 2] = [Vec::new(), Vec::new()];
    for (index, sent) in files.sent.iter().enumerate() {
        let (from, to) = (sent.from, 1 - sent.from);
        for (time, arrival) in sent.arrivals.iter().enumerate() {
            latest[from].push((arrival.order, index));
            let (Some(at), Some(of)) = (arrival.packet, sent.packet) else {
                continue;
            };
            ends[from][of].came.push(at);
            let segment = &mut ends[to][at];
            segment.of = Some(of);
            segment.bad = arrival.changed;
            segment.again = time > 0;
        }
    }
    // In the order of arrival: does one that was sent later stand before it?
    for (from, arrivals) in latest.iter_mut().enumerate() {
        arrivals.sort_unstable();
        let mut highest = 0;
        for &(order, index) in &*arrivals {
            let mut own = files.sent[index].arrivals.iter();
            let at = own
                .find(|arrival| arrival.order == order)
                .and_then(|arrival| arrival.packet);
            if let Some(at) = at {
                ends[1 - from][at].late = index < highest;
            }
            highest = highest.max(index);
        }
    }
    ends
}
