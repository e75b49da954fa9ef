//! BSD loopback: the address family as the machine that captured numbers it, in its own byte order; `OpenBSD`'s is in
//! network byte order. <https://www.tcpdump.org/linktypes.html>

use super::cursor::Cursor;
use super::display_format::DisplayFormat as Format;
use super::field::{Field, FieldDef, bytes, rest};
use super::fields::Fields;
use super::header::HeaderDef;
use super::link::LinkType;
use super::next_header::{NextHeader, NextProtocol};
use super::packet::{Content, Packet};
use super::protocol::Protocol;
use super::span::Span;

fields! {
    FAMILY = "null.family";
    UNREAD = "null.unread";
}

/// Bytes of the header.
const FIXED: usize = 4;

/// The header.
static TABLE: [FieldDef; 1] = [bytes(id::FAMILY, "family", 0, 4, Format::Named(family))];
/// From a little-endian machine.
static TABLE_LITTLE: [FieldDef; 1] = [bytes(id::FAMILY, "family", 0, 4, Format::LittleEndian(family))];
static UNREAD: FieldDef = rest(id::UNREAD, "unread bytes", 0, Format::Bytes);

/// `AF_INET` is 2 everywhere, `AF_INET6` is not.
fn family(number: u64) -> Option<&'static str> {
    Some(match number {
        2 => "IPv4",
        10 | 24 | 28 | 30 => "IPv6",
        _ => return None,
    })
}

/// Families are small, so a number of more than 16 bits was written the other way round.
fn is_little_endian(header: Span<'_>) -> bool {
    header.u16(0).is_some_and(|high| high != 0)
}

/// Its descriptor.
pub(super) struct Header;

impl HeaderDef for Header {
    const NAME: &'static str = "loopback";
    const SOURCE: &'static str = "made up by the capture";
    const ANNOUNCED_BY: &'static [NextProtocol] =
        &[NextProtocol::Link(LinkType::NULL), NextProtocol::Link(LinkType::LOOP)];
    const FIELDS: &'static [Fields] = &[FIELDS];

    fn fields(header: Span<'_>) -> Vec<Field<'_>> {
        header.fields(
            if is_little_endian(header) {
                &TABLE_LITTLE
            } else {
                &TABLE
            },
            &UNREAD,
        )
    }

    fn decode<'a>(cursor: Cursor<'a>, packet: &mut Packet<'a>) -> NextHeader<'a> {
        let header = packet.fixed(Protocol::Null, cursor, FIXED)?;
        packet.push(Protocol::Null, cursor, FIXED);
        let number = header.u32(0)?;
        let number = if is_little_endian(header) {
            number.swap_bytes()
        } else {
            number
        };
        let cursor = cursor.after(FIXED);
        match family(u64::from(number)) {
            Some("IPv4") => Some((NextProtocol::EtherType(0x0800), cursor)),
            Some(_) => Some((NextProtocol::EtherType(0x86dd), cursor)),
            None => {
                packet.end(cursor, Content::Unread);
                None
            }
        }
    }
}
