//! The checksums of IPv4, ICMP, `ICMPv6`, UDP and TCP. RFC 1071; the pseudo-headers: RFC 9293 section 3.1, RFC 8200 section 8.1

use super::ipv6_extension::final_destination;
use super::layer::Layer;
use super::protocol::Protocol;
use super::rest::Extent;

/// What a checksum turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// Right.
    Ok,
    /// Left to the network card (offload): stored is exactly the pseudo-header's sum, not yet complemented. So the kernel
    /// hands it over, and so it looks where a packet is seen before the card, or never comes to one (loopback).
    Partial {
        /// The value that the card would fill in.
        full: u16,
    },
    /// Wrong.
    Bad {
        /// The right value.
        right: u16,
    },
    /// The sender did without (0 in UDP). Allowed over IPv4 (RFC 768), over IPv6 for tunnels only (RFC 6936).
    NotPresent,
    /// It cannot be checked.
    NotCheckable(Unchecked),
}

/// Why a checksum cannot be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unchecked {
    /// The capture does not have all bytes that it covers.
    Cut,
    /// It covers the whole datagram, of which this is a fragment.
    Fragment,
    /// It covers the whole datagram, of which an ICMP error quotes the beginning.
    Quoted,
    /// The packet's own lengths contradict each other, or no IP header stands before.
    Malformed,
}

/// Checks the header with this index.
pub(super) fn of(layers: &[Layer<'_>], index: usize) -> Option<Checksum> {
    let layer = layers.get(index)?;
    let place = match layer.protocol {
        Protocol::Ipv4 => return Some(ipv4(layer)),
        Protocol::Icmp | Protocol::Icmpv6 => 2,
        Protocol::Udp => 6,
        Protocol::Tcp => 16,
        _ => return None,
    };
    Some(check(layers.get(..index).unwrap_or_default(), layer, place).unwrap_or_else(Checksum::NotCheckable))
}

fn ipv4(layer: &Layer<'_>) -> Checksum {
    let header = layer.header;
    let told = header.u8(0).map_or(0, |byte| usize::from(byte & 15) * 4);
    let Some(stored) = header.u16(10) else {
        return Checksum::NotCheckable(Unchecked::Cut);
    };
    if told < 20 {
        return Checksum::NotCheckable(Unchecked::Malformed);
    }
    if header.bytes.len() < told {
        return Checksum::NotCheckable(Unchecked::Cut);
    }
    of_whole(header.bytes, stored)
}

/// Of bytes that are covered whole, the stored value among them.
fn of_whole(bytes: &[u8], stored: u16) -> Checksum {
    match fold(add(0, bytes)) {
        0xffff => Checksum::Ok,
        sum => Checksum::Bad {
            right: right_value(sum, stored),
        },
    }
}

fn check(before: &[Layer<'_>], layer: &Layer<'_>, place: usize) -> Result<Checksum, Unchecked> {
    let stored = layer.header.u16(place);
    let is_udp = layer.protocol == Protocol::Udp;
    if is_udp && stored == Some(0) {
        return Ok(Checksum::NotPresent);
    }
    match layer.extent {
        Extent::Quoted => return Err(Unchecked::Quoted),
        Extent::FirstFragment => return Err(Unchecked::Fragment),
        Extent::Whole => {}
    }
    let stored = stored.ok_or(Unchecked::Cut)?;
    let covered = layer.header.bytes.len() + layer.payload.bytes.len();
    if covered < layer.length {
        return Err(Unchecked::Cut);
    }
    if is_udp && !has_true_length(layer) {
        return Err(Unchecked::Malformed);
    }
    let pseudo = if layer.protocol == Protocol::Icmp {
        0
    } else {
        pseudo_header(before, layer)?
    };
    // The header has an even number of bytes, or nothing follows it: words stay words across the border.
    let all = add(add(pseudo, layer.header.bytes), layer.payload.bytes);
    let sum = fold(all);
    if sum == 0xffff {
        return Ok(Checksum::Ok);
    }
    let mut right = right_value(sum, stored);
    if is_udp && right == 0 {
        // 0 means "none", so the other zero of one's complement stands for it. RFC 768
        right = 0xffff;
    }
    let partial = layer.protocol != Protocol::Icmp && stored == fold(pseudo);
    Ok(if partial {
        Checksum::Partial { full: right }
    } else {
        Checksum::Bad { right }
    })
}

/// Is UDP's length field that of the datagram? A jumbogram's is 0. RFC 2675 section 4
fn has_true_length(udp: &Layer<'_>) -> bool {
    let told = udp.header.u16(4).map(usize::from);
    told == Some(udp.length) || (told == Some(0) && udp.length > usize::from(u16::MAX))
}

/// The sum of addresses, protocol and length that TCP, UDP and `ICMPv6` count too.
fn pseudo_header(before: &[Layer<'_>], layer: &Layer<'_>) -> Result<u64, Unchecked> {
    let protocol: u64 = match layer.protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        _ => 58,
    };
    let mut sum = protocol + layer.length as u64;
    let mut route = None;
    for outer in before.iter().rev() {
        match outer.protocol {
            Protocol::Routing => route = final_destination(outer.header),
            Protocol::Ipv4 => {
                let ip = outer.ipv4().ok_or(Unchecked::Malformed)?;
                sum = add(sum, &ip.source().octets());
                return Ok(add(sum, &ip.final_destination().octets()));
            }
            Protocol::Ipv6 => {
                let ip = outer.ipv6().ok_or(Unchecked::Malformed)?;
                sum = add(sum, &ip.source().octets());
                return Ok(add(sum, &route.unwrap_or_else(|| ip.destination()).octets()));
            }
            _ => {}
        }
    }
    Err(Unchecked::Malformed)
}

/// Adds 16-bit words, the last byte filled up with zero. Sums of 64 bits cannot overflow: no frame has 2^48 words.
fn add(sum: u64, bytes: &[u8]) -> u64 {
    let words = bytes.chunks_exact(2);
    let odd = words.remainder().first();
    let sum = words.fold(sum, |sum, word| match *word {
        [high, low] => sum + u64::from(u16::from_be_bytes([high, low])),
        _ => sum,
    });
    odd.map_or(sum, |&byte| sum + (u64::from(byte) << 8))
}

/// The one's complement sum in 16 bits.
#[expect(clippy::cast_possible_truncation, reason = "the loop leaves no more than 16 bits")]
const fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// Checks an ICMP extension: it covers all of it, and nothing else. RFC 4884 section 7
pub(super) fn of_icmp_extension(extension: &[u8], cut: bool) -> Checksum {
    let Some(&stored) = extension.get(2..).and_then(|bytes| bytes.first_chunk()) else {
        return Checksum::NotCheckable(if cut { Unchecked::Cut } else { Unchecked::Malformed });
    };
    let stored = u16::from_be_bytes(stored);
    if stored == 0 {
        return Checksum::NotPresent;
    }
    if cut {
        return Checksum::NotCheckable(Unchecked::Cut);
    }
    of_whole(extension, stored)
}

/// The value that makes it right: the complement of the sum without the stored one.
fn right_value(sum: u16, stored: u16) -> u16 {
    !fold(u64::from(sum) + u64::from(!stored))
}

/// The header checksum of IPv4 for a header whose checksum field is zero.
pub(super) fn of_ipv4_header(header: &[u8]) -> u16 {
    !fold(add(0, header))
}
