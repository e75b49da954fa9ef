use super::{DisplayFilter, read};
use crate::filter::{Filter, NoResolver};

fn translated(text: &str) -> String {
    match read(text) {
        DisplayFilter::Translated { expression, .. } => {
            assert!(Filter::parse(&expression, &NoResolver).is_ok(), "{text}: {expression}");
            expression
        }
        other => panic!("{text}: {other:?}"),
    }
}

fn refused(text: &str) -> String {
    match read(text) {
        DisplayFilter::Refused(why) => why,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn it_is_translated() {
    for (text, expression) in [
        ("tcp.port == 12000", "tcp port 12000"),
        ("tcp.port==12000", "tcp port 12000"),
        ("tcp.port eq 0x50", "tcp port 80"),
        ("tcp.dstport == 80", "tcp dst port 80"),
        ("tcp.port == http", "tcp port http"),
        ("ip.proto == TCP", "ip proto 6"),
        ("icmp.type & 8", "icmp[0] & 0x8 != 0"),
        (
            "tcp.port == 80 xor udp",
            "(tcp port 80 and not udp) or (not tcp port 80 and udp)",
        ),
        ("udp.srcport > 1024", "udp src portrange 1025-65535"),
        ("udp.port <= 53", "udp portrange 0-53"),
        ("tcp.port != 80", "tcp and not tcp port 80"),
        ("!(tcp.port == 80)", "not tcp port 80"),
        ("tcp.port in {80, 443}", "tcp port 80 or tcp port 443"),
        (
            "tcp.port in {80 443 8000..8010}",
            "tcp port 80 or tcp port 443 or tcp portrange 8000-8010",
        ),
        ("ip.addr == 10.0.0.1", "ip host 10.0.0.1"),
        (
            "ip.src==10.0.0.1&&ip.dst==10.0.0.2",
            "ip src host 10.0.0.1 and ip dst host 10.0.0.2",
        ),
        ("ip.addr == 10.1.2.3/8", "ip net 10.0.0.0/8"),
        ("ip.addr != 10.0.0.1", "ip and not ip host 10.0.0.1"),
        ("ipv6.addr == 2001:db8::1", "ip6 host 2001:db8::1"),
        ("ipv6.src == 2001:db8::1/32", "ip6 src net 2001:db8::/32"),
        ("eth.addr == 02-00-00-00-00-0a", "ether host 02:00:00:00:00:0a"),
        ("ipv6", "ip6"),
        ("icmpv6 || arp", "icmp6 or arp"),
        ("frame.len > 100", "len > 100"),
        ("frame.len >= 60 and frame.len <= 70", "len >= 60 and len <= 70"),
        // In Wireshark 4 "and" binds tighter than "or".
        (
            "tcp.port == 1 or udp.port == 2 and ip.ttl < 5",
            "tcp port 1 or (udp port 2 and ip[8] < 5)",
        ),
        (
            "(tcp.port == 1 or udp.port == 2) and ip.ttl < 5",
            "(tcp port 1 or udp port 2) and ip[8] < 5",
        ),
        (
            "tcp.flags.syn == 1",
            "tcp[13] & 0x2 != 0 or (ip6[6] = 6 and ip6[53] & 0x2 != 0)",
        ),
        (
            "tcp.flags.ack != True",
            "tcp[13] & 0x10 = 0 or (ip6[6] = 6 and ip6[53] & 0x10 = 0)",
        ),
        (
            "tcp.flags == 0x012",
            "tcp[12:2] & 0xfff = 18 or (ip6[6] = 6 and ip6[52:2] & 0xfff = 18)",
        ),
        ("tcp.flags.syn", "tcp"),
        ("ip.flags.df == 1", "ip[6] & 0x40 != 0"),
        ("ip.proto == 17", "ip proto 17"),
        ("ip.proto != 17", "ip and not ip proto 17"),
        ("eth.type == 0x0800", "ether proto 2048"),
        ("icmp.type == 8 || icmp.type == 0", "icmp[0] = 8 or icmp[0] = 0"),
        ("arp.opcode == 1", "arp[6:2] = 1"),
        ("not arp and not icmpv6", "not arp and not icmp6"),
        ("ip.addr == \"10.0.0.1\"", "ip host 10.0.0.1"),
    ] {
        assert_eq!(translated(text), expression, "{text}");
    }
}

#[test]
fn what_has_no_counterpart_says_what_to_type() {
    for (text, part) in [
        ("tcp.port == 80 || 443", "tcp.port in {A, B}"),
        ("tcp.prot == 80", "did you mean tcp.port?"),
        ("tcp.stream eq 3", "--flow N"),
        ("tcp contains hello", "--view follow"),
        ("_ws.col.protocol == TCP", "what the column shows"),
        ("len(tcp.payload) > 5", "the function len()"),
        ("any ip.addr == 192.0.2.1", "leave it out"),
        ("tcp.flags & 0x12 == 0x12", "bits are compared with 0"),
        ("tcp.analysis.retransmission", "--view summary"),
        ("http", "type 'tcp port 80'"),
        ("http.request.method == \"GET\"", "type 'tcp port 80'"),
        ("dns && ip.addr == 1.1.1.1", "type 'port 53'"),
        ("tcp.seq == 1", "tcp.seq_raw"),
        ("tcp.len > 0", "--view summary"),
        ("frame.number == 5", "--count"),
        ("frame contains \"GET\"", "--view follow"),
        ("tcp contains \"GET\" && tcp.port == 1", "has no counterpart"),
        ("tcp.port == 70000", "from 0 to 65535"),
        ("tcp.port > 65535", "from 0 to 65535"),
        ("udp.port < 0", "from 0 to 65535"),
        ("ip.addr == 10.0.0.300", "not an address"),
        ("ip.addr == ::1", "not an address"),
        ("ip.addr > 10.0.0.1", "== or !="),
        ("ip.ttl == 300", "from 0 to 255"),
        ("tcp.flags.syn == 2", "from 0 to 1"),
        ("tcp.port ==", "a value"),
        ("tcp.port == 80 &&", "ends"),
        ("(tcp.port == 80", ") is missing"),
        ("tcp.port in {}", "in braces"),
        ("tcp.port in 80", "in braces"),
        ("ipv6 == 1", "alone"),
        ("udp.port in {9..1}", "from 0 to 65535"),
        (&"!".repeat(200).replace('!', "! tcp.port "), "expected"),
        (&format!("{}tcp.port == 1", "(".repeat(200)), "within each other"),
    ] {
        let why = refused(text);
        assert!(why.contains(part), "{text}: {why}");
    }
}

#[test]
fn a_text_of_another_language_is_none() {
    for text in [
        "",
        "tcp prot 80",
        "host example.com",
        "80",
        "tcp and",
        "nosuch",
        "host tcp.example",
    ] {
        assert_eq!(read(text), DisplayFilter::None, "{text}");
    }
}
