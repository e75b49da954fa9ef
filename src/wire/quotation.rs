//! The datagram that an ICMP error quotes. RFC 792, RFC 4443 section 2.4; its length: RFC 4884

use super::cursor::{Completeness, Cursor};
use super::packet::Packet;
use super::span::Span;

/// The length of the quotation in bytes that an ICMP message gives; 0 if it gives none. RFC 4884 section 5.1
pub(super) fn length_4(header: Span<'_>) -> usize {
    match header.u8(0) {
        Some(3 | 11 | 12) => header.u8(5).map_or(0, |words| usize::from(words) * 4),
        _ => 0,
    }
}

/// The same of an `ICMPv6` message, in units of 8 bytes. RFC 4884 section 5.4
pub(super) fn length_6(header: Span<'_>) -> usize {
    match header.u8(0) {
        Some(1 | 3) => header.u8(4).map_or(0, |units| usize::from(units) * 8),
        _ => 0,
    }
}

/// The quoted datagram of an error; where the message gives its length, without the extension after it.
pub(super) fn of<'a>(data: Cursor<'a>, declared: usize, packet: &mut Packet<'a>) -> Cursor<'a> {
    let mut quoted = data;
    if declared > 0 && declared < data.length {
        packet.set_trailer(data, declared);
        quoted = data.limited(declared);
    }
    quoted.completeness = Completeness::Quoted;
    quoted.quoted = true;
    quoted
}
