//! What ICMP errors say: of each type and code, whether the packet arrived, who refused it, and why.

use super::super::reason;
use super::is_sentence;
use crate::wire::{LinkType, decode};

const ROUTER: u8 = 254;
const HOST: u8 = 2;

/// An error from this host of 192.0.2.0/24 about a packet from 192.0.2.1, port 40000, to 192.0.2.2, port 12000. `rest`: the two bytes
/// where an MTU is.
fn icmp(by: u8, (message, code): (u8, u8), rest: u16, protocol: u8) -> Vec<u8> {
    let ip = |protocol: u8, from: u8, to: u8, length: u8| {
        let mut header = vec![0x45, 0, 0, length, 0, 1, 0x40, 0, 64, protocol, 0, 0];
        header.extend([192, 0, 2, from, 192, 0, 2, to]);
        header
    };
    let mut bytes = ip(1, by, 1, 56);
    bytes.extend([message, code, 0, 0, 0, 0]);
    bytes.extend(rest.to_be_bytes());
    bytes.extend(ip(protocol, 1, 2, 28));
    bytes.extend([0x9c, 0x40, 0x2e, 0xe0, 0, 8, 0, 0]);
    bytes
}

/// The same over IPv6, in `2001:db8::/64`.
fn icmpv6(by: u8, (message, code): (u8, u8), rest: u32) -> Vec<u8> {
    let ip = |next: u8, from: u8, to: u8, length: u8| {
        let mut header = vec![0x60, 0, 0, 0, 0, length, next, 64];
        for host in [from, to] {
            header.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
        }
        header
    };
    let mut bytes = ip(58, by, 1, 56);
    bytes.extend([message, code, 0, 0]);
    bytes.extend(rest.to_be_bytes());
    bytes.extend(ip(17, 1, 2, 8));
    bytes.extend([0x9c, 0x40, 0x2e, 0xe0, 0, 8, 0, 0]);
    bytes
}

fn told(link: LinkType, bytes: &[u8]) -> String {
    let sentence = reason(&decode(link, bytes, 0), None).unwrap().into_owned();
    is_sentence(&sentence);
    sentence
}

#[test]
fn each_error_says_whether_the_packet_arrived_and_who_refused_it() {
    let udp = 17;
    for (by, kind, rest, protocol, expected) in [
        (
            HOST,
            (3, 3),
            0,
            udp,
            "reached 192.0.2.2: no socket is bound to port 12000 there, or its firewall says so",
        ),
        (
            ROUTER,
            (3, 3),
            0,
            udp,
            "was refused on its way to 192.0.2.2: a firewall at 192.0.2.254 answers so",
        ),
        (
            HOST,
            (3, 3),
            0,
            6,
            "reached 192.0.2.2, where a firewall refuses port 12000",
        ),
        (
            HOST,
            (3, 2),
            0,
            udp,
            "reached 192.0.2.2, which does not take the protocol that it carries",
        ),
        (
            ROUTER,
            (3, 0),
            0,
            udp,
            "did not arrive: 192.0.2.254 has no route to 192.0.2.2",
        ),
        (
            ROUTER,
            (3, 1),
            0,
            udp,
            "did not arrive: 192.0.2.254 gets no answer from 192.0.2.2 on its last link",
        ),
        (
            1,
            (3, 1),
            0,
            udp,
            "did not arrive: no machine answers for 192.0.2.2 on the sender's own link",
        ),
        (
            ROUTER,
            (3, 13),
            0,
            udp,
            "did not arrive: a firewall or router at 192.0.2.254 forbids it",
        ),
        (HOST, (3, 10), 0, udp, "reached 192.0.2.2, where a firewall forbids it"),
        (
            ROUTER,
            (3, 4),
            1400,
            udp,
            "did not arrive: it is too large for the link after 192.0.2.254, whose MTU is 1400 bytes",
        ),
        (
            ROUTER,
            (3, 4),
            0,
            udp,
            "did not arrive: it is too large for the link after 192.0.2.254, whose MTU is not given",
        ),
        (
            ROUTER,
            (11, 0),
            0,
            udp,
            "did not arrive: its time to live was used up at 192.0.2.254",
        ),
        (
            HOST,
            (11, 1),
            0,
            udp,
            "reached 192.0.2.2 in part: some of its fragments did not come in time",
        ),
    ] {
        let sentence = told(LinkType::IPV4, &icmp(by, kind, rest, protocol));
        assert_eq!(
            sentence,
            format!("reports to 192.0.2.1 that its packet {expected}"),
            "{kind:?}"
        );
    }
}

#[test]
fn so_do_those_of_ipv6() {
    for (by, kind, rest, expected) in [
        (
            HOST,
            (1, 4),
            0,
            "reached 2001:db8::2: no socket is bound to port 12000 there, or its firewall says so",
        ),
        (
            ROUTER,
            (1, 0),
            0,
            "did not arrive: 2001:db8::fe has no route to 2001:db8::2",
        ),
        (
            ROUTER,
            (1, 1),
            0,
            "did not arrive: a firewall or router at 2001:db8::fe forbids it",
        ),
        (
            ROUTER,
            (1, 2),
            0,
            "did not arrive: the source address is not valid beyond 2001:db8::fe",
        ),
        (
            1,
            (1, 3),
            0,
            "did not arrive: no machine answers for 2001:db8::2 on the sender's own link",
        ),
        (
            ROUTER,
            (2, 0),
            1280,
            "did not arrive: it is too large for the link after 2001:db8::fe, whose MTU is 1280 bytes",
        ),
        (
            ROUTER,
            (3, 0),
            0,
            "did not arrive: its hop limit was used up at 2001:db8::fe",
        ),
        (
            HOST,
            (4, 1),
            40,
            "reached 2001:db8::2, which does not take the protocol that it carries",
        ),
    ] {
        let sentence = told(LinkType::IPV6, &icmpv6(by, kind, rest));
        assert_eq!(
            sentence,
            format!("reports to 2001:db8::1 that its packet {expected}"),
            "{kind:?}"
        );
    }
}
