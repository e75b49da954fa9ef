//! One header of a packet, with what belongs to it.

use super::field::Field;
use super::protocol::Protocol;
use super::rest::Extent;
use super::span::Span;
use super::{arp, cooked, ethernet, icmp, icmpv6, ipv4, ipv6, ipv6_extension, llc, null, tcp, udp, vlan};

/// One header of a packet, with what belongs to it. Small and without allocation; the fields are made when asked for.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'a> {
    pub(super) protocol: Protocol,
    pub(super) header: Span<'a>,
    pub(super) payload: Span<'a>,
    pub(super) length: usize,
    pub(super) extent: Extent,
    pub(super) quoted: bool,
}

impl<'a> Layer<'a> {
    /// Its protocol.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The header's bytes with their place in the frame, options included. Fewer than the protocol's fixed header when the
    /// packet ends before.
    #[must_use]
    pub const fn header(&self) -> Span<'a> {
        self.header
    }

    /// The captured bytes that it carries, cut by the length fields, so without Ethernet padding.
    #[must_use]
    pub const fn payload(&self) -> Span<'a> {
        self.payload
    }

    /// How many bytes it carries on the wire, by the length fields; more than [`Self::payload`] has when the capture is cut.
    #[must_use]
    pub fn payload_length(&self) -> usize {
        self.length.saturating_sub(self.header_length())
    }

    /// How many bytes the header has on the wire. More than [`Self::header`] has when the capture cut it; where the cut took
    /// the length field too, the least that the protocol allows.
    #[must_use]
    pub fn header_length(&self) -> usize {
        let words = |offset: usize, shift: u32, least: usize| {
            let told = self
                .header
                .u8(offset)
                .map_or(0, |byte| usize::from(byte >> shift & 15) * 4);
            told.max(least)
        };
        let told = match self.protocol {
            Protocol::Ethernet => ethernet::FIXED,
            Protocol::Ipv4 => words(0, 0, ipv4::FIXED),
            Protocol::Ipv6 => ipv6::FIXED,
            Protocol::Udp => udp::FIXED,
            Protocol::Tcp => words(12, 4, tcp::FIXED),
            _ => 0,
        };
        told.min(self.length).max(self.header.bytes.len())
    }

    /// Header and payload on the wire, in bytes.
    #[must_use]
    pub const fn length(&self) -> usize {
        self.length
    }

    /// Is it part of a datagram that an ICMP error quotes?
    #[must_use]
    pub const fn is_quoted(&self) -> bool {
        self.quoted
    }

    /// Is all of its datagram here, or only a first fragment or a quotation?
    #[must_use]
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Its fields in order, each with its place: every byte of the header stands in exactly one of them.
    #[must_use]
    pub fn fields(&self) -> Vec<Field<'a>> {
        let header = self.header;
        match self.protocol {
            Protocol::Ethernet => ethernet::fields(header),
            Protocol::Llc => llc::fields(header),
            Protocol::Vlan | Protocol::ServiceVlan => vlan::fields(self.protocol, header),
            Protocol::LinuxSll => cooked::fields_1(header),
            Protocol::LinuxSll2 => cooked::fields_2(header),
            Protocol::Null => null::fields(header),
            Protocol::Arp => arp::fields(header),
            Protocol::Ipv4 => ipv4::fields(header),
            Protocol::Ipv6 => ipv6::fields(header),
            Protocol::HopByHop
            | Protocol::Routing
            | Protocol::Fragment
            | Protocol::DestinationOptions
            | Protocol::Authentication => ipv6_extension::fields(self.protocol, header),
            Protocol::Icmp => icmp::fields(header),
            Protocol::Icmpv6 => icmpv6::fields(header),
            Protocol::Udp => udp::fields(header),
            Protocol::Tcp => tcp::fields(header),
        }
    }

    /// The typed header, when it is a TCP one and its fixed 20 bytes are there.
    #[must_use]
    pub fn tcp(&self) -> Option<tcp::Tcp<'a>> {
        (self.protocol == Protocol::Tcp)
            .then(|| tcp::Tcp::new(self.header))
            .flatten()
    }

    /// The typed header, when it is a UDP one and its 8 bytes are there.
    #[must_use]
    pub fn udp(&self) -> Option<udp::Udp<'a>> {
        (self.protocol == Protocol::Udp)
            .then(|| udp::Udp::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an IPv4 one and its fixed 20 bytes are there.
    #[must_use]
    pub fn ipv4(&self) -> Option<ipv4::Ipv4<'a>> {
        (self.protocol == Protocol::Ipv4)
            .then(|| ipv4::Ipv4::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an IPv6 one and its 40 bytes are there.
    #[must_use]
    pub fn ipv6(&self) -> Option<ipv6::Ipv6<'a>> {
        (self.protocol == Protocol::Ipv6)
            .then(|| ipv6::Ipv6::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an IPv6 fragment header and its 8 bytes are there.
    #[must_use]
    pub fn fragment(&self) -> Option<ipv6_extension::FragmentHeader> {
        (self.protocol == Protocol::Fragment)
            .then(|| ipv6_extension::FragmentHeader::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an ICMP one of 8 bytes or more.
    #[must_use]
    pub fn icmp(&self) -> Option<icmp::Icmp<'a>> {
        (self.protocol == Protocol::Icmp)
            .then(|| icmp::Icmp::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an `ICMPv6` one of 4 bytes or more.
    #[must_use]
    pub fn icmpv6(&self) -> Option<icmpv6::Icmpv6<'a>> {
        (self.protocol == Protocol::Icmpv6)
            .then(|| icmpv6::Icmpv6::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an ARP one for IPv4 over Ethernet.
    #[must_use]
    pub fn arp(&self) -> Option<arp::Arp<'a>> {
        (self.protocol == Protocol::Arp)
            .then(|| arp::Arp::new(self.header))
            .flatten()
    }

    /// The typed header, when it is an Ethernet one and its 14 bytes are there.
    #[must_use]
    pub fn ethernet(&self) -> Option<ethernet::Ethernet<'a>> {
        (self.protocol == Protocol::Ethernet)
            .then(|| ethernet::Ethernet::new(self.header))
            .flatten()
    }

    /// The VLAN identifier, 0 to 4095, when it is a VLAN tag.
    #[must_use]
    pub fn vlan_identifier(&self) -> Option<u16> {
        matches!(self.protocol, Protocol::Vlan | Protocol::ServiceVlan)
            .then(|| Some(self.header.u16(0)? & 0x0fff))
            .flatten()
    }

    /// Source and destination port of TCP or UDP; also of a quotation or fragment that has only the first bytes.
    #[must_use]
    pub fn ports(&self) -> Option<(u16, u16)> {
        matches!(self.protocol, Protocol::Tcp | Protocol::Udp)
            .then(|| Some((self.header.u16(0)?, self.header.u16(2)?)))
            .flatten()
    }
}
