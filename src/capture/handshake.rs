//! The segments that open and close TCP connections, and those that acknowledge them.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use crate::wire::tcp::Flags;
use crate::wire::{Layer, Packet, Protocol};

/// The most acknowledgments that are waited for at once; beyond that the oldest are forgotten. Two a connection.
pub const MOST: usize = 65_536;

/// Who has to acknowledge what to whom.
type ExpectedAck = (SocketAddr, SocketAddr, u32);

/// Separates segments of the handshake and of the close from those in between.
#[derive(Debug, Default)]
pub struct Handshakes {
    /// How often each acknowledgment is waited for, which is once but for retransmissions.
    awaited: HashMap<ExpectedAck, usize>,
    /// The same in the order of arrival.
    order: VecDeque<ExpectedAck>,
}

impl Handshakes {
    /// Nothing seen yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Is the packet to be kept? SYN, SYN-ACK, the ACK that completes, FIN and RST and the ACKs of FINs are; data and their
    /// acknowledgments are not. Whatever is not TCP is kept.
    pub fn keeps(&mut self, packet: &Packet<'_>) -> bool {
        let (Some(tcp), Some((from, to))) = (packet.tcp(), packet.endpoints()) else {
            return true;
        };
        let flags = tcp.flags();
        let acknowledges = flags.has(Flags::ACK) && self.was_awaited(&(from, to, tcp.acknowledgment_number()));
        let opens = flags.has(Flags::SYN);
        let closes = flags.has(Flags::FIN);
        // A SYN without ACK is acknowledged by a SYN-ACK, which is kept in any case.
        if (opens && flags.has(Flags::ACK)) || closes {
            let data = packet.layer(Protocol::Tcp).map_or(0, Layer::payload_length);
            let after = tcp
                .sequence_number()
                .wrapping_add(u32::try_from(data).unwrap_or(0))
                .wrapping_add(1);
            self.wait_for((to, from, after));
        }
        opens || closes || flags.has(Flags::RST) || acknowledges
    }

    fn wait_for(&mut self, awaited: ExpectedAck) {
        while self.order.len() >= MOST {
            let Some(oldest) = self.order.pop_front() else { break };
            self.forget(&oldest);
        }
        *self.awaited.entry(awaited).or_default() += 1;
        self.order.push_back(awaited);
    }

    fn was_awaited(&mut self, awaited: &ExpectedAck) -> bool {
        self.awaited.remove(awaited).is_some()
    }

    fn forget(&mut self, oldest: &ExpectedAck) {
        if let Some(count) = self.awaited.get_mut(oldest) {
            *count -= 1;
            if *count == 0 {
                self.awaited.remove(oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Handshakes, MOST};
    use crate::wire::{LinkType, decode};

    /// A segment over IPv4 between 10.0.0.1 and 10.0.0.2.
    fn segment(from_client: bool, port: u16, flags: u8, numbers: (u32, u32), data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(40 + data.len()).unwrap();
        let (source, destination) = if from_client { (1, 2) } else { (2, 1) };
        let (from, to) = if from_client { (port, 7) } else { (7, port) };
        let mut bytes = vec![0x45, 0];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0, 0, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, source, 10, 0, 0, destination]);
        bytes.extend(from.to_be_bytes());
        bytes.extend(to.to_be_bytes());
        bytes.extend(numbers.0.to_be_bytes());
        bytes.extend(numbers.1.to_be_bytes());
        bytes.extend([0x50, flags, 1, 0, 0, 0, 0, 0]);
        bytes.extend(data);
        bytes
    }

    const FIN: u8 = 1;
    const SYN: u8 = 2;
    const RST: u8 = 4;
    const PSH: u8 = 8;
    const ACK: u8 = 16;

    fn kept(segments: &[Vec<u8>]) -> Vec<bool> {
        let mut handshakes = Handshakes::new();
        let each = segments.iter();
        each.map(|bytes| handshakes.keeps(&decode(LinkType::IPV4, bytes, 0)))
            .collect()
    }

    #[test]
    fn of_the_golden_trace_the_handshake_and_the_close_are_kept() {
        let trace = [
            segment(true, 5, SYN, (100, 0), b""),
            segment(false, 5, SYN | ACK, (300, 101), b""),
            segment(true, 5, ACK, (101, 301), b""),
            segment(true, 5, PSH | ACK, (101, 301), b"hello\n"),
            segment(false, 5, ACK, (301, 107), b""),
            segment(false, 5, PSH | ACK, (301, 107), b"HELLO\n"),
            segment(true, 5, ACK, (107, 307), b""),
            segment(false, 5, FIN | ACK, (307, 107), b""),
            segment(true, 5, FIN | ACK, (107, 308), b""),
            segment(false, 5, ACK, (308, 108), b""),
        ];
        let expected = [true, true, true, false, false, false, false, true, true, true];
        assert_eq!(kept(&trace), expected);
    }

    #[test]
    fn numbers_wrap_and_a_fin_with_data_is_acknowledged_after_them() {
        let trace = [
            segment(false, 5, SYN | ACK, (u32::MAX, 1), b""),
            segment(true, 5, ACK, (1, 0), b""),
            segment(true, 5, ACK, (1, 0), b""),
            segment(true, 5, FIN | ACK, (1, 0), b"bye"),
            segment(false, 5, ACK, (0, 4), b""),
            segment(false, 5, ACK, (0, 5), b""),
            segment(true, 5, RST, (5, 0), b""),
        ];
        assert_eq!(kept(&trace), [true, true, false, true, false, true, true]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut handshakes = Handshakes::new();
        for number in 0..u32::try_from(MOST).unwrap() + 1000 {
            let bytes = segment(false, 5, SYN | ACK, (number, 0), b"");
            handshakes.keeps(&decode(LinkType::IPV4, &bytes, 0));
        }
        assert_eq!((handshakes.order.len(), handshakes.awaited.len()), (MOST, MOST));
    }
}
