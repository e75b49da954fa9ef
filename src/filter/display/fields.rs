//! The fields of display filters that have a counterpart, and what to type for some that have none.

/// What a field is in tcpdump's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    /// A protocol, which is there or not.
    Protocol(&'static str),
    /// A port: the transport, and in front of `port` the side or nothing.
    Port(&'static str, &'static str),
    /// An IP address: the protocol and the side.
    Address(&'static str, &'static str),
    /// A MAC address: the side.
    Mac(&'static str),
    /// The length of the frame.
    Length,
    /// The protocol's number in the IPv4 header.
    IpProtocol,
    /// The type field of an Ethernet header.
    EtherType,
    /// A number in a header.
    Number(Number),
}

/// A number in a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// The header, also as a question whether it is there.
    pub(super) header: &'static str,
    /// Its first byte in the header, from 0.
    pub(super) offset: u32,
    /// How many bytes it has: 1, 2 or 4.
    pub(super) size: u32,
    /// The bits that are its own; 0: all. A field of one bit is 0 or 1.
    pub(super) mask: u32,
}

const fn number(header: &'static str, offset: u32, size: u32) -> Field {
    Field::Number(Number {
        header,
        offset,
        size,
        mask: 0,
    })
}

const fn bits(header: &'static str, offset: u32, size: u32, mask: u32) -> Field {
    Field::Number(Number {
        header,
        offset,
        size,
        mask,
    })
}

/// The fields, by Wireshark's names.
pub(super) const FIELDS: [(&str, Field); 76] = [
    ("eth", Field::Protocol("ether")),
    ("ip", Field::Protocol("ip")),
    ("ipv6", Field::Protocol("ip6")),
    ("arp", Field::Protocol("arp")),
    ("icmp", Field::Protocol("icmp")),
    ("icmpv6", Field::Protocol("icmp6")),
    ("igmp", Field::Protocol("igmp")),
    ("tcp", Field::Protocol("tcp")),
    ("udp", Field::Protocol("udp")),
    ("sctp", Field::Protocol("sctp")),
    ("frame.len", Field::Length),
    ("eth.addr", Field::Mac("")),
    ("eth.src", Field::Mac("src ")),
    ("eth.dst", Field::Mac("dst ")),
    ("eth.type", Field::EtherType),
    ("ip.addr", Field::Address("ip", "")),
    ("ip.host", Field::Address("ip", "")),
    ("ip.src", Field::Address("ip", "src ")),
    ("ip.src_host", Field::Address("ip", "src ")),
    ("ip.dst", Field::Address("ip", "dst ")),
    ("ip.dst_host", Field::Address("ip", "dst ")),
    ("ipv6.addr", Field::Address("ip6", "")),
    ("ipv6.host", Field::Address("ip6", "")),
    ("ipv6.src", Field::Address("ip6", "src ")),
    ("ipv6.src_host", Field::Address("ip6", "src ")),
    ("ipv6.dst", Field::Address("ip6", "dst ")),
    ("ipv6.dst_host", Field::Address("ip6", "dst ")),
    ("arp.src.proto_ipv4", Field::Address("arp", "src ")),
    ("arp.dst.proto_ipv4", Field::Address("arp", "dst ")),
    ("arp.opcode", number("arp", 6, 2)),
    ("ip.proto", Field::IpProtocol),
    ("ip.len", number("ip", 2, 2)),
    ("ip.id", number("ip", 4, 2)),
    ("ip.flags.df", bits("ip", 6, 1, 0x40)),
    ("ip.flags.mf", bits("ip", 6, 1, 0x20)),
    ("ip.ttl", number("ip", 8, 1)),
    ("ip.checksum", number("ip", 10, 2)),
    ("ip.dsfield", number("ip", 1, 1)),
    ("ipv6.plen", number("ip6", 4, 2)),
    ("ipv6.nxt", number("ip6", 6, 1)),
    ("ipv6.hlim", number("ip6", 7, 1)),
    ("icmp.type", number("icmp", 0, 1)),
    ("icmp.code", number("icmp", 1, 1)),
    ("icmp.checksum", number("icmp", 2, 2)),
    ("icmp.ident", number("icmp", 4, 2)),
    ("icmp.seq", number("icmp", 6, 2)),
    ("icmpv6.type", number("icmp6", 0, 1)),
    ("icmpv6.code", number("icmp6", 1, 1)),
    ("icmpv6.checksum", number("icmp6", 2, 2)),
    ("igmp.type", number("igmp", 0, 1)),
    ("tcp.port", Field::Port("tcp", "")),
    ("tcp.srcport", Field::Port("tcp", "src ")),
    ("tcp.dstport", Field::Port("tcp", "dst ")),
    ("udp.port", Field::Port("udp", "")),
    ("udp.srcport", Field::Port("udp", "src ")),
    ("udp.dstport", Field::Port("udp", "dst ")),
    ("sctp.port", Field::Port("sctp", "")),
    ("sctp.srcport", Field::Port("sctp", "src ")),
    ("sctp.dstport", Field::Port("sctp", "dst ")),
    ("tcp.seq_raw", number("tcp", 4, 4)),
    ("tcp.ack_raw", number("tcp", 8, 4)),
    ("tcp.flags", bits("tcp", 12, 2, 0x0fff)),
    ("tcp.flags.cwr", bits("tcp", 13, 1, 0x80)),
    ("tcp.flags.ece", bits("tcp", 13, 1, 0x40)),
    ("tcp.flags.ecn", bits("tcp", 13, 1, 0x40)),
    ("tcp.flags.urg", bits("tcp", 13, 1, 0x20)),
    ("tcp.flags.ack", bits("tcp", 13, 1, 0x10)),
    ("tcp.flags.push", bits("tcp", 13, 1, 0x08)),
    ("tcp.flags.reset", bits("tcp", 13, 1, 0x04)),
    ("tcp.flags.syn", bits("tcp", 13, 1, 0x02)),
    ("tcp.flags.fin", bits("tcp", 13, 1, 0x01)),
    ("tcp.window_size_value", number("tcp", 14, 2)),
    ("tcp.checksum", number("tcp", 16, 2)),
    ("tcp.urgent_pointer", number("tcp", 18, 2)),
    ("udp.length", number("udp", 4, 2)),
    ("udp.checksum", number("udp", 6, 2)),
];

/// The field of this name, if it has a counterpart.
pub(super) fn field(name: &str) -> Option<Field> {
    let found = FIELDS.iter().find(|(known, _)| *known == name);
    found.map(|&(_, field)| field)
}

/// Protocols above TCP and UDP, which Wireshark finds by their bytes, and the ports that they have by default.
const APPLICATIONS: [(&str, &str); 14] = [
    ("http", "tcp port 80"),
    ("http2", "tcp port 443"),
    ("tls", "tcp port 443"),
    ("ssl", "tcp port 443"),
    ("quic", "udp port 443"),
    ("dns", "port 53"),
    ("mdns", "udp port 5353"),
    ("dhcp", "udp port 67 or 68"),
    ("bootp", "udp port 67 or 68"),
    ("dhcpv6", "udp port 546 or 547"),
    ("ntp", "udp port 123"),
    ("ssh", "tcp port 22"),
    ("ftp", "tcp port 21"),
    ("smtp", "tcp port 25"),
];

/// What to type for fields whose meaning is not in a single packet's headers.
const ADVICE: [(&str, &str); 12] = [
    (
        "tcp.analysis",
        "--view summary marks what was sent again and the like in brackets; type 'tcp' as the filter",
    ),
    (
        "tcp.stream",
        "choose a conversation with --flow N, counted from 1 in the order of first packets",
    ),
    (
        "udp.stream",
        "choose a conversation with --flow N, counted from 1 in the order of first packets",
    ),
    (
        "frame.number",
        "packets are numbered in every view; --count N ends after N of them",
    ),
    ("frame.time", "every view shows the times; --time chooses their form"),
    (
        "tcp.seq",
        "Wireshark's number is relative; type tcp.seq_raw for the one in the header",
    ),
    (
        "tcp.ack",
        "Wireshark's number is relative; type tcp.ack_raw for the one in the header",
    ),
    (
        "tcp.window_size",
        "Wireshark's size is scaled; type tcp.window_size_value for the one in the header",
    ),
    (
        "tcp.len",
        "a filter compares header fields only; --view summary shows each length",
    ),
    ("data", "a filter compares header fields only; -x shows the bytes"),
    ("vlan", "type 'vlan 5 and tcp' for TCP in VLAN 5"),
    ("frame", "type less, greater or len for lengths, as in 'len > 100'"),
];

/// What to type instead of this field, which has no counterpart.
pub(super) fn advice(name: &str) -> String {
    let protocol = name.split('.').next().unwrap_or(name);
    if let Some((_, ports)) = APPLICATIONS.iter().find(|(known, _)| *known == protocol) {
        return format!("Wireshark finds {protocol} by its bytes, here a port stands for it: type '{ports}'");
    }
    let is_below = |known: &str| {
        name.strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || known == "frame.time" || known == "data")
    };
    if let Some((_, advice)) = ADVICE.iter().find(|(known, _)| is_below(known)) {
        return (*advice).to_owned();
    }
    let likeness = |known: &str| strsim::jaro_winkler(known, name);
    let known = FIELDS.iter().map(|&(known, _)| known);
    match known.max_by(|one, other| likeness(one).total_cmp(&likeness(other))) {
        Some(known) if likeness(known) > 0.9 => format!("did you mean {known}?"),
        _ => "ask for ports, addresses, protocols or lengths, for example 'tcp port 80 and host 192.0.2.1'".to_owned(),
    }
}

/// Is this the first part of a name of a display filter?
pub(super) fn is_protocol(word: &str) -> bool {
    const OTHERS: [&str; 6] = ["frame", "data", "vlan", "wlan", "sll", "ppp"];
    let mut known = FIELDS.iter().map(|&(name, _)| name);
    known.any(|name| name == word && !name.contains('.'))
        || APPLICATIONS.iter().any(|&(name, _)| name == word)
        || OTHERS.contains(&word)
}
