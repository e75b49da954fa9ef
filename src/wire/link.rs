//! What the first byte of a frame belongs to.

use std::fmt;

/// The link type of a capture, as the registry of capture files numbers it (`LINKTYPE_…`,
/// <https://www.tcpdump.org/linktypes.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u32);

impl LinkType {
    /// BSD loopback: a protocol family of 4 bytes in the byte order of the machine that captured, then the packet.
    pub const NULL: Self = Self(0);
    /// Ethernet II and IEEE 802.3.
    pub const ETHERNET: Self = Self(1);
    /// Serial Line IP as `slip(4)` of BSD captures it: 16 bytes of direction and compression, then the packet. RFC 1055.
    pub const SLIP: Self = Self(8);
    /// PPP in frames as HDLC has them: address, control, protocol. RFC 1662.
    pub const PPP: Self = Self(9);
    /// Raw IP, by the number that some systems wrote into files; [`Self::RAW`] means the same.
    pub const RAW_BSD: Self = Self(12);
    /// The same as [`Self::RAW_BSD`], from `OpenBSD`.
    pub const RAW_OPENBSD: Self = Self(14);
    /// Raw IP: the frame starts with an IPv4 or IPv6 header; its version field says which.
    pub const RAW: Self = Self(101);
    /// Cisco HDLC: address, control, `EtherType`. RFC 1547, section 4.3.1.
    pub const C_HDLC: Self = Self(104);
    /// Frame Relay: an address of 2 bytes, then control and NLPID. RFC 2427.
    pub const FRELAY: Self = Self(107);
    /// `OpenBSD` loopback: as [`Self::NULL`], the family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux "cooked" capture, version 1: a header of 16 bytes.
    pub const LINUX_SLL: Self = Self(113);
    /// ATM as `SunATM` devices capture it: 4 bytes of traffic type and circuit, then LLC.
    pub const SUNATM: Self = Self(123);
    /// IEEE 802.11 behind a radiotap header (<https://www.radiotap.org>).
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// ARCNET as Linux captures it: source, destination, offset, type. RFC 1201.
    pub const ARCNET_LINUX: Self = Self(129);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux "cooked" capture, version 2: a header of 20 bytes.
    pub const LINUX_SLL2: Self = Self(276);
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::NULL => "BSD loopback",
            Self::ETHERNET => "Ethernet",
            Self::SLIP => "SLIP",
            Self::PPP => "PPP",
            Self::RAW | Self::RAW_BSD | Self::RAW_OPENBSD => "raw IP",
            Self::C_HDLC => "Cisco HDLC",
            Self::FRELAY => "Frame Relay",
            Self::LOOP => "OpenBSD loopback",
            Self::LINUX_SLL => "Linux cooked v1",
            Self::SUNATM => "ATM",
            Self::IEEE802_11_RADIOTAP => "IEEE 802.11 with radiotap",
            Self::ARCNET_LINUX => "ARCNET",
            Self::IPV4 => "raw IPv4",
            Self::IPV6 => "raw IPv6",
            Self::LINUX_SLL2 => "Linux cooked v2",
            Self(number) => return write!(f, "link type {number}"),
        };
        f.write_str(name)
    }
}
