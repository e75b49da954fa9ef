use std::io;
use std::net::IpAddr;

use super::super::names::{NameResolver, NoResolver};
use super::super::{Filter, SyntaxError};
use super::{DEEPEST, LONGEST_TEXT};

fn read(text: &str) -> String {
    Filter::parse(text, &NoResolver)
        .unwrap_or_else(|error| panic!("{error}"))
        .to_string()
}

fn refused(text: &str) -> SyntaxError {
    match Filter::parse(text, &NoResolver) {
        Ok(filter) => panic!("{text:.99?} was read as {filter:.99}"),
        Err(error) => error,
    }
}

/// Text, and the same with everything written out.
const READ: [(&str, &str); 46] = [
    ("tcp", "tcp"),
    ("tcp port 80", "tcp port 80"),
    // What is left out is taken from the left.
    ("port 80 or 443", "port 80 or port 443"),
    (
        "tcp port 80 and (8080 or 443)",
        "tcp port 80 and (tcp port 8080 or tcp port 443)",
    ),
    ("host 192.0.2.1 or 2001:db8::1", "host 192.0.2.1 or host 2001:db8::1"),
    (
        "tcp dst port http or https or 21",
        "tcp dst port 80 or tcp dst port 443 or tcp dst port 21",
    ),
    ("port 80 or not 443", "port 80 or not port 443"),
    ("not port 80 or 443", "not port 80 or port 443"),
    ("port (80 or 443)", "port 80 or port 443"),
    ("port not 80", "not port 80"),
    (
        "port 80 or (host 192.0.2.1) or 443",
        "port 80 or host 192.0.2.1 or port 443",
    ),
    ("src 192.0.2.1", "src host 192.0.2.1"),
    // Equal precedence, from the left; "not" binds tightest.
    ("tcp or udp and icmp", "(tcp or udp) and icmp"),
    ("tcp and udp or icmp", "(tcp and udp) or icmp"),
    ("tcp or (udp and icmp)", "tcp or (udp and icmp)"),
    ("not tcp and udp", "not tcp and udp"),
    ("not (tcp and udp)", "not (tcp and udp)"),
    ("!tcp&&udp||icmp", "(not tcp and udp) or icmp"),
    ("not not tcp", "not not tcp"),
    ("((tcp))", "tcp"),
    // Sides.
    ("src or dst port 80", "port 80"),
    ("dst and src host 192.0.2.1", "src and dst host 192.0.2.1"),
    ("src host 192.0.2.1 or dst port 53", "src host 192.0.2.1 or dst port 53"),
    // Networks.
    ("net 10", "net 10.0.0.0/8"),
    ("net 10.1", "net 10.1.0.0/16"),
    ("net 192.0.2.0/24", "net 192.0.2.0/24"),
    ("net 10.0.0.0 mask 255.0.0.0", "net 10.0.0.0/8"),
    ("net 10.0.2.0 mask 255.0.255.0", "net 10.0.2.0 mask 255.0.255.0"),
    ("net 0.0.0.0/0", "net 0.0.0.0/0"),
    ("host 10", "host 0.0.0.10"),
    ("ip6 net fe80::/10", "ip6 net fe80::/10"),
    ("net ::/0", "net ::/0"),
    ("host ::ffff:192.0.2.1", "host ::ffff:192.0.2.1"),
    // The rest.
    ("portrange 5010-5000", "portrange 5000-5010"),
    ("portrange ftp-data-ftp", "portrange 20-21"),
    ("port 0x50", "port 80"),
    ("ip proto \\tcp", "ip proto 6"),
    ("proto 17", "proto 17"),
    ("ether proto \\ip", "ether proto 0x0800"),
    ("ether src 1-2-3-a-b-c", "ether src host 01:02:03:0a:0b:0c"),
    ("less 100 and greater 0x40", "len <= 100 and len >= 64"),
    ("vlan 5 and vlan", "vlan 5 and vlan"),
    ("broadcast or ip multicast", "ether broadcast or ip multicast"),
    ("tcp[13]&2!=0", "tcp[13] & 0x2 != 0"),
    ("tcp[tcpflags] & (tcp-syn|tcp-fin) == tcp-syn", "tcp[13] & 0x3 = 2"),
    ("udp[4:2] > 100", "udp[4:2] > 100"),
];

#[test]
fn it_is_read_as_pcap_filter_says() {
    for (text, written) in READ {
        assert_eq!(read(text), written, "{text}");
        assert_eq!(read(written), written, "{text}, written out");
    }
}

/// What is wrong, the character at which the error points, and a part of what it says.
const WRONG: [(&str, usize, &str); 41] = [
    ("tcp prot 80", 5, "\"prot\""),
    ("port", 5, "found the end, expected a port"),
    ("port 70000", 6, "from 0 to 65535"),
    ("port nosuchservice", 6, "\"port 80\""),
    ("port 192.0.2.1", 6, "expected a port"),
    ("80", 1, "\"port 80\""),
    ("192.0.2.1", 1, "\"host 192.0.2.1\""),
    ("TCP", 1, "\"tcp\""),
    ("tcp AND udp", 5, "found \"AND\""),
    ("tcp and", 8, "found the end"),
    ("and tcp", 1, "found \"and\""),
    ("tcp or 80", 8, "\"port 80\""),
    ("(tcp", 5, "\")\""),
    ("tcp)", 4, "found \")\""),
    ("()", 2, "found \")\""),
    ("tcp udp", 5, "\"and\", \"or\""),
    ("tcp host 192.0.2.1", 10, "tcp and host"),
    ("icmp port 80", 11, "icmp and tcp port 80"),
    ("ip port 80", 9, "no ports"),
    ("ip6 host 192.0.2.1", 19, "\"ip6\""),
    ("host 192.0.2.256", 6, "192.0.2.256"),
    ("host 2001:db8::g", 6, "not an IP address"),
    ("host 02:00:00:00:00:01", 6, "ether host 02:00:00:00:00:01"),
    ("ether host 192.0.2.1", 12, "MAC address"),
    ("net 192.0.2.1/24", 5, "ones behind"),
    ("net 192.0.2.0/33", 15, "from 0 to 32"),
    ("net 2001:db8::/129", 16, "from 0 to 128"),
    ("net 192.0.2.0 mask tcp", 20, "mask"),
    ("host example", 6, "names are not looked up"),
    ("src or src port 80", 8, "\"src\" and \"dst\""),
    ("proto tcp", 7, "\"proto \\tcp\""),
    ("tcp proto 6", 11, "no protocol field"),
    ("ether proto 100", 13, "0x600"),
    ("ether", 6, "behind \"ether\""),
    ("vlan 5000", 6, "0 to 4095"),
    ("less", 5, "\"less 100\""),
    ("tcp[13", 7, "\"]\""),
    ("ether[0xfffff02c] = 1", 7, "from 0 to 65535"),
    ("tcp[0:3] = 1", 7, "1, 2 or 4"),
    ("tcp[13] + 2 = 4", 9, "are understood"),
    ("tcp § udp", 5, "found \"§\""),
];

#[test]
fn an_error_says_where_what_and_shows_an_example() {
    for (text, position, part) in WRONG {
        let error = refused(text);
        assert_eq!(error.position, position, "{error}");
        assert!(error.why.contains(part), "{part:?} in {error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn deep_and_long_texts_are_refused() {
    let nested = |depth: usize| format!("{}tcp{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(read(&nested(DEEPEST)), "tcp");
    assert!(refused(&nested(DEEPEST + 1)).why.contains("within each other"));
    assert!(refused(&"not ".repeat(4000)).why.contains("within each other"));
    assert!(
        refused(&format!("port {}", "(".repeat(4000)))
            .why
            .contains("within each other")
    );
    assert!(
        refused(&format!("tcp[{}", "(".repeat(4000)))
            .why
            .contains("within each other")
    );
    assert!(
        refused(&format!("tcp{}", " and udp or tcp".repeat(1000)))
            .why
            .contains("turns")
    );
    let long = format!("tcp{}", " or udp".repeat(LONGEST_TEXT / 7 + 1));
    let error = refused(&long);
    assert!(error.why.contains("65536 are read"), "{error}");
    assert!(error.to_string().len() < 200);
}

/// Knows one machine.
struct OneName;

impl NameResolver for OneName {
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        match name {
            "server.example" => Ok(vec![[192, 0, 2, 1].into(), "2001:db8::1".parse().unwrap()]),
            "nowhere.example" => Ok(Vec::new()),
            _ => Err(io::Error::other("never heard of it")),
        }
    }

    fn port(&self, _: &str) -> Option<u16> {
        None
    }
}

#[test]
fn a_name_stands_for_all_its_addresses() {
    let read = |text| Filter::parse(text, &OneName).map(|filter| filter.to_string());
    assert_eq!(
        read("not dst host server.example").unwrap(),
        "not (dst host 192.0.2.1 or dst host 2001:db8::1)"
    );
    assert_eq!(read("ip6 host server.example").unwrap(), "ip6 host 2001:db8::1");
    for (text, part) in [
        ("host nowhere.example", "no address"),
        ("arp host other.example", "never heard of it"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.why.contains(part), "{error}");
    }
}
