mod properties;

use std::net::{IpAddr, Ipv6Addr};

use super::{CompileError, Filter, FilterProgram, FragmentPolicy, LONGEST, NoResolver, Target};
use crate::wire::LinkType;

const SNAPSHOT: u32 = 262_144;
const ETHERNET: Target = Target::File(LinkType::ETHERNET);

fn filter(text: &str) -> Filter {
    Filter::parse(text, &NoResolver).unwrap()
}

fn compiled(text: &str, target: Target, fragments: FragmentPolicy) -> FilterProgram {
    filter(text).compile(target, SNAPSHOT, fragments).unwrap()
}

fn passes(text: &str, frame: &[u8]) -> bool {
    compiled(text, ETHERNET, FragmentPolicy::Drop).matches(frame, u32::try_from(frame.len()).unwrap())
}

fn keeps(text: &str, frame: &[u8]) -> bool {
    compiled(text, ETHERNET, FragmentPolicy::Keep).matches(frame, u32::try_from(frame.len()).unwrap())
}

fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
    frame.extend(kind.to_be_bytes());
    frame.extend(payload);
    frame
}

/// An IPv4 packet from 192.0.2.1 to 192.0.2.2; the offset is in units of 8 bytes.
fn ipv4(protocol: u8, offset: u8, payload: &[u8]) -> Vec<u8> {
    let header = [
        0x45, 0, 0, 0, 0, 0, 0, offset, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2,
    ];
    ethernet(0x0800, &[&header, payload].concat())
}

/// An IPv6 packet from `2001:db8::1` to `2001:db8::2`.
fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = vec![0x60, 0, 0, 0, 0, 0, next, 64];
    header.extend("2001:db8::1".parse::<Ipv6Addr>().unwrap().octets());
    header.extend("2001:db8::2".parse::<Ipv6Addr>().unwrap().octets());
    ethernet(0x86dd, &[&header, payload].concat())
}

const FROM_53: [u8; 8] = [0, 53, 0xc3, 0x50, 0, 8, 0, 0];

#[test]
fn the_empty_filter_wants_everything() {
    for text in ["", "  \t\n"] {
        let program = compiled(text, ETHERNET, FragmentPolicy::Drop);
        assert_eq!(program.run(&[], 0), SNAPSHOT);
        assert_eq!(program.instructions().len(), 1);
    }
    assert_eq!(Filter::default(), filter(""));
    assert_eq!(Filter::default().to_string(), "");
}

#[test]
fn later_fragments_pass_only_when_they_are_kept() {
    let later = ipv4(17, 100, &FROM_53);
    assert!(!passes("udp port 53", &later));
    assert!(keeps("udp port 53", &later));
    assert!(!keeps("tcp port 53", &later), "of another protocol");
    assert!(
        !keeps("udp port 53 and src host 198.51.100.1", &later),
        "of another host"
    );
    // "not" turns it round: what may be wanted passes.
    assert!(passes("not udp port 53", &later));
    assert!(keeps("not udp port 53", &later));
    assert!(keeps("not not udp port 53", &later));
    assert!(keeps("udp[4:2] > 1000", &later));
    // The first fragment has the answer.
    let first = ipv4(17, 0, &FROM_53);
    assert!(keeps("udp port 53", &first));
    assert!(!keeps("udp port 54", &first));
}

#[test]
fn fragments_over_ipv6_are_kept_and_asked_too() {
    let fragment = |offset: u8| ipv6(44, &[&[17, 0, 0, offset << 3, 0, 0, 0, 1], &FROM_53[..]].concat());
    for (text, first, later) in [
        ("udp port 53", true, true),
        ("udp port 54", false, true),
        ("tcp port 53", false, false),
    ] {
        assert_eq!(keeps(text, &fragment(0)), first, "{text}");
        assert_eq!(keeps(text, &fragment(1)), later, "{text}");
        assert!(
            !passes(text, &fragment(0)),
            "{text}: tcpdump does not look behind the fragment header"
        );
    }
}

#[test]
fn flags_and_expression_are_combined() {
    let hosts = [IpAddr::from([192, 0, 2, 1]), "2001:db8::1".parse().unwrap()];
    let flags = Filter::of_ports_and_hosts(&[12_000, 53], &hosts);
    assert_eq!(
        flags.to_string(),
        "(port 12000 or port 53) and (host 192.0.2.1 or host 2001:db8::1)"
    );
    assert_eq!(
        flags.and(filter("udp or icmp")).to_string(),
        "(port 12000 or port 53) and (host 192.0.2.1 or host 2001:db8::1) and (udp or icmp)"
    );
    assert_eq!(Filter::of_ports_and_hosts(&[], &[]), Filter::default());
    assert_eq!(Filter::default().and(filter("tcp")), filter("tcp"));
    assert_eq!(filter("tcp").and(Filter::default()), filter("tcp"));
}

#[test]
fn what_frames_do_not_have_is_refused() {
    let sll = Target::File(LinkType::LINUX_SLL);
    for text in ["vlan 5", "ether host 02:00:00:00:00:01", "broadcast"] {
        let error = filter(text).compile(sll, SNAPSHOT, FragmentPolicy::Drop).unwrap_err();
        assert!(error.to_string().contains("Linux cooked v1"), "{error}");
    }
    let usb = LinkType(189);
    for (text, refused) in [
        ("tcp", true),
        ("less 60 and net 10", true),
        ("less 60 or ether[0] = 3", false),
    ] {
        let compiled = filter(text).compile(Target::File(usb), SNAPSHOT, FragmentPolicy::Drop);
        assert_eq!(
            compiled == Err(CompileError::LinkType(usb)),
            refused,
            "{text}: {compiled:?}"
        );
    }
}

/// Expressions whose paths meet with different things in the registers, or enter a chain of tests in its middle.
#[test]
fn where_paths_meet_only_what_they_share_is_used() {
    let ports = [0, 53, 0, 7, 0, 8, 0, 0];
    for (text, protocol, expected) in [
        ("(ip[9] > 6 or less 50) and ip[9] > 17", 5, false),
        ("(ip[9] > 6 or less 50) and ip[9] > 17", 18, true),
        ("(less 50 or ip[9] > 6) and ip[9] > 17", 5, false),
        ("(less 50 or udp[3] > 7) and udp[1] = 53", 17, true),
        ("(udp[3] > 7 or less 50) and udp[1] = 53", 17, true),
        (
            "(ether[23] = 6 and less 50 or udp[3] = 7) and (udp[1] = 53 or tcp[1] = 53)",
            6,
            true,
        ),
        (
            "(ether[23] = 6 and less 50 or udp[3] = 7) and (udp[1] = 53 or tcp[1] = 53)",
            17,
            true,
        ),
        (
            "(less 41 or len > 41 and udp[3] = 7 or len = 42) and udp[1] = 53",
            17,
            true,
        ),
        ("(greater 50 and udp[3] = 7 or less 50) and udp[1] = 53", 17, true),
        (
            "ether[6] = 3 and (ether[23] = 6 or len > 50) or ether[23] = 17",
            17,
            true,
        ),
        (
            "ether[6] = 3 and (ether[23] = 6 or len > 40) or ether[23] = 17",
            5,
            false,
        ),
    ] {
        assert_eq!(
            passes(text, &ipv4(protocol, 0, &ports)),
            expected,
            "{text}, protocol {protocol}"
        );
    }
}

#[test]
fn jumps_further_than_255_instructions_arrive() {
    // Each address is a test of its own, so "yes" is some 2,000 instructions away from the first.
    let text: Vec<String> = (0..600)
        .map(|number| format!("host 10.0.{}.{}", number / 256, number % 256))
        .collect();
    let text = text.join(" or ");
    let program = compiled(&text, ETHERNET, FragmentPolicy::Drop);
    assert!(
        (1500..2500).contains(&program.instructions().len()),
        "detours are shared"
    );
    for (source, expected) in [
        ([10, 0, 0, 0], true),
        ([10, 0, 1, 1], true),
        ([10, 0, 2, 87], true),
        ([10, 0, 2, 88], false),
    ] {
        let mut frame = ipv4(6, 0, &FROM_53);
        frame[26..30].copy_from_slice(&source);
        assert_eq!(program.matches(&frame, 42), expected, "{source:?}");
    }
}

#[test]
fn a_filter_that_the_kernel_would_not_take_is_refused() {
    let ports: Vec<u16> = (0..3000).map(|number| 2 * number).collect();
    let filter = Filter::of_ports_and_hosts(&ports, &[]);
    let error = filter.compile(Target::Socket(LinkType::ETHERNET), SNAPSHOT, FragmentPolicy::Drop);
    let Err(CompileError::TooLong {
        instructions,
        is_for_kernel: true,
    }) = error
    else {
        panic!("{error:?}")
    };
    assert!(instructions > LONGEST);
    // No kernel has a part in reading a file.
    let program = filter.compile(ETHERNET, SNAPSHOT, FragmentPolicy::Drop).unwrap();
    for (port, expected) in [(5_998, true), (5_999, false), (0, true), (1, false)] {
        let mut data = FROM_53;
        data[..2].copy_from_slice(&u16::to_be_bytes(port));
        data[2..4].copy_from_slice(&60_001_u16.to_be_bytes());
        assert_eq!(program.matches(&ipv4(17, 0, &data), 42), expected, "{port}");
    }
}

#[test]
fn a_program_for_a_socket_asks_the_kernel_for_the_tag() {
    const TAG: u32 = 0xffff_f000 + 44;
    const TAG_PRESENT: u32 = 0xffff_f000 + 48;
    let loads = |text: &str, target| {
        let program = compiled(text, target, FragmentPolicy::Drop);
        program
            .instructions()
            .iter()
            .map(|instruction| instruction.k)
            .collect::<Vec<_>>()
    };
    let socket = Target::Socket(LinkType::ETHERNET);
    let asked = loads("vlan 5 and tcp", socket);
    assert!(asked.contains(&TAG) && asked.contains(&TAG_PRESENT));
    // Taken off, the tag moves nothing; in the frame it moves the protocol by four bytes.
    assert!(asked.contains(&23) && asked.contains(&27));
    assert_eq!(loads("tcp port 80", socket), loads("tcp port 80", ETHERNET));
    assert!(!loads("vlan 5 and tcp", ETHERNET).contains(&TAG));
}

#[test]
fn a_program_for_a_cooked_socket_starts_at_the_network_header() {
    let target = |loopback| Target::CookedSocket { header: 16, loopback };
    let program = compiled("udp and greater 100", target(None), FragmentPolicy::Drop);
    let text = program.to_string();
    for expected in [
        "(000) 0x28 jt 0 jf 0 k 0xfffff000\n", // the EtherType, from the kernel
        "0x30 jt 0 jf 0 k 0x9\n",              // IPv4's protocol field
        "k 0x54\n",                            // 100 - 16
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let program = compiled("", target(Some(1)), FragmentPolicy::Drop);
    let text = program.to_string();
    assert!(
        text.contains("k 0xfffff004\n") && text.contains("k 0xfffff008\n"),
        "{text}"
    );
    assert!(
        compiled("less 10", target(None), FragmentPolicy::Drop)
            .instructions()
            .len()
            == 1,
        "never that short"
    );
}
