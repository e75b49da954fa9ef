//! A segment as bytes: link header, IPv4, TCP.

use super::capture_point::Captured;
use super::truth::{Segment, Why};
use super::world::World;

/// The header before the IP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    Ethernet,
    /// Linux's cooked header, version 2. <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>
    Cooked,
}

impl Link {
    pub(crate) const fn number(self) -> u32 {
        match self {
            Self::Ethernet => 1,
            Self::Cooked => 276,
        }
    }
}

/// The addresses for documentation (RFC 5737), and the ports.
const ADDRESSES: [[u8; 4]; 2] = [[192, 0, 2, 1], [198, 51, 100, 2]];
const PORTS: [u16; 2] = [40_000, 7];

fn raw(start: u32, number: i64) -> u32 {
    start.wrapping_add(u32::try_from(number.rem_euclid(1 << 32)).unwrap())
}

/// RFC 1071
fn checksum(parts: &[&[u8]]) -> u16 {
    let mut sum = 0_u32;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u32::from(pair[0]) << 8 | u32::from(pair.get(1).copied().unwrap_or(0));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap()
}

fn options(world: &World, segment: &Segment) -> Vec<u8> {
    let own = &world.stacks[segment.from];
    let mut options = Vec::new();
    if segment.syn {
        let answers = segment.acknowledgment.is_some();
        options.extend([2, 4]);
        options.extend(u16::try_from(own.mss).unwrap().to_be_bytes());
        if let Some(shift) = own.shift.filter(|_| !answers || world.offers.scale) {
            options.extend([1, 3, 3, u8::try_from(shift).unwrap()]);
        }
        if own.sack && (!answers || world.offers.sack) {
            options.extend([1, 1, 4, 2]);
        }
    }
    let tick = own.tick.filter(|_| segment.syn && segment.acknowledgment.is_none());
    let stamps = segment.stamps.or_else(|| tick.map(|_| (1, 0)));
    if let Some((value, echo)) = stamps {
        options.extend([1, 1, 8, 10]);
        options.extend(value.to_be_bytes());
        options.extend(echo.to_be_bytes());
    }
    if !segment.sack.is_empty() {
        let other = world.starts[1 - segment.from];
        options.extend([1, 1, 5, 2 + 8 * u8::try_from(segment.sack.len()).unwrap()]);
        for &(from, to) in &segment.sack {
            options.extend(raw(other, from).to_be_bytes());
            options.extend(raw(other, to).to_be_bytes());
        }
    }
    options
}

/// The text of both streams: a byte follows from its place.
fn data(segment: &Segment) -> Vec<u8> {
    let text = b"the quick brown fox jumps over a lazy dog and reads packets\n";
    let places = segment.sequence..segment.sequence + segment.data;
    let byte = |place: i64| text[usize::try_from(place.rem_euclid(60)).unwrap() % text.len()];
    places.map(byte).collect()
}

fn tcp(world: &World, segment: &Segment) -> Vec<u8> {
    let (from, to) = (segment.from, 1 - segment.from);
    let options = options(world, segment);
    let mut flags = 0;
    for (is_set, flag) in [
        (segment.fin, 1),
        (segment.syn, 2),
        (segment.rst, 4),
        (segment.data > 0 && segment.truth.why != Why::KeepAlive, 8),
        (segment.acknowledgment.is_some(), 16),
    ] {
        flags |= u8::from(is_set) * flag;
    }
    let mut bytes = Vec::new();
    bytes.extend(PORTS[from].to_be_bytes());
    bytes.extend(PORTS[to].to_be_bytes());
    let is_refusal = segment.rst && segment.sequence == 0;
    let sequence = if is_refusal {
        0
    } else {
        raw(world.starts[from], segment.sequence)
    };
    bytes.extend(sequence.to_be_bytes());
    let acknowledgment = segment
        .acknowledgment
        .map_or(0, |to_number| raw(world.starts[to], to_number));
    bytes.extend(acknowledgment.to_be_bytes());
    bytes.extend([u8::try_from((20 + options.len()) / 4).unwrap() << 4, flags]);
    bytes.extend(segment.window.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(options);
    bytes.extend(data(segment));
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    let sum = checksum(&[&ADDRESSES[from], &ADDRESSES[to], &[0, 6], &length, &bytes]);
    bytes[16..18].copy_from_slice(&sum.to_be_bytes());
    bytes
}

/// A captured frame, whole.
pub(crate) fn frame(world: &World, captured: &Captured, link: Link) -> Vec<u8> {
    let segment = &world.segments[captured.of];
    let tcp = tcp(world, segment);
    let (from, to) = (segment.from, 1 - segment.from);
    let mut ip = vec![0x45, 0];
    ip.extend(u16::try_from(20 + tcp.len()).unwrap().to_be_bytes());
    ip.extend(segment.identification.to_be_bytes());
    // A router sends it on with one hop less.
    ip.extend([0x40, 0, 64 - u8::from(captured.second), 6, 0, 0]);
    ip.extend(ADDRESSES[from]);
    ip.extend(ADDRESSES[to]);
    let sum = checksum(&[&ip]);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    let mac = |end: usize| [2, 0, 0, 0, 0, u8::try_from(1 + end).unwrap()];
    let mut bytes = Vec::new();
    match link {
        Link::Ethernet => {
            bytes.extend(mac(to));
            bytes.extend(mac(from));
            bytes.extend([8, 0]);
        }
        Link::Cooked => {
            bytes.extend([8, 0, 0, 0, 0, 0, 0, 2 + u8::from(captured.second), 0, 1]);
            bytes.extend([if captured.second { 4 } else { 0 }, 6]);
            bytes.extend(mac(from));
            bytes.extend([0, 0]);
        }
    }
    bytes.extend(ip);
    bytes.extend(tcp);
    bytes
}
