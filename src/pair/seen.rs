//! A packet as one capture has it: what does not change on the way, as digests, and what the comparison needs beside them.

use std::net::{IpAddr, SocketAddr};

use super::digest::Secret;
use crate::frame::{Direction, Frame};
use crate::wire::tcp::Flags;
use crate::wire::{Checksum, Content, Layer, Packet, Protocol};

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// ICMP: type and code.
    Icmp(u8, u8),
    /// `ICMPv6`: type and code.
    Icmpv6(u8, u8),
    /// Another protocol over IP, or a later fragment of one, by its number.
    Other(u8),
}

impl Kind {
    /// The number of the protocol.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Icmp(..) => 1,
            Self::Tcp => 6,
            Self::Udp => 17,
            Self::Icmpv6(..) => 58,
            Self::Other(number) => number,
        }
    }
}

/// Is the checksum of TCP, UDP or ICMP right?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChecksumState {
    /// Right, left to the network card, or none.
    Fine,
    /// Wrong.
    Wrong,
    /// It cannot be checked.
    Unknown,
}

/// A packet as one capture has it.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Its number in the file, from 1.
    pub number: u64,
    /// When it was captured, in nanoseconds, by this capture's clock.
    pub time: i64,
    /// Digest of what stays the same on the way.
    pub(super) key: u64,
    /// The same without addresses and ports.
    pub(super) nat_key: u64,
    /// Digest of the data, as far as it is compared.
    pub(super) payload: u64,
    /// Digest of the TCP options.
    pub(super) options: u64,
    /// TCP's sequence number.
    pub sequence: u32,
    /// TCP's acknowledgment number.
    pub acknowledgment: u32,
    /// Bytes of data, on the wire.
    pub data: u32,
    /// Bytes of the IP packet, on the wire.
    pub total: u32,
    /// Number of its conversation, from 0.
    pub conversation: u32,
    /// The identification of IPv4, or of an IPv6 fragment; 0 without one.
    pub identification: u32,
    /// More fragments, and the fragment's place, as IPv4 has them.
    pub(super) fragment: u16,
    /// TCP's flags.
    pub flags: Flags,
    /// TCP's window.
    pub window: u16,
    /// Time to live, or hop limit.
    pub ttl: u8,
    /// What it is.
    pub kind: Kind,
    /// Did the end with the smaller address send it?
    pub from_low: bool,
    /// Is the checksum right?
    pub checksum: ChecksumState,
    /// What the capture file says of its direction.
    pub(super) direction: Option<Direction>,
    /// Has its sender sent all its bytes before, in this capture? (TCP with data, SYN or FIN.)
    pub is_again: bool,
}

impl Seen {
    /// Sequence numbers that it takes: data, SYN, FIN.
    #[must_use]
    pub const fn takes(&self) -> u32 {
        if !matches!(self.kind, Kind::Tcp) {
            return 0;
        }
        let syn = self.flags.has(Flags::SYN) as u32;
        let fin = self.flags.has(Flags::FIN) as u32;
        self.data.saturating_add(syn + fin)
    }
}

/// What a packet says of its ends.
pub(super) struct Ends {
    pub(super) kind: Kind,
    pub(super) source: SocketAddr,
    pub(super) destination: SocketAddr,
    /// The sender of a SYN is the client; of a SYN-ACK, the server.
    pub(super) sender_is_client: Option<bool>,
}

/// A packet that is read, without its place in its capture.
pub(super) struct Read {
    pub(super) seen: Seen,
    pub(super) ends: Ends,
    /// Is it from one interface to one interface?
    pub(super) is_unicast: bool,
}

/// How packets are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    pub(super) secret: Secret,
    /// As many bytes of an IP packet are compared at most.
    pub(super) limit: usize,
    pub(super) with_nat: bool,
}

/// The captured bytes from the IP header on; `None` for a frame without an IP header.
pub(super) fn captured_of_ip(packet: &Packet<'_>) -> Option<usize> {
    let ip = packet.ip()?;
    Some(packet.bytes().len().saturating_sub(ip.header().at))
}

/// Reads a packet; `None` for one without an IP header that can be read, or without a time.
pub(super) fn read(reading: Reading, number: u64, frame: &Frame<'_>, packet: &Packet<'_>) -> Option<Read> {
    let time = frame.time?.0;
    let ip = packet.ip()?;
    let (source, destination) = packet.addresses()?;
    let Outer {
        identification,
        fragment,
        ttl,
        total,
        protocol,
    } = outer(packet, ip)?;
    // What lies beyond is not compared, since the other capture may not have it.
    let end = ip.header().at.saturating_add(reading.limit);
    let within = |at: usize, bytes: &'_ [u8]| bytes.len().min(end.saturating_sub(at));
    let of = |at: usize, bytes: &[u8]| {
        reading
            .secret
            .digest()
            .bytes(bytes.get(..within(at, bytes)).unwrap_or_default())
            .value()
    };
    let mut seen = Seen {
        number,
        time,
        key: 0,
        nat_key: 0,
        payload: 0,
        options: 0,
        sequence: 0,
        acknowledgment: 0,
        data: 0,
        total,
        conversation: 0,
        identification,
        fragment,
        flags: Flags(0),
        window: 0,
        ttl,
        kind: Kind::Other(protocol),
        from_low: false,
        checksum: ChecksumState::Unknown,
        direction: frame.direction,
        is_again: false,
    };
    let (mut ports, mut sender_is_client) = ((0, 0), None);
    let own = packet.layers().iter().rposition(|layer| {
        !layer.is_quoted()
            && matches!(
                layer.protocol(),
                Protocol::Tcp | Protocol::Udp | Protocol::Icmp | Protocol::Icmpv6
            )
    });
    if let Some((index, layer)) = own.and_then(|index| Some((index, packet.layers().get(index)?))) {
        let (header, payload) = (layer.header(), layer.payload());
        ports = layer.ports().unwrap_or_default();
        seen.payload = of(payload.at, payload.bytes);
        seen.data = u32::try_from(layer.length().saturating_sub(header.bytes.len())).unwrap_or(u32::MAX);
        if let Some(tcp) = layer.tcp() {
            seen.kind = Kind::Tcp;
            (seen.sequence, seen.acknowledgment) = (tcp.sequence_number(), tcp.acknowledgment_number());
            (seen.flags, seen.window) = (tcp.flags(), tcp.window());
            seen.options = of(header.at + 20, header.bytes.get(20..).unwrap_or_default());
            seen.data = u32::try_from(layer.length().saturating_sub(tcp.header_length())).unwrap_or(u32::MAX);
            sender_is_client = seen.flags.has(Flags::SYN).then(|| !seen.flags.has(Flags::ACK));
        } else if layer.protocol() == Protocol::Udp {
            seen.kind = Kind::Udp;
        } else if let [message, code, _, _, rest @ ..] = header.bytes {
            seen.kind = if layer.protocol() == Protocol::Icmp {
                Kind::Icmp(*message, *code)
            } else {
                Kind::Icmpv6(*message, *code)
            };
            // A quotation has addresses, which NAT changes.
            seen.options = if reading.with_nat { 0 } else { of(header.at + 4, rest) };
            seen.payload = if reading.with_nat { 0 } else { seen.payload };
        }
        seen.checksum = state(packet.checksum(index));
    } else {
        let payload = packet.payload();
        seen.payload = of(payload.at, payload.bytes);
        if let Content::Fragment(inner) = packet.content() {
            seen.kind = Kind::Other(inner);
        }
    }
    seal(reading, &mut seen, (source, destination), ports);
    Some(Read {
        seen,
        is_unicast: is_unicast(source) && is_unicast(destination),
        ends: Ends {
            kind: seen.kind,
            source: SocketAddr::new(source, ports.0),
            destination: SocketAddr::new(destination, ports.1),
            sender_is_client,
        },
    })
}

/// What an IP header says.
struct Outer {
    identification: u32,
    fragment: u16,
    ttl: u8,
    total: u32,
    protocol: u8,
}

fn outer(packet: &Packet<'_>, ip: &Layer<'_>) -> Option<Outer> {
    if let Some(ipv4) = ip.ipv4() {
        let more = u16::from(ipv4.more_fragments()) << 15;
        return Some(Outer {
            identification: u32::from(ipv4.identification()),
            fragment: more | u16::try_from(ipv4.fragment_offset() / 8).unwrap_or(u16::MAX),
            ttl: ipv4.time_to_live(),
            total: u32::from(ipv4.total_length()),
            protocol: ipv4.protocol(),
        });
    }
    let ipv6 = ip.ipv6()?;
    let header = packet.layer(Protocol::Fragment).map(|layer| layer.header().bytes);
    let (fragment, identification) = match header {
        Some([_, _, high, low, id @ ..]) => (
            u16::from_be_bytes([*high, *low]) & 0xfff9,
            id.first_chunk().map_or(0, |id| u32::from_be_bytes(*id)),
        ),
        _ => (0, 0),
    };
    Some(Outer {
        identification,
        fragment,
        ttl: ipv6.hop_limit(),
        total: u32::from(ipv6.payload_length()) + 40,
        protocol: ipv6.next_header(),
    })
}

/// Makes the keys.
fn seal(reading: Reading, seen: &mut Seen, (source, destination): (IpAddr, IpAddr), ports: (u16, u16)) {
    let (kind, code) = match seen.kind {
        Kind::Icmp(message, code) | Kind::Icmpv6(message, code) => (seen.kind.number(), [message, code]),
        _ => (seen.kind.number(), [0; 2]),
    };
    let [message, code] = code.map(u64::from);
    let fixed = reading
        .secret
        .digest()
        .number(u64::from(kind) << 48 | message << 40 | code << 32 | u64::from(seen.total))
        .number(u64::from(seen.identification) << 32 | u64::from(seen.fragment) << 16 | u64::from(seen.window))
        .number(u64::from(seen.sequence) << 32 | u64::from(seen.acknowledgment))
        .number(u64::from(seen.flags.0) << 32 | u64::from(seen.data))
        .number(seen.options)
        .number(seen.payload);
    seen.nat_key = fixed.value();
    let number = |address: IpAddr| match address {
        IpAddr::V4(address) => [0, u64::from(u32::from(address))],
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let low = u64::try_from(bits & u128::from(u64::MAX)).unwrap_or_default();
            [u64::try_from(bits >> 64).unwrap_or_default(), low]
        }
    };
    let ends = [number(source), number(destination)];
    let with_ends = ends
        .as_flattened()
        .iter()
        .fold(fixed, |digest, part| digest.number(*part));
    seen.key = with_ends.number(u64::from(ports.0) << 16 | u64::from(ports.1)).value();
}

const fn state(checksum: Option<Checksum>) -> ChecksumState {
    match checksum {
        Some(Checksum::Ok | Checksum::Partial { .. } | Checksum::NotPresent) => ChecksumState::Fine,
        Some(Checksum::Bad { .. }) => ChecksumState::Wrong,
        Some(Checksum::NotCheckable(_)) | None => ChecksumState::Unknown,
    }
}

/// Is it the address of one interface?
const fn is_unicast(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_multicast() || address.is_broadcast() || address.is_unspecified()),
        IpAddr::V6(address) => !(address.is_multicast() || address.is_unspecified()),
    }
}
