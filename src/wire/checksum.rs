//! Is a header's checksum right? The pseudo-headers: RFC 9293 section 3.1, RFC 8200 section 8.1

use super::cursor::Completeness;
use super::header::{ChecksumDef, Covers, words};
use super::ipv4;
use super::ipv6_extension::{final_destination, home_address};
use super::layer::Layer;
use super::packet::Packet;
use super::protocol::Protocol;
use super::sum::{Checksum, Unchecked, add, fold, of_whole, right_value};

impl Packet<'_> {
    /// Is the checksum of this header right? `None` for protocols without one. `index` counts [`Self::layers`].
    #[must_use]
    pub fn checksum(&self, index: usize) -> Option<Checksum> {
        of(&self.layers, index)
    }
}

fn of(layers: &[Layer<'_>], index: usize) -> Option<Checksum> {
    let layer = layers.get(index)?;
    let def = layer.protocol.checksum()?;
    if def.covers == Covers::Header {
        return Some(header(layer, def));
    }
    Some(message(layers.get(..index).unwrap_or_default(), layer, def).unwrap_or_else(Checksum::NotCheckable))
}

/// Of a checksum that covers the header alone: IPv4's.
fn header(layer: &Layer<'_>, def: ChecksumDef) -> Checksum {
    let header = layer.header;
    let declared = words(header, 0, 0);
    let Some(stored) = header.u16(def.offset) else {
        return Checksum::NotCheckable(Unchecked::Cut);
    };
    if declared < ipv4::FIXED {
        return Checksum::NotCheckable(Unchecked::Malformed);
    }
    if header.bytes.len() < declared {
        return Checksum::NotCheckable(Unchecked::Cut);
    }
    of_whole(header.bytes, stored)
}

fn message(before: &[Layer<'_>], layer: &Layer<'_>, def: ChecksumDef) -> Result<Checksum, Unchecked> {
    let stored = layer.header.u16(def.offset);
    let is_udp = layer.protocol == Protocol::Udp;
    if is_udp && stored == Some(0) {
        return Ok(Checksum::NotPresent);
    }
    let covered = layer.header.bytes.len() + layer.payload.bytes.len();
    match layer.completeness {
        // Many quote as much as fits. RFC 1812 section 4.3.2.3, RFC 4443 section 2.4
        Completeness::Quoted if covered < layer.length || is_fragment(before) => return Err(Unchecked::Quoted),
        Completeness::FirstFragment => return Err(Unchecked::Fragment),
        Completeness::Quoted | Completeness::Whole => {}
    }
    let stored = stored.ok_or(Unchecked::Cut)?;
    if covered < layer.length {
        return Err(Unchecked::Cut);
    }
    if is_udp && !has_true_length(layer) {
        return Err(Unchecked::Malformed);
    }
    let pseudo = match def.covers {
        Covers::PseudoHeader(number) => pseudo_header(number, before, layer)?,
        Covers::Header | Covers::Message => 0,
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
    let partial = def.covers != Covers::Message && stored == fold(pseudo);
    Ok(if partial {
        Checksum::Partial { full: right }
    } else {
        Checksum::Bad { right }
    })
}

/// Does a quoted IP header say that fragments follow?
fn is_fragment(before: &[Layer<'_>]) -> bool {
    before
        .iter()
        .filter(|outer| outer.quoted)
        .any(|outer| match outer.protocol {
            Protocol::Ipv4 => outer.header.u16(6).is_some_and(|flags| flags & 0x2000 != 0),
            Protocol::Fragment => outer.header.u16(2).is_some_and(|flags| flags & 1 != 0),
            _ => false,
        })
}

/// Is UDP's length field that of the datagram? A jumbogram's is 0. RFC 2675 section 4
fn has_true_length(udp: &Layer<'_>) -> bool {
    let declared = udp.header.u16(4).map(usize::from);
    declared == Some(udp.length) || (declared == Some(0) && udp.length > usize::from(u16::MAX))
}

/// The sum of addresses, protocol and length that TCP, UDP and `ICMPv6` count too.
fn pseudo_header(number: u8, before: &[Layer<'_>], layer: &Layer<'_>) -> Result<u64, Unchecked> {
    let mut sum = u64::from(number) + layer.length as u64;
    let (mut route, mut home) = (None, None);
    for outer in before.iter().rev() {
        match outer.protocol {
            Protocol::Routing => route = final_destination(outer.header),
            // The sender is away from home, and the sum has its home address. RFC 6275 section 11.3.1
            Protocol::DestinationOptions => home = home.or_else(|| home_address(outer.header)),
            Protocol::Ipv4 => {
                let ip = outer.ipv4().ok_or(Unchecked::Malformed)?;
                sum = add(sum, &ip.source().octets());
                return Ok(add(sum, &ip.final_destination().octets()));
            }
            Protocol::Ipv6 => {
                let ip = outer.ipv6().ok_or(Unchecked::Malformed)?;
                sum = add(sum, &home.unwrap_or_else(|| ip.source()).octets());
                return Ok(add(sum, &route.unwrap_or_else(|| ip.destination()).octets()));
            }
            _ => {}
        }
    }
    Err(Unchecked::Malformed)
}
