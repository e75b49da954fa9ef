//! Packets made by hand, and captures of them.

use crate::frame::{Frame, Time};
use crate::pair::{Apart, Captures, Comparison, Exchange, Fate, Side, cut_at};
use crate::wire::LinkType;

pub(super) const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 40_000);
pub(super) const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 80);

pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const ACK: u8 = 16;

/// A packet of IPv4.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) from: ([u8; 4], u16),
    pub(super) to: ([u8; 4], u16),
    pub(super) id: u16,
    pub(super) ttl: u8,
    /// Sequence, acknowledgment, flags; UDP without.
    pub(super) tcp: Option<(u32, u32, u8)>,
    pub(super) options: Vec<u8>,
    pub(super) data: Vec<u8>,
    pub(super) is_broken: bool,
}

impl Made {
    pub(super) fn udp(from_client: bool, id: u16, data: &[u8]) -> Self {
        let (from, to) = if from_client {
            (CLIENT, SERVER)
        } else {
            (SERVER, CLIENT)
        };
        Self {
            from,
            to,
            id,
            ttl: 64,
            tcp: None,
            options: Vec::new(),
            data: data.to_vec(),
            is_broken: false,
        }
    }

    pub(super) fn tcp(
        from_client: bool,
        id: u16,
        (sequence, acknowledgment): (u32, u32),
        flags: u8,
        data: &[u8],
    ) -> Self {
        Self {
            tcp: Some((sequence, acknowledgment, flags)),
            ..Self::udp(from_client, id, data)
        }
    }

    fn segment(&self) -> Vec<u8> {
        let mut bytes = [self.from.1.to_be_bytes(), self.to.1.to_be_bytes()].concat();
        let checksum_at;
        if let Some((sequence, acknowledgment, flags)) = self.tcp {
            bytes.extend(sequence.to_be_bytes());
            bytes.extend(acknowledgment.to_be_bytes());
            let words = u8::try_from(5 + self.options.len() / 4).unwrap();
            bytes.extend([words << 4, flags, 1, 0, 0, 0, 0, 0]);
            bytes.extend(&self.options);
            checksum_at = 16;
        } else {
            bytes.extend(u16::try_from(8 + self.data.len()).unwrap().to_be_bytes());
            bytes.extend([0, 0]);
            checksum_at = 6;
        }
        bytes.extend(&self.data);
        let number = if self.tcp.is_some() { 6 } else { 17 };
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        let pseudo = [&self.from.0[..], &self.to.0, &[0, number], &length].concat();
        let sum = checksum(&[pseudo, bytes.clone()].concat()) ^ u16::from(self.is_broken);
        bytes[checksum_at..checksum_at + 2].copy_from_slice(&sum.to_be_bytes());
        bytes
    }

    /// Ethernet, IPv4, TCP or UDP, data.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let segment = self.segment();
        let total = u16::try_from(20 + segment.len()).unwrap().to_be_bytes();
        let [high, low] = self.id.to_be_bytes();
        let number = if self.tcp.is_some() { 6 } else { 17 };
        let mut ip = vec![0x45, 0, total[0], total[1], high, low, 0x40, 0, self.ttl, number, 0, 0];
        ip.extend(self.from.0);
        ip.extend(self.to.0);
        let sum = checksum(&ip);
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        let mut bytes = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        bytes.extend(ip);
        bytes.extend(segment);
        bytes
    }
}

fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes
        .chunks(2)
        .map(|word| u32::from(word[0]) << 8 | word.get(1).map_or(0, |low| u32::from(*low)));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap()
}

/// A capture: times in microseconds, and packets.
pub(super) type Taken = Vec<(i64, Made)>;

/// The packets that this snap length leaves.
fn frames(taken: &Taken, snap: usize) -> Vec<Frame<'static>> {
    let frames = taken.iter().map(|(time, made)| {
        let bytes = made.bytes();
        let length = u32::try_from(bytes.len()).unwrap();
        Frame {
            original_length: length,
            ..Frame::new(
                Some(Time(time * 1_000)),
                LinkType::ETHERNET,
                bytes[..snap.min(bytes.len())].to_vec(),
            )
        }
    });
    frames.collect()
}

pub(super) fn lay_cut(a: (&Taken, usize), b: (&Taken, usize), with_nat: bool) -> Result<Exchange, Apart> {
    let comparison = Comparison {
        with_nat,
        ..Comparison::default()
    };
    lay_with(a, b, comparison)
}

/// Two captures that kept everything.
pub(super) fn lay_unfiltered(a: &Taken, b: &Taken) -> Exchange {
    let comparison = Comparison {
        unfiltered: true,
        ..Comparison::default()
    };
    lay_with((a, usize::MAX), (b, usize::MAX), comparison).unwrap()
}

fn lay_with(a: (&Taken, usize), b: (&Taken, usize), comparison: Comparison) -> Result<Exchange, Apart> {
    let frames = [frames(a.0, a.1), frames(b.0, b.1)];
    let limit = frames
        .iter()
        .flatten()
        .filter_map(|frame| cut_at(frame, &frame.decode()))
        .min();
    let mut captures = Captures::new(Comparison { limit, ..comparison });
    for (side, frames) in Side::BOTH.into_iter().zip(&frames) {
        for (number, frame) in (1..).zip(frames) {
            captures.take(side, number, frame, &frame.decode());
        }
    }
    Exchange::of(captures)
}

#[track_caller]
pub(super) fn lay(a: &Taken, b: &Taken) -> Exchange {
    let exchange = lay_cut((a, usize::MAX), (b, usize::MAX), false).unwrap();
    assert_sound(&exchange);
    exchange
}

/// What holds for any two captures.
#[track_caller]
pub(super) fn assert_sound(exchange: &Exchange) {
    for side in Side::BOTH {
        for (place, (_, fate)) in (0..).zip(exchange.with_fates(side)) {
            match fate {
                Fate::Open => panic!("{side} {place} is open"),
                Fate::Arrived { other } | Fate::Changed { other, .. } => {
                    let back = exchange.fates.of(side.other())[other as usize];
                    let (Fate::Arrived { other: back } | Fate::Changed { other: back, .. }) = back else {
                        panic!("{side} {place}: {back:?}");
                    };
                    assert_eq!(back, place);
                }
                _ => {}
            }
        }
    }
}

/// The numbers, from 1, of the packets of this capture with such a fate.
pub(super) fn numbers(exchange: &Exchange, side: Side, is_it: impl Fn(Fate) -> bool) -> Vec<u64> {
    let all = exchange.with_fates(side).filter(|(_, fate)| is_it(*fate));
    all.map(|(seen, _)| seen.number).collect()
}

pub(super) fn lost(exchange: &Exchange, side: Side) -> Vec<u64> {
    numbers(exchange, side, |fate| matches!(fate, Fate::Lost { .. }))
}

/// Requests and replies of UDP, one each millisecond, which take 200 and 300 microseconds; the clock of B is ahead by 5 s.
pub(super) fn exchange_of(count: u16) -> (Taken, Taken) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for number in 0..count {
        let at = i64::from(number) * 1_000;
        let data = number.to_be_bytes();
        let (request, reply) = (
            Made::udp(true, 2 * number + 1, &data),
            Made::udp(false, 2 * number + 2, &data),
        );
        a.extend([(at, request.clone()), (at + 600, reply.clone())]);
        b.extend([(at + 5_000_200, request), (at + 5_000_300, reply)]);
    }
    (a, b)
}
