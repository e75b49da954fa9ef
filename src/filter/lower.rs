//! An expression made into tests, for one kind of frame.
//!
//! The order of the tests is tcpdump's. It matters for cut frames: a test of a byte that is not there rejects the packet,
//! whatever else would have been asked.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::condition::{Comparison, Condition, Field, Location};
use super::error::CompileError;
use super::expression::{
    AddressPrefix, ByteAccess, DirQualifier, Expression, GroupDestination, Primitive, Proto, Relation,
};
use super::fragments::FragmentPolicy;
use super::layout::{FrameLayout, INTERFACE, IPV4, IPV6, OUTGOING, PACKET_TYPE, Target, VLAN_TAG, VLAN_TAG_PRESENT};
use super::number::mask_v6;

/// The protocols that have ports, in the order in which they are tried.
const TRANSPORTS: [Proto; 3] = [Proto::Sctp, Proto::Tcp, Proto::Udp];
/// `EtherTypes` of a VLAN tag: IEEE 802.1Q, 802.1ad, and what older switches use for the outer of two.
const VLAN_TYPES: [u32; 3] = [0x8100, 0x88a8, 0x9100];
/// Next header of an IPv6 fragment, RFC 8200 section 4.5.
const FRAGMENT: u32 = 44;
/// Bytes of an IPv6 header without extensions, and of a fragment header.
const IPV6_HEADER: u32 = 40;
const FRAGMENT_HEADER: u32 = 8;

/// The tests that this expression stands for; no expression holds for every frame.
pub(super) fn lower(
    expression: Option<&Expression>,
    target: Target,
    fragments: FragmentPolicy,
) -> Result<Condition, CompileError> {
    let layout = FrameLayout::of(target);
    let lowered = |stripped_tag| {
        let mut lowering = Lowering {
            layout,
            fragments,
            header: match target {
                Target::CookedSocket { header, .. } => header,
                Target::File(_) | Target::Socket(_) => 0,
            },
            stripped_tag,
            saw_vlan: false,
        };
        let condition = match expression {
            Some(expression) => lowering.expression(expression, true)?,
            None => Condition::Always,
        };
        Ok((condition, lowering.saw_vlan))
    };
    let (plain, saw_vlan) = lowered(false)?;
    Ok(match target {
        Target::Socket(_) if saw_vlan => {
            let present = VLAN_TAG_PRESENT.word().equals(1);
            let (stripped, _) = lowered(true)?;
            Condition::Any(vec![present.clone().and(stripped), present.negated().and(plain)])
        }
        Target::CookedSocket {
            loopback: Some(loopback),
            ..
        } => {
            let sent = PACKET_TYPE
                .word()
                .equals(OUTGOING)
                .and(INTERFACE.word().equals(loopback));
            sent.negated().and(plain)
        }
        _ => plain,
    })
}

struct Lowering {
    layout: FrameLayout,
    fragments: FragmentPolicy,
    /// How many bytes of the frame the filter does not see.
    header: u32,
    /// The frame has a VLAN tag that the filter does not see, and `vlan` has not asked for it yet.
    stripped_tag: bool,
    saw_vlan: bool,
}

type Lowered = Result<Condition, CompileError>;

impl Lowering {
    /// `wanted`: does the packet pass when this holds, or (behind an odd number of `not`s) when it does not?
    fn expression(&mut self, expression: &Expression, wanted: bool) -> Lowered {
        match expression {
            Expression::And(parts) => Ok(Condition::All(self.all(parts, wanted)?)),
            Expression::Or(parts) => Ok(Condition::Any(self.all(parts, wanted)?)),
            Expression::Not(inner) => Ok(self.expression(inner, !wanted)?.negated()),
            Expression::Primitive(primitive) => self.primitive(primitive, wanted),
        }
    }

    /// From left to right: `vlan` changes what is to its right.
    fn all(&mut self, parts: &[Expression], wanted: bool) -> Result<Vec<Condition>, CompileError> {
        parts.iter().map(|part| self.expression(part, wanted)).collect()
    }

    fn primitive(&mut self, primitive: &Primitive, wanted: bool) -> Lowered {
        let needs_no_layout = match primitive {
            Primitive::Length(..) => true,
            Primitive::Bytes(bytes) => bytes.protocol == Proto::Ether,
            _ => false,
        };
        if let Some(link) = self.layout.unknown().filter(|_| !needs_no_layout) {
            return Err(CompileError::LinkType(link));
        }
        Ok(match primitive {
            Primitive::Protocol(protocol) => self.protocol(*protocol),
            Primitive::Host {
                protocol,
                side,
                network: AddressPrefix::V4 { address, mask },
            } => self.host_v4(*protocol, *side, *address, *mask),
            Primitive::Host {
                side,
                network: AddressPrefix::V6 { address, length },
                ..
            } => self.host_v6(*side, *address, *length),
            Primitive::EtherHost { side, address } => {
                self.needs_ethernet(primitive)?;
                sides(*side, |start| mac(start, *address), Location::At(6), Location::At(0))
            }
            Primitive::Port {
                transport,
                side,
                first,
                last,
            } => self.port(*transport, *side, (*first, *last), wanted),
            Primitive::IpProtocol { version, number } => self.ip_protocol(*version, *number),
            Primitive::EtherType(number) => self.layout.is_type(*number),
            Primitive::Vlan(id) => {
                self.needs_ethernet(primitive)?;
                self.vlan(*id)
            }
            Primitive::Length(relation, bytes) => self.length(*relation, *bytes),
            Primitive::Destination(destination) => self.destination(*destination, primitive)?,
            Primitive::Bytes(bytes) => {
                if bytes.protocol == Proto::Ether && !self.layout.has_link_header() {
                    self.needs_ethernet(primitive)?;
                }
                self.bytes(*bytes, wanted)
            }
        })
    }

    fn needs_ethernet(&self, primitive: &Primitive) -> Result<(), CompileError> {
        if self.layout.is_ethernet() {
            return Ok(());
        }
        Err(CompileError::NeedsEthernet {
            primitive: primitive.to_string(),
            frames: self.layout.frames(),
        })
    }

    fn protocol(&self, protocol: Proto) -> Condition {
        match (protocol.ether_type(), protocol, protocol.ip_number()) {
            (Some(number), ..) => self.layout.is_type(number),
            (None, Proto::Icmp | Proto::Igmp, Some(number)) => self.ip_protocol(Some(Proto::Ip), number),
            (None, Proto::Icmp6, Some(number)) => self.ip_protocol(Some(Proto::Ip6), number),
            (None, _, Some(number)) => self.ip_protocol(None, number),
            (None, _, None) => Condition::Always,
        }
    }

    fn ip_protocol(&self, version: Option<Proto>, number: u8) -> Condition {
        let v4 = self.layout.is_type(IPV4).and(self.ipv4_protocol(number));
        let next = self.layout.network(6).byte();
        let behind = self.layout.network(IPV6_HEADER).byte();
        // Of the extension headers only that of fragments is passed over, as in tcpdump.
        let fragment = next.equals(FRAGMENT).and(behind.equals(number.into()));
        let v6 = self.layout.is_type(IPV6).and(next.equals(number.into()).or(fragment));
        match version {
            Some(Proto::Ip) => v4,
            Some(Proto::Ip6) => v6,
            _ => v4.or(v6),
        }
    }

    fn ipv4_protocol(&self, number: u8) -> Condition {
        self.layout.network(9).byte().equals(number.into())
    }

    fn host_v4(&self, protocol: Option<Proto>, side: DirQualifier, address: Ipv4Addr, mask: Ipv4Addr) -> Condition {
        let layout = &self.layout;
        let is = |location: Location| match mask.to_bits() {
            0 => Condition::Always,
            mask => location.word().masked(mask).equals(address.to_bits()),
        };
        let hosts = |kind: Proto, number: u16, source: u32, destination: u32| {
            if protocol.is_none_or(|protocol| protocol == kind) {
                let addresses = sides(side, is, layout.network(source), layout.network(destination));
                layout.is_type(number).and(addresses)
            } else {
                Condition::Never
            }
        };
        // RFC 791 section 3.1; RFC 826: sender and target, for Ethernet and IPv4.
        Condition::Any(vec![
            hosts(Proto::Ip, IPV4, 12, 16),
            hosts(Proto::Arp, 0x0806, 14, 24),
            hosts(Proto::Rarp, 0x8035, 14, 24),
        ])
    }

    fn host_v6(&self, side: DirQualifier, address: Ipv6Addr, length: u8) -> Condition {
        let mask = words(mask_v6(length));
        let address = words(address.to_bits());
        let is = |start: Location| {
            let words = mask.into_iter().zip(address).zip([0, 4, 8, 12]);
            let tested = words.filter(|((mask, _), _)| *mask != 0);
            let test = |((mask, word), offset)| start.plus(offset).word().masked(mask).equals(word);
            Condition::All(tested.map(test).collect())
        };
        let addresses = sides(side, is, self.layout.network(8), self.layout.network(24));
        self.layout.is_type(IPV6).and(addresses)
    }

    fn port(&self, transport: Option<Proto>, side: DirQualifier, (first, last): (u16, u16), wanted: bool) -> Condition {
        let is = |location: Location| {
            if first == last {
                return location.half().equals(first.into());
            }
            let at_least = location.half().test(Comparison::GreaterOrEqual, first.into());
            at_least.and(location.half().test(Comparison::Greater, last.into()).negated())
        };
        let ports = |start: Location| sides(side, is, start, start.plus(2));
        let numbers = || {
            let asked = TRANSPORTS
                .into_iter()
                .filter(move |&one| transport.is_none_or(|asked| asked == one));
            asked.filter_map(Proto::ip_number)
        };
        let v6 = Condition::Any(numbers().map(|number| self.upper_v6(number, wanted, ports)).collect());
        let v4 = Condition::Any(numbers().map(|number| self.upper_v4(number, wanted, ports)).collect());
        self.layout.is_type(IPV6).and(v6).or(self.layout.is_type(IPV4).and(v4))
    }

    /// In an IPv4 packet: `holds` for the header of this protocol, which only the first fragment has.
    fn upper_v4(&self, number: u8, wanted: bool, holds: impl Fn(Location) -> Condition) -> Condition {
        let later_fragment = self.layout.network(6).half().any_bit(0x1fff);
        let holds = holds(self.layout.behind_ipv4());
        let rest = if self.keeps_fragments(wanted) {
            later_fragment.or(holds)
        } else {
            later_fragment.negated().and(holds)
        };
        self.ipv4_protocol(number).and(rest)
    }

    /// In an IPv6 packet: `holds` for the header of this protocol. tcpdump looks for it directly behind the IPv6 header
    /// only, so of a packet in fragments it finds none.
    fn upper_v6(&self, number: u8, wanted: bool, holds: impl Fn(Location) -> Condition) -> Condition {
        let next = self.layout.network(6).byte();
        let behind = self.layout.network(IPV6_HEADER);
        let direct = next.equals(number.into()).and(holds(behind));
        if !self.keeps_fragments(wanted) {
            return direct;
        }
        let later_fragment = behind.plus(2).half().any_bit(0xfff8);
        let fragment = Condition::All(vec![
            next.equals(FRAGMENT),
            behind.byte().equals(number.into()),
            later_fragment.or(holds(behind.plus(FRAGMENT_HEADER))),
        ]);
        direct.or(fragment)
    }

    /// Behind `not`, tcpdump's answer "no" to a fragment already lets it pass.
    fn keeps_fragments(&self, wanted: bool) -> bool {
        wanted && self.fragments == FragmentPolicy::Keep
    }

    fn vlan(&mut self, id: Option<u16>) -> Condition {
        self.saw_vlan = true;
        let is_id = |tag: Condition, field: Field| match id {
            Some(id) => tag.and(field.masked(0xfff).equals(id.into())),
            None => tag,
        };
        if std::mem::take(&mut self.stripped_tag) {
            return is_id(Condition::Always, VLAN_TAG.word());
        }
        let Some(location) = self.layout.ether_type() else {
            return Condition::Never;
        };
        let types = VLAN_TYPES.map(|number| location.half().equals(number));
        self.layout = self.layout.tagged();
        is_id(Condition::Any(types.into()), location.plus(2).half())
    }

    fn length(&self, relation: Relation, bytes: u32) -> Condition {
        let (comparison, answer) = comparison(relation);
        // What the filter sees is `header` bytes shorter than what is recorded.
        let condition = match (bytes.checked_sub(self.header), comparison) {
            (Some(bytes), _) => Location::Length.word().test(comparison, bytes),
            (None, Comparison::Equal) => Condition::Never,
            (None, _) => Condition::Always,
        };
        if answer { condition } else { condition.negated() }
    }

    fn destination(&self, destination: GroupDestination, primitive: &Primitive) -> Lowered {
        let network = |offset| self.layout.network(offset).byte();
        Ok(match destination {
            // RFC 1201 section 2: address 0, for everybody and for every group.
            GroupDestination::EtherBroadcast | GroupDestination::EtherMulticast if self.layout.is_arcnet() => {
                Location::At(1).byte().equals(0)
            }
            GroupDestination::EtherBroadcast => {
                self.needs_ethernet(primitive)?;
                mac(Location::At(0), [0xff; 6])
            }
            GroupDestination::EtherMulticast => {
                self.needs_ethernet(primitive)?;
                Location::At(0).byte().any_bit(1)
            }
            GroupDestination::IpMulticast => {
                let group = network(16).test(Comparison::GreaterOrEqual, 224);
                self.layout.is_type(IPV4).and(group)
            }
            GroupDestination::Ip6Multicast => self.layout.is_type(IPV6).and(network(24).equals(0xff)),
        })
    }

    fn bytes(&self, bytes: ByteAccess, wanted: bool) -> Condition {
        let compare = |header: Location| {
            let location = header.plus(bytes.offset);
            let field = match bytes.size {
                1 => location.byte(),
                2 => location.half(),
                _ => location.word(),
            };
            let field = field.masked(bytes.mask);
            let (comparison, answer) = comparison(bytes.relation);
            let condition = match comparison {
                Comparison::Equal => field.equals(bytes.value),
                other => field.test(other, bytes.value),
            };
            if answer { condition } else { condition.negated() }
        };
        let network = self.layout.network(0);
        match (bytes.protocol, bytes.protocol.ether_type(), bytes.protocol.ip_number()) {
            (Proto::Ether, ..) => compare(self.layout.link_header()),
            (Proto::Icmp6, _, Some(number)) => self.layout.is_type(IPV6).and(self.upper_v6(number, wanted, compare)),
            (_, Some(number), _) => self.layout.is_type(number).and(compare(network)),
            (_, None, Some(number)) => self.layout.is_type(IPV4).and(self.upper_v4(number, wanted, compare)),
            (_, None, None) => Condition::Never,
        }
    }
}

/// The instruction that compares so, and the answer that it gives when the relation holds.
const fn comparison(relation: Relation) -> (Comparison, bool) {
    match relation {
        Relation::Equal => (Comparison::Equal, true),
        Relation::NotEqual => (Comparison::Equal, false),
        Relation::Less => (Comparison::GreaterOrEqual, false),
        Relation::LessOrEqual => (Comparison::Greater, false),
        Relation::Greater => (Comparison::Greater, true),
        Relation::GreaterOrEqual => (Comparison::GreaterOrEqual, true),
    }
}

fn sides(side: DirQualifier, is: impl Fn(Location) -> Condition, source: Location, destination: Location) -> Condition {
    match side {
        DirQualifier::Source => is(source),
        DirQualifier::Destination => is(destination),
        DirQualifier::Either => is(source).or(is(destination)),
        DirQualifier::Both => is(source).and(is(destination)),
    }
}

/// The last four bytes first: they differ more often.
fn mac(start: Location, address: [u8; 6]) -> Condition {
    let [first, second, last @ ..] = address;
    let end = start.plus(2).word().equals(u32::from_be_bytes(last));
    end.and(start.half().equals(u16::from_be_bytes([first, second]).into()))
}

/// In network order.
fn words(bits: u128) -> [u32; 4] {
    [96, 64, 32, 0].map(|shift| u32::try_from(bits >> shift & u128::from(u32::MAX)).unwrap_or_default())
}
