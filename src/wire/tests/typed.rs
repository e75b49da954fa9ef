//! The typed headers against the tables: pnet's views and our own places have to agree.

use std::net::SocketAddr;

use super::samples::{sample, samples};
use crate::wire::tcp::{Flags, options::TcpOption};
use crate::wire::{Field, Layer, LinkType, Protocol, Value, decode, find};

fn number(fields: &[Field<'_>], id: &str) -> u64 {
    find(fields, id).unwrap().number().unwrap()
}

fn assert_same(layer: &Layer<'_>, pairs: &[(&str, u64)]) {
    let fields = layer.fields();
    for &(id, typed) in pairs {
        assert_eq!(number(&fields, id), typed, "{id}");
    }
}

#[test]
fn typed_headers_and_fields_say_the_same() {
    let mut compared = 0;
    for sample in samples() {
        for layer in sample.packet().layers() {
            let checks = [transport(layer), internet(layer), control(layer), link(layer)];
            compared += checks.iter().flatten().count();
        }
    }
    assert!(compared > 150, "{compared}");
}

fn transport(layer: &Layer<'_>) -> Option<()> {
    if let Some(udp) = layer.udp() {
        assert_same(
            layer,
            &[
                ("udp.srcport", udp.source_port().into()),
                ("udp.dstport", udp.destination_port().into()),
                ("udp.length", udp.length().into()),
                ("udp.checksum", udp.checksum().into()),
            ],
        );
        return Some(());
    }
    let tcp = layer.tcp()?;
    assert_same(
        layer,
        &[
            ("tcp.srcport", tcp.source_port().into()),
            ("tcp.dstport", tcp.destination_port().into()),
            ("tcp.seq_raw", tcp.sequence_number().into()),
            ("tcp.ack_raw", tcp.acknowledgment_number().into()),
            ("tcp.hdr_len", (tcp.header_length() / 4) as u64),
            ("tcp.flags", tcp.flags().0.into()),
            ("tcp.window_size_value", tcp.window().into()),
            ("tcp.checksum", tcp.checksum().into()),
            ("tcp.urgent_pointer", tcp.urgent_pointer().into()),
        ],
    );
    Some(())
}

fn internet(layer: &Layer<'_>) -> Option<()> {
    let fields = layer.fields();
    let value = |id| find(&fields, id).unwrap().value();
    if let Some(ip) = layer.ipv4() {
        assert_same(
            layer,
            &[
                ("ip.len", ip.total_length().into()),
                ("ip.id", ip.identification().into()),
                ("ip.flags.df", ip.dont_fragment().into()),
                ("ip.flags.mf", ip.more_fragments().into()),
                ("ip.frag_offset", (ip.fragment_offset() / 8) as u64),
                ("ip.ttl", ip.time_to_live().into()),
                ("ip.proto", ip.protocol().into()),
                ("ip.checksum", ip.checksum().into()),
            ],
        );
        assert_eq!(value("ip.src"), Value::Ipv4(ip.source()));
        assert_eq!(value("ip.dst"), Value::Ipv4(ip.destination()));
        return Some(());
    }
    if let Some(header) = layer.fragment() {
        assert_same(
            layer,
            &[
                ("ipv6.fraghdr.nxt", header.next_header.into()),
                ("ipv6.fraghdr.offset", (header.offset / 8) as u64),
                ("ipv6.fraghdr.more", header.more.into()),
                ("ipv6.fraghdr.ident", header.identification.into()),
            ],
        );
        return Some(());
    }
    let ip = layer.ipv6()?;
    assert_same(
        layer,
        &[
            ("ipv6.plen", ip.payload_length().into()),
            ("ipv6.nxt", ip.next_header().into()),
            ("ipv6.hlim", ip.hop_limit().into()),
        ],
    );
    assert_eq!(value("ipv6.src"), Value::Ipv6(ip.source()));
    assert_eq!(value("ipv6.dst"), Value::Ipv6(ip.destination()));
    Some(())
}

fn control(layer: &Layer<'_>) -> Option<()> {
    if let Some(icmp) = layer.icmp() {
        assert_same(
            layer,
            &[
                ("icmp.type", icmp.message_type().into()),
                ("icmp.code", icmp.code().into()),
            ],
        );
        if let Some((identifier, sequence)) = icmp.echo() {
            assert_same(
                layer,
                &[("icmp.ident", identifier.into()), ("icmp.seq", sequence.into())],
            );
        }
        return Some(());
    }
    let icmp = layer.icmpv6()?;
    assert_same(
        layer,
        &[
            ("icmpv6.type", icmp.message_type().into()),
            ("icmpv6.code", icmp.code().into()),
        ],
    );
    Some(())
}

fn link(layer: &Layer<'_>) -> Option<()> {
    let fields = layer.fields();
    if let Some(ethernet) = layer.ethernet() {
        let values: Vec<_> = fields.iter().map(Field::value).collect();
        let typed = [
            Value::Mac(ethernet.destination()),
            Value::Mac(ethernet.source()),
            Value::Number(ethernet.type_or_length().into()),
        ];
        assert_eq!(values, typed);
        return Some(());
    }
    let arp = layer.arp()?;
    let value = |id| find(&fields, id).unwrap().value();
    assert_eq!(value("arp.opcode"), Value::Number(arp.operation().into()));
    assert_eq!(value("arp.src.hw_mac"), Value::Mac(arp.sender_mac()));
    assert_eq!(value("arp.src.proto_ipv4"), Value::Ipv4(arp.sender()));
    assert_eq!(value("arp.dst.hw_mac"), Value::Mac(arp.target_mac()));
    assert_eq!(value("arp.dst.proto_ipv4"), Value::Ipv4(arp.target()));
    Some(())
}

#[test]
fn all_nine_flag_bits_and_the_three_reserved_ones_are_there() {
    let first = sample("TCP: authentication, user timeout, fast open, multipath");
    let flags = first.packet().tcp().unwrap().flags();
    assert!(flags.has(Flags::AE) && flags.has(Flags::CWR) && flags.has(Flags::ECE) && flags.has(Flags::SYN));
    assert!(!flags.has(Flags::ACK));
    let reserved = sample("TCP: experiments, unknown options, odd lengths");
    assert_eq!(reserved.packet().tcp().unwrap().flags(), Flags(0xe02));
}

#[test]
fn the_options_that_a_conversation_needs_are_typed() {
    let syn = sample("TCP: SYN");
    let options: Vec<_> = syn.packet().tcp().unwrap().options().collect();
    assert_eq!(
        options,
        [
            TcpOption::MaximumSegmentSize(65_495),
            TcpOption::SackPermitted,
            TcpOption::Timestamps {
                value: 79_861_366,
                echo_reply: 0
            },
            TcpOption::Nop,
            TcpOption::WindowScale(10),
        ]
    );
    let sack = sample("TCP: SACK, MD5, end of list");
    let options: Vec<_> = sack.packet().tcp().unwrap().options().collect();
    let TcpOption::Sack(blocks) = options[0] else {
        panic!("{options:?}")
    };
    assert_eq!(blocks.edges().collect::<Vec<_>>(), [(1, 5)]);
    assert_eq!(options.last(), Some(&TcpOption::End));
    let odd = sample("TCP: experiments, unknown options, odd lengths");
    let options: Vec<_> = odd.packet().tcp().unwrap().options().collect();
    assert!(
        options.contains(&TcpOption::Other {
            kind: 2,
            data: &[5, 0, 0]
        }),
        "{options:?}"
    );
}

/// RFC 9768 section 3.2.3.2: both orders, and counters left out at the end.
#[test]
fn accurate_ecn_counts_bytes_in_either_order() {
    type Counters<'t> = &'t [(&'t str, u64)];
    let options: [(&[u8], Counters<'_>); 4] = [
        (
            &[172, 11, 0, 0, 1, 0, 0, 2, 0xff, 0xff, 3],
            &[("ee0b", 1), ("eceb", 2), ("ee1b", 0x00ff_ff03)],
        ),
        (
            &[174, 11, 0, 0, 1, 0, 0, 2, 0, 0, 3],
            &[("ee1b", 1), ("eceb", 2), ("ee0b", 3)],
        ),
        (&[174, 5, 0, 0, 9], &[("ee1b", 9)]),
        (&[172, 2], &[]),
    ];
    for (option, expected) in options {
        let mut frame = sample("TCP: SYN").frame;
        // In the place of the SYN's 20 bytes of options.
        frame[54..].fill(1);
        frame[54..54 + option.len()].copy_from_slice(option);
        let packet = decode(LinkType::ETHERNET, &frame, 0);
        let fields = packet.layer(Protocol::Tcp).unwrap().fields();
        let found = find(&fields, "tcp.options.acc_ecn").unwrap();
        let counters: Vec<_> = found
            .parts()
            .iter()
            .skip(2)
            .map(|part| (part.id().rsplit('.').next().unwrap(), part.number().unwrap()))
            .collect();
        assert_eq!(counters, expected);
        assert!(packet.malformations().is_empty());
    }
}

#[test]
fn a_quotation_has_endpoints_of_its_own() {
    let sample = sample("ICMP: fragmentation needed, eight bytes quoted");
    let packet = sample.packet();
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    assert_eq!(packet.endpoints(), None);
    assert_eq!(
        packet.quoted_endpoints(),
        Some((address("10.0.0.1:40000"), address("10.0.0.2:12000")))
    );
    assert!(packet.udp().is_none() && packet.layer(Protocol::Udp).is_none());
    assert!(packet.malformations().is_empty(), "{:?}", packet.malformations());
}

#[test]
fn eight_quoted_bytes_of_tcp_are_no_fault_and_give_ports_and_sequence_number() {
    let sample = sample("ICMP: time exceeded, eight bytes of TCP quoted");
    let packet = sample.packet();
    assert!(packet.malformations().is_empty(), "{:?}", packet.malformations());
    let tcp = packet.layers().last().unwrap();
    assert!(tcp.is_quoted() && tcp.tcp().is_none());
    assert_eq!(tcp.ports(), Some((40_000, 12_000)));
    assert_eq!(number(&tcp.fields(), "tcp.seq_raw"), 1000);
}

#[test]
fn vlan_tags_tell_their_identifiers() {
    let sample = sample("VLAN tags");
    let identifiers: Vec<_> = sample
        .packet()
        .layers()
        .iter()
        .filter_map(Layer::vlan_identifier)
        .collect();
    assert_eq!(identifiers, [200, 2001]);
}

#[test]
fn the_payload_ends_where_ip_says_and_not_where_the_frame_does() {
    let sample = sample("UDP: Ethernet padding");
    let packet = sample.packet();
    assert_eq!(packet.payload().bytes, b"hi");
    assert_eq!(packet.trailer().bytes, [0; 16]);
}
