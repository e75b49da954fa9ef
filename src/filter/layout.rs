//! Where a frame keeps its type and its network header.

use super::condition::{Base, Condition, Location};
use crate::wire::LinkType;

/// Where the kernel's ancillary values start: a load at this offset asks for something that is not in the packet
/// (`SKF_AD_OFF` in linux/filter.h).
const ANCILLARY: u32 = 0xffff_f000;

/// `SKF_AD_PROTOCOL`: the `EtherType`.
pub(super) const PROTOCOL: Location = Location::At(ANCILLARY);
/// `SKF_AD_PKTTYPE`: to whom the packet was addressed; [`OUTGOING`] if this machine sent it.
pub(super) const PACKET_TYPE: Location = Location::At(ANCILLARY + 4);
/// `SKF_AD_IFINDEX`: the number of the interface.
pub(super) const INTERFACE: Location = Location::At(ANCILLARY + 8);
/// `SKF_AD_VLAN_TAG`: the tag that the kernel took off the frame.
pub(super) const VLAN_TAG: Location = Location::At(ANCILLARY + 44);
/// `SKF_AD_VLAN_TAG_PRESENT`: 1 if it took one off.
pub(super) const VLAN_TAG_PRESENT: Location = Location::At(ANCILLARY + 48);
/// `PACKET_OUTGOING`, packet(7).
pub(super) const OUTGOING: u32 = 4;

/// `EtherType` of IPv4 (IANA, "IEEE 802 Numbers").
pub(super) const IPV4: u16 = 0x0800;
/// `EtherType` of IPv6.
pub(super) const IPV6: u16 = 0x86dd;

/// What the frames are that a program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Frames of a capture file: whole, with the link-layer header that this link type says and with their VLAN tags.
    File(LinkType),
    /// Frames as the kernel shows them to the filter of an `AF_PACKET`, `SOCK_RAW` socket. The outermost VLAN tag is not
    /// in them: the kernel keeps it aside, and the receiver of the frame puts it back.
    Socket(LinkType),
    /// Packets as the kernel shows them to the filter of an `AF_PACKET`, `SOCK_DGRAM` ("cooked") socket: they start with
    /// the network header.
    CookedSocket {
        /// How many bytes the receiver puts in front (16 for [`LinkType::LINUX_SLL`], 20 for [`LinkType::LINUX_SLL2`]);
        /// `less` and `greater` count them.
        header: u32,
        /// The interface number of `lo`, if the packets that it sends are to be dropped: it shows each of them a second
        /// time, as received.
        loopback: Option<u32>,
    },
}

/// How frames are built.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameLayout {
    kind: ProtocolTest,
    /// Where the network header starts.
    network: Location,
    link: Option<LinkType>,
}

/// What says which protocol the network header has.
#[derive(Debug, Clone, Copy)]
enum ProtocolTest {
    /// There is an `EtherType`.
    EtherType(Location),
    /// There is a number of 2 bytes that is an `EtherType` but for IPv4 and IPv6, which have these.
    Numbered { location: Location, ipv4: u32, ipv6: u32 },
    /// There is a number of 2 bytes for IPv4 and IPv6, and none for the rest.
    OnlyIp { location: Location, ipv4: u32, ipv6: u32 },
    /// There is a protocol family of the BSD socket interface, 4 bytes; in either byte order?
    Family { either_order: bool },
    /// Only the version field of IP says it.
    Version,
    /// Always this `EtherType`.
    Only(u16),
    /// There is an `EtherType` in frames of which the byte here has these bits, under this mask; no other frame has one.
    Marked {
        byte: Location,
        mask: u32,
        bits: u32,
        ether_type: Location,
    },
    /// There is one byte at offset 4.
    Arcnet,
    /// It is unknown.
    Unknown,
}

impl FrameLayout {
    pub(super) fn of(target: Target) -> Self {
        let link = match target {
            Target::File(link) | Target::Socket(link) => link,
            Target::CookedSocket { .. } => {
                return Self {
                    kind: ProtocolTest::EtherType(PROTOCOL),
                    network: Location::At(0),
                    link: None,
                };
            }
        };
        let ether_type = |offset| ProtocolTest::EtherType(Location::At(offset));
        let (kind, network) = match link {
            LinkType::ETHERNET => (ether_type(12), 14),
            LinkType::LINUX_SLL => (ether_type(14), 16),
            LinkType::LINUX_SLL2 => (ether_type(0), 20),
            LinkType::C_HDLC => (ether_type(2), 4),
            // RFC 1332 section 1, RFC 5072 section 1.
            LinkType::PPP => {
                let (location, ipv4, ipv6) = (Location::At(2), 0x0021, 0x0057);
                (ProtocolTest::Numbered { location, ipv4, ipv6 }, 4)
            }
            // RFC 2427 section 4: control 3, unnumbered information, and the NLPID.
            LinkType::FRELAY => {
                let (location, ipv4, ipv6) = (Location::At(2), 0x03cc, 0x038e);
                (ProtocolTest::OnlyIp { location, ipv4, ipv6 }, 4)
            }
            // The low half of the first byte is 2 where LLC follows behind the circuit's number.
            LinkType::SUNATM => {
                let (byte, mask, bits) = (Location::At(0), 0x0f, 2);
                let ether_type = Location::At(10);
                (
                    ProtocolTest::Marked {
                        byte,
                        mask,
                        bits,
                        ether_type,
                    },
                    12,
                )
            }
            LinkType::ARCNET_LINUX => (ProtocolTest::Arcnet, 8),
            LinkType::IEEE802_11_RADIOTAP => return Self::wireless(),
            LinkType::NULL => (ProtocolTest::Family { either_order: true }, 4),
            LinkType::LOOP => (ProtocolTest::Family { either_order: false }, 4),
            LinkType::SLIP => (ProtocolTest::Version, 16),
            LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => (ProtocolTest::Version, 0),
            LinkType::IPV4 => (ProtocolTest::Only(IPV4), 0),
            LinkType::IPV6 => (ProtocolTest::Only(IPV6), 0),
            _ => (ProtocolTest::Unknown, 0),
        };
        Self {
            kind,
            network: Location::At(network),
            link: Some(link),
        }
    }

    /// IEEE 802.11, section 9.2.4.1.3: the type of a data frame is 2, in bits 2 and 3 of the first byte. LLC and SNAP
    /// follow its header, 8 bytes that end with the `EtherType`.
    fn wireless() -> Self {
        let behind = |base, offset| Location::Behind { base, offset };
        Self {
            kind: ProtocolTest::Marked {
                byte: behind(Base::Radiotap, 0),
                mask: 0x0c,
                bits: 0x08,
                ether_type: behind(Base::Wireless, 6),
            },
            network: behind(Base::Wireless, 8),
            link: Some(LinkType::IEEE802_11_RADIOTAP),
        }
    }

    /// The same with one more VLAN tag of 4 bytes in front of the type.
    pub(super) const fn tagged(mut self) -> Self {
        if let ProtocolTest::EtherType(location) = self.kind {
            self.kind = ProtocolTest::EtherType(location.plus(4));
        }
        self.network = self.network.plus(4);
        self
    }

    /// The link type of frames of which it is unknown where the network header starts.
    pub(super) const fn unknown(&self) -> Option<LinkType> {
        match self.kind {
            ProtocolTest::Unknown => self.link,
            _ => None,
        }
    }

    pub(super) const fn is_ethernet(&self) -> bool {
        matches!(self.link, Some(LinkType::ETHERNET))
    }

    pub(super) const fn is_arcnet(&self) -> bool {
        matches!(self.kind, ProtocolTest::Arcnet)
    }

    /// Does the frame that the filter sees start with a link-layer header?
    pub(super) const fn has_link_header(&self) -> bool {
        self.link.is_some()
    }

    /// What the frames are, for an error.
    pub(super) fn frames(&self) -> String {
        self.link
            .map_or_else(|| "packets of any interface".to_owned(), |link| link.to_string())
    }

    /// The start of the link-layer header.
    pub(super) const fn link_header(&self) -> Location {
        match self.kind {
            ProtocolTest::Marked { byte, .. } => byte,
            _ => Location::At(0),
        }
    }

    /// The place `offset` bytes into the network header.
    pub(super) const fn network(&self, offset: u32) -> Location {
        self.network.plus(offset)
    }

    /// The first byte behind the IPv4 header.
    pub(super) const fn behind_ipv4(&self) -> Location {
        match self.network {
            Location::At(offset) => Location::Behind {
                base: Base::Ipv4(offset),
                offset,
            },
            Location::Behind { offset, .. } => Location::Behind {
                base: Base::WirelessIpv4(offset),
                offset,
            },
            Location::Length => Location::Length,
        }
    }

    /// Is what follows of this `EtherType`?
    pub(super) fn is_type(&self, number: u16) -> Condition {
        match (self.kind, number) {
            (ProtocolTest::Numbered { location, ipv4, .. } | ProtocolTest::OnlyIp { location, ipv4, .. }, IPV4) => {
                location.half().equals(ipv4)
            }
            (ProtocolTest::Numbered { location, ipv6, .. } | ProtocolTest::OnlyIp { location, ipv6, .. }, IPV6) => {
                location.half().equals(ipv6)
            }
            (ProtocolTest::EtherType(location) | ProtocolTest::Numbered { location, .. }, _) => {
                location.half().equals(number.into())
            }
            (ProtocolTest::Family { either_order }, IPV4) => families(&[2], either_order),
            // Every system has a number of its own for IPv6: macOS, NetBSD and OpenBSD, FreeBSD.
            (ProtocolTest::Family { either_order }, IPV6) => families(&[30, 24, 28], either_order),
            (ProtocolTest::Version, IPV4) => self.network(0).byte().masked(0xf0).equals(0x40),
            (ProtocolTest::Version, IPV6) => self.network(0).byte().masked(0xf0).equals(0x60),
            (ProtocolTest::Only(only), _) if only == number => Condition::Always,
            (
                ProtocolTest::Marked {
                    byte,
                    mask,
                    bits,
                    ether_type,
                },
                _,
            ) => {
                let has_type = byte.byte().masked(mask).equals(bits);
                has_type.and(ether_type.half().equals(number.into()))
            }
            (ProtocolTest::Arcnet, _) => arcnet_types(number),
            _ => Condition::Never,
        }
    }

    /// Where the type is, if there is one: at the first VLAN tag.
    pub(super) const fn ether_type(&self) -> Option<Location> {
        match self.kind {
            ProtocolTest::EtherType(location) => Some(location),
            _ => None,
        }
    }
}

/// ARCNET's numbers for an `EtherType`: those of RFC 1201, and for IPv4 and ARP those of RFC 1051 too.
fn arcnet_types(number: u16) -> Condition {
    let numbers: &[u32] = match number {
        IPV4 => &[212, 240],
        IPV6 => &[196],
        0x0806 => &[213, 241],
        0x8035 => &[214],
        _ => &[],
    };
    let field = Location::At(4).byte();
    Condition::Any(numbers.iter().map(|&number| field.equals(number)).collect())
}

/// Is the frame's family one of these? A file does not say in which byte order its machine wrote them.
fn families(numbers: &[u32], either_order: bool) -> Condition {
    let field = Location::At(0).word();
    let swapped = numbers
        .iter()
        .filter(|_| either_order)
        .map(|number| number.swap_bytes());
    let all = numbers.iter().copied().chain(swapped);
    Condition::Any(all.map(|number| field.equals(number)).collect())
}
