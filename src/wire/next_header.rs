//! What follows a header: by which number it is announced.

use super::cursor::Cursor;
use super::link::LinkType;
use super::packet::Content;

/// What the next header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextProtocol {
    /// The frame's first, by the capture's link type.
    Link(LinkType),
    /// By `EtherType`.
    EtherType(u16),
    /// IEEE 802.2.
    Llc,
    /// IP: the version in its first four bits says which.
    Ip,
    /// By IP protocol number, after IPv4.
    AfterIpv4(u8),
    /// By IP protocol number, after IPv6 or its extension headers.
    AfterIpv6(u8),
}

impl NextProtocol {
    /// What the bytes are where no header of ours is announced so.
    pub(super) const fn content(self) -> Content {
        match self {
            Self::Link(link) => Content::Link(link),
            Self::EtherType(number) => Content::EtherType(number),
            Self::Llc | Self::Ip => Content::Unread,
            Self::AfterIpv4(number) | Self::AfterIpv6(number) => Content::IpProtocol(number),
        }
    }
}

/// What a protocol's decoder gives: the next header and its bytes, or nothing when there is none.
pub(super) type NextHeader<'a> = Option<(NextProtocol, Cursor<'a>)>;
