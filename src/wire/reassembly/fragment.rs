//! A fragment as a piece of its datagram.

use std::net::IpAddr;

use crate::wire::packet::Packet;
use crate::wire::protocol::Protocol;
use crate::wire::sum::of_ipv4_header;

/// What the pieces of one datagram have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct DatagramKey {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    pub(super) identification: u32,
    /// IPv4 counts the protocol too (RFC 791); 0 for IPv6, which does not (RFC 8200).
    pub(super) protocol: u8,
}

/// One fragment as the packet has it.
pub(super) struct Fragment<'p> {
    pub(super) key: DatagramKey,
    pub(super) offset: usize,
    pub(super) more: bool,
    pub(super) header: Option<Vec<u8>>,
    pub(super) data: &'p [u8],
    pub(super) whole: bool,
}

/// The fragment in a packet, if it is one. Of several IP headers (tunnels) the innermost counts.
pub(super) fn fragment<'p>(packet: &Packet<'p>) -> Option<Fragment<'p>> {
    let ip = packet.ip()?;
    if let Some(header) = ip.ipv4() {
        if !header.is_fragment() {
            return None;
        }
        let key = DatagramKey {
            source: header.source().into(),
            destination: header.destination().into(),
            identification: u32::from(header.identification()),
            protocol: header.protocol(),
        };
        let first = header.fragment_offset() == 0;
        return Some(Fragment {
            key,
            offset: header.fragment_offset(),
            more: header.more_fragments(),
            header: first.then(|| ip.header().bytes.to_vec()),
            data: ip.payload().bytes,
            whole: ip.payload().bytes.len() == ip.payload_length(),
        });
    }
    let header = ip.ipv6()?;
    let layer = packet.layer(Protocol::Fragment)?;
    let fragment = layer.fragment()?;
    if fragment.offset == 0 && !fragment.more {
        // An "atomic" fragment is a whole packet, whatever others with its number are about. RFC 6946
        return None;
    }
    let key = DatagramKey {
        source: header.source().into(),
        destination: header.destination().into(),
        identification: fragment.identification,
        protocol: 0,
    };
    let before = packet.bytes().get(ip.header().at..layer.header().at)?;
    Some(Fragment {
        key,
        offset: fragment.offset,
        more: fragment.more,
        header: if fragment.offset == 0 {
            without_fragment_header(packet, before, fragment.next_header)
        } else {
            None
        },
        data: layer.payload().bytes,
        whole: layer.payload().bytes.len() == layer.payload_length(),
    })
}

/// The headers before the fragment header, the last of them pointing to what follows it. RFC 8200 section 4.5
fn without_fragment_header(packet: &Packet<'_>, before: &[u8], next: u8) -> Option<Vec<u8>> {
    let mut header = before.to_vec();
    let at = packet
        .layers()
        .iter()
        .position(|layer| layer.protocol() == Protocol::Fragment && !layer.is_quoted())?;
    let previous = packet.layers().get(at.checked_sub(1)?)?;
    let ip = packet.ip()?.header().at;
    // The number of the next header is in byte 6 of the IPv6 header, and in the first byte of an extension header.
    let place = if previous.protocol() == Protocol::Ipv6 {
        6
    } else {
        previous.header().at.checked_sub(ip)?
    };
    *header.get_mut(place)? = next;
    Some(header)
}

/// Makes the header that of the whole datagram: its length; in IPv4 no flags of a fragment, and the checksum.
pub(super) fn set_length(datagram: &mut [u8], header: usize) {
    let is_ipv4 = datagram.first().is_some_and(|byte| byte >> 4 == 4);
    let (place, length) = if is_ipv4 {
        (2, datagram.len())
    } else {
        (4, datagram.len().saturating_sub(40))
    };
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    put(datagram, place, length);
    if is_ipv4 {
        let fragment = datagram.get(6).map_or(0, |byte| byte & 0b1100_0000);
        put(datagram, 6, u16::from(fragment) << 8);
        put(datagram, 10, 0);
        let checksum = of_ipv4_header(datagram.get(..header).unwrap_or_default());
        put(datagram, 10, checksum);
    }
}

fn put(bytes: &mut [u8], at: usize, value: u16) {
    if let Some(place) = bytes.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = value.to_be_bytes();
    }
}
