//! Any expression asks of any frame what the plain model asks of it.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::super::condition::{Base, Condition, Location, Size};
use super::super::expression::{
    AddressPrefix, ByteAccess, DirQualifier, Expression, GroupDestination, Primitive, Proto, Relation,
};
use super::super::lower::lower;
use super::super::{Filter, FragmentPolicy, NoResolver, number};
use super::{ETHERNET, SNAPSHOT, ethernet, filter};

fn protocol(of: &'static [Proto]) -> impl Strategy<Value = Option<Proto>> {
    prop::option::of(prop::sample::select(of))
}

fn side() -> impl Strategy<Value = DirQualifier> {
    prop::sample::select(
        &[
            DirQualifier::Source,
            DirQualifier::Destination,
            DirQualifier::Either,
            DirQualifier::Both,
        ][..],
    )
}

fn host() -> impl Strategy<Value = Primitive> {
    let v4 = (any::<u32>(), any::<u32>(), 0..=32_u32).prop_map(|(address, odd, length)| {
        let mask = if odd % 4 == 0 { odd } else { number::mask_v4(length) };
        let address = Ipv4Addr::from_bits(address & mask);
        AddressPrefix::V4 {
            address,
            mask: Ipv4Addr::from_bits(mask),
        }
    });
    let v6 = (any::<u128>(), 0..=128_u8).prop_map(|(address, length)| {
        let address = Ipv6Addr::from_bits(address & number::mask_v6(length));
        AddressPrefix::V6 { address, length }
    });
    let v4 = (protocol(&[Proto::Ip, Proto::Arp, Proto::Rarp]), side(), v4);
    let v6 = (protocol(&[Proto::Ip6]), side(), v6);
    let host = |(protocol, side, network)| Primitive::Host {
        protocol,
        side,
        network,
    };
    prop_oneof![v4.prop_map(host), v6.prop_map(host)]
}

fn bytes() -> impl Strategy<Value = Primitive> {
    const PROTOCOLS: &[Proto] = &[
        Proto::Ether,
        Proto::Ip,
        Proto::Ip6,
        Proto::Arp,
        Proto::Tcp,
        Proto::Icmp6,
    ];
    let location = (
        prop::sample::select(PROTOCOLS),
        0..70_u32,
        prop::sample::select(&[1_u8, 2, 4][..]),
    );
    let mask = prop_oneof![Just(u32::MAX), any::<u32>()];
    (location, mask, prop::sample::select(&Relation::ALL[..]), any::<u32>()).prop_map(
        |((protocol, offset, size), mask, relation, value)| {
            Primitive::Bytes(ByteAccess {
                protocol,
                offset,
                size,
                mask,
                relation,
                value,
            })
        },
    )
}

fn primitive() -> impl Strategy<Value = Primitive> {
    let transports = protocol(&[Proto::Tcp, Proto::Udp, Proto::Sctp]);
    prop_oneof![
        prop::sample::select(&Proto::ALL[1..]).prop_map(Primitive::Protocol),
        host(),
        (side(), any::<[u8; 6]>()).prop_map(|(side, address)| Primitive::EtherHost { side, address }),
        (transports, side(), any::<u16>(), any::<u16>()).prop_map(|(transport, side, one, other)| Primitive::Port {
            transport,
            side,
            first: one.min(other),
            last: one.max(other)
        }),
        (protocol(&[Proto::Ip, Proto::Ip6]), any::<u8>())
            .prop_map(|(version, number)| Primitive::IpProtocol { version, number }),
        (0x600..=u16::MAX).prop_map(Primitive::EtherType),
        prop::option::of(0..4096_u16).prop_map(Primitive::Vlan),
        (prop::sample::select(&Relation::ALL[..]), any::<u32>())
            .prop_map(|(relation, bytes)| Primitive::Length(relation, bytes)),
        prop::sample::select(&GroupDestination::ALL[..]).prop_map(Primitive::Destination),
        bytes(),
    ]
}

fn expression() -> impl Strategy<Value = Expression> {
    primitive()
        .prop_map(Expression::from)
        .prop_recursive(6, 30, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.and(right)),
                (inner.clone(), inner.clone()).prop_map(|(left, right)| left.or(right)),
                inner.prop_map(Expression::negated),
            ]
        })
}

/// What the expression means, read off the tests without any graph: the judge of `graph` and `assemble`.
fn holds(condition: &Condition, frame: &[u8], length: u32) -> Result<bool, ()> {
    match condition {
        Condition::Always => Ok(true),
        Condition::Never => Ok(false),
        Condition::Not(inner) => holds(inner, frame, length).map(|answer| !answer),
        Condition::All(parts) => {
            for part in parts {
                if !holds(part, frame, length)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Condition::Any(parts) => {
            for part in parts {
                if holds(part, frame, length)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Condition::Test(test) => {
            let at = |location: u32| usize::try_from(location).unwrap();
            let start = match test.field.location {
                Location::Length => return Ok(test.holds_for(length & test.field.mask)),
                Location::At(offset) => at(offset),
                Location::Behind { base, offset } => {
                    let Base::Ipv4(header) = base else {
                        panic!("these are Ethernet frames")
                    };
                    let length = 4 * u32::from(frame.get(at(header)).ok_or(())? & 15);
                    at(length + offset)
                }
            };
            let size = match test.field.size {
                Size::Byte => 1,
                Size::Half => 2,
                Size::Word => 4,
            };
            let bytes = frame.get(start..start + size).ok_or(())?;
            let value = bytes.iter().fold(0, |value, &byte| value << 8 | u32::from(byte));
            Ok(test.holds_for(value & test.field.mask))
        }
    }
}

/// Frames of a known type whose other bytes have few values, so that what is asked is often there.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let kind = prop::sample::select(&[0x0800_u16, 0x86dd, 0x0806, 0x8100][..]);
    let start = prop::sample::select(&[0x45_u8, 0x46, 0x60][..]);
    let byte = prop::sample::select(&[0_u8, 0, 0, 6, 17, 44][..]);
    (kind, start, prop::collection::vec(byte, 20..70)).prop_map(|(kind, start, mut payload)| {
        payload[0] = start;
        ethernet(kind, &payload)
    })
}

/// Questions whose answers depend on each other, and are often yes for these frames.
fn related() -> impl Strategy<Value = Expression> {
    const QUESTIONS: [&str; 24] = [
        "tcp",
        "udp",
        "ip",
        "ip6",
        "arp",
        "vlan",
        "port 0",
        "tcp port 6",
        "src port 0",
        "udp dst port 1536",
        "portrange 0-17",
        "tcp src portrange 6-1536",
        "host 0.0.0.0",
        "net 0.0.0.0/8",
        "src net 6",
        "ip proto 17",
        "proto 44",
        "ip6 net ::/16",
        "ip[9] = 6",
        "udp[1] > 5",
        "tcp[0:2] <= 1536",
        "ip[6] & 6 != 0",
        "less 50",
        "ether[14] >= 70",
    ];
    let question = prop::sample::select(&QUESTIONS[..]);
    let leaf = question.prop_map(|text| filter(text).expression().unwrap().clone());
    leaf.prop_recursive(5, 16, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.and(right)),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| left.or(right)),
            inner.prop_map(Expression::negated),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_displayed_filter_reads_as_the_same(expression in expression()) {
        let filter = Filter::from(expression);
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text, &NoResolver).unwrap(), filter, "{}", text);
    }

    #[test]
    fn no_answer_changes_on_the_way_to_instructions(
        expression in prop_oneof![1 => expression(), 9 => related()], frames in prop::collection::vec(frame(), 20),
        length in 0..100_u32, keep in any::<bool>(),
    ) {
        let fragments = if keep { FragmentPolicy::Keep } else { FragmentPolicy::Drop };
        let condition = lower(Some(&expression), ETHERNET, fragments).unwrap();
        let program = Filter::from(expression).compile(ETHERNET, SNAPSHOT, fragments).unwrap();
        for frame in &frames {
            // Where the frame is cut, a test whose answer did not matter may have been left out.
            if let Ok(answer) = holds(&condition, frame, length) {
                prop_assert_eq!(program.matches(frame, length), answer, "{:02x?}", frame);
            }
        }
    }

    #[test]
    fn what_passes_passes_with_fragments_kept_too(expression in related(), frame in frame()) {
        let filter = Filter::from(expression);
        let run = |fragments| filter.compile(ETHERNET, SNAPSHOT, fragments).unwrap().matches(&frame, 100);
        let kept = lower(filter.expression(), ETHERNET, FragmentPolicy::Keep).unwrap();
        // Where the frame is cut within what only this one asks, an IPv6 fragment header, that ends it: it does not pass.
        if let Ok(passes) = holds(&kept, &frame, 100) {
            prop_assert!(passes || !run(FragmentPolicy::Drop));
            prop_assert_eq!(passes, run(FragmentPolicy::Keep));
        }
    }
}
