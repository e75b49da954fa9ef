//! Where a frame keeps its type and its network header.

use super::condition::{Condition, Place};
use super::error::CompileError;
use crate::wire::LinkType;

/// Where the kernel's ancillary values start: a load at this offset asks for something that is not in the packet
/// (`SKF_AD_OFF` in linux/filter.h).
const ANCILLARY: u32 = 0xffff_f000;

/// `SKF_AD_PROTOCOL`: the `EtherType`.
pub(super) const PROTOCOL: Place = Place::At(ANCILLARY);
/// `SKF_AD_PKTTYPE`: to whom the packet was addressed; [`OUTGOING`] if this machine sent it.
pub(super) const PACKET_TYPE: Place = Place::At(ANCILLARY + 4);
/// `SKF_AD_IFINDEX`: the number of the interface.
pub(super) const INTERFACE: Place = Place::At(ANCILLARY + 8);
/// `SKF_AD_VLAN_TAG`: the tag that the kernel took off the frame.
pub(super) const VLAN_TAG: Place = Place::At(ANCILLARY + 44);
/// `SKF_AD_VLAN_TAG_PRESENT`: 1 if it took one off.
pub(super) const VLAN_TAG_PRESENT: Place = Place::At(ANCILLARY + 48);
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
    /// in them: the kernel keeps it aside, and whoever receives the frame puts it back.
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
pub(super) struct Layout {
    kind: Kind,
    /// Where the network header starts.
    network: u32,
    link: Option<LinkType>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// There is an `EtherType`.
    EtherType(Place),
    /// There is a protocol family of the BSD socket interface, 4 bytes; in either byte order?
    Family { either_order: bool },
    /// Only the version of IP tells.
    Version,
    /// Always this `EtherType`.
    Only(u16),
}

impl Layout {
    pub(super) fn of(target: Target) -> Result<Self, CompileError> {
        let link = match target {
            Target::File(link) | Target::Socket(link) => link,
            Target::CookedSocket { .. } => {
                return Ok(Self {
                    kind: Kind::EtherType(PROTOCOL),
                    network: 0,
                    link: None,
                });
            }
        };
        let (kind, network) = match link {
            LinkType::ETHERNET => (Kind::EtherType(Place::At(12)), 14),
            LinkType::LINUX_SLL => (Kind::EtherType(Place::At(14)), 16),
            LinkType::LINUX_SLL2 => (Kind::EtherType(Place::At(0)), 20),
            LinkType::NULL => (Kind::Family { either_order: true }, 4),
            LinkType::LOOP => (Kind::Family { either_order: false }, 4),
            LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD => (Kind::Version, 0),
            LinkType::IPV4 => (Kind::Only(IPV4), 0),
            LinkType::IPV6 => (Kind::Only(IPV6), 0),
            other => return Err(CompileError::LinkType(other)),
        };
        let link = Some(link);
        Ok(Self { kind, network, link })
    }

    /// The same with one more VLAN tag of 4 bytes in front of the type.
    pub(super) const fn tagged(mut self) -> Self {
        if let Kind::EtherType(place) = self.kind {
            self.kind = Kind::EtherType(place.plus(4));
        }
        self.network += 4;
        self
    }

    pub(super) const fn is_ethernet(&self) -> bool {
        matches!(self.link, Some(LinkType::ETHERNET))
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

    /// So many bytes into the network header.
    pub(super) const fn network(&self, offset: u32) -> Place {
        Place::At(self.network).plus(offset)
    }

    /// The first byte behind the IPv4 header.
    pub(super) const fn behind_ipv4(&self) -> Place {
        let header = self.network;
        Place::BehindIpv4 { header, offset: 0 }
    }

    /// Is what follows of this `EtherType`?
    pub(super) fn is_type(&self, number: u16) -> Condition {
        match (self.kind, number) {
            (Kind::EtherType(place), _) => place.half().equals(number.into()),
            (Kind::Family { either_order }, IPV4) => families(&[2], either_order),
            // Every system has a number of its own for IPv6: macOS, NetBSD and OpenBSD, FreeBSD.
            (Kind::Family { either_order }, IPV6) => families(&[30, 24, 28], either_order),
            (Kind::Version, IPV4) => self.network(0).byte().masked(0xf0).equals(0x40),
            (Kind::Version, IPV6) => self.network(0).byte().masked(0xf0).equals(0x60),
            (Kind::Only(only), _) if only == number => Condition::Always,
            _ => Condition::Never,
        }
    }

    /// Where the type stands, if there is one: at the first VLAN tag.
    pub(super) const fn ether_type(&self) -> Option<Place> {
        match self.kind {
            Kind::EtherType(place) => Some(place),
            _ => None,
        }
    }
}

/// Is the frame's family one of these? A file does not say in which byte order its machine wrote them.
fn families(numbers: &[u32], either_order: bool) -> Condition {
    let field = Place::At(0).word();
    let swapped = numbers
        .iter()
        .filter(|_| either_order)
        .map(|number| number.swap_bytes());
    let all = numbers.iter().copied().chain(swapped);
    Condition::Any(all.map(|number| field.equals(number)).collect())
}
