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

/// Protocols, by Wireshark's names.
const PROTOCOLS: [(&str, Field); 10] = [
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
];

/// Fields of `frame`, by what is behind the first dot of their name.
const FRAME: [(&str, Field); 1] = [("len", Field::Length)];

/// Fields of `eth`, by what is behind the first dot of their name.
const ETH: [(&str, Field); 4] = [
    ("addr", Field::Mac("")),
    ("src", Field::Mac("src ")),
    ("dst", Field::Mac("dst ")),
    ("type", Field::EtherType),
];

/// Fields of `ip`, by what is behind the first dot of their name.
const IP: [(&str, Field); 14] = [
    ("addr", Field::Address("ip", "")),
    ("host", Field::Address("ip", "")),
    ("src", Field::Address("ip", "src ")),
    ("src_host", Field::Address("ip", "src ")),
    ("dst", Field::Address("ip", "dst ")),
    ("dst_host", Field::Address("ip", "dst ")),
    ("proto", Field::IpProtocol),
    ("len", number("ip", 2, 2)),
    ("id", number("ip", 4, 2)),
    ("flags.df", bits("ip", 6, 1, 0x40)),
    ("flags.mf", bits("ip", 6, 1, 0x20)),
    ("ttl", number("ip", 8, 1)),
    ("checksum", number("ip", 10, 2)),
    ("dsfield", number("ip", 1, 1)),
];

/// Fields of `ipv6`, by what is behind the first dot of their name.
const IPV6: [(&str, Field); 9] = [
    ("addr", Field::Address("ip6", "")),
    ("host", Field::Address("ip6", "")),
    ("src", Field::Address("ip6", "src ")),
    ("src_host", Field::Address("ip6", "src ")),
    ("dst", Field::Address("ip6", "dst ")),
    ("dst_host", Field::Address("ip6", "dst ")),
    ("plen", number("ip6", 4, 2)),
    ("nxt", number("ip6", 6, 1)),
    ("hlim", number("ip6", 7, 1)),
];

/// Fields of `arp`, by what is behind the first dot of their name.
const ARP: [(&str, Field); 3] = [
    ("src.proto_ipv4", Field::Address("arp", "src ")),
    ("dst.proto_ipv4", Field::Address("arp", "dst ")),
    ("opcode", number("arp", 6, 2)),
];

/// Fields of `icmp`, by what is behind the first dot of their name.
const ICMP: [(&str, Field); 5] = [
    ("type", number("icmp", 0, 1)),
    ("code", number("icmp", 1, 1)),
    ("checksum", number("icmp", 2, 2)),
    ("ident", number("icmp", 4, 2)),
    ("seq", number("icmp", 6, 2)),
];

/// Fields of `icmpv6`, by what is behind the first dot of their name.
const ICMPV6: [(&str, Field); 3] = [
    ("type", number("icmp6", 0, 1)),
    ("code", number("icmp6", 1, 1)),
    ("checksum", number("icmp6", 2, 2)),
];

/// Fields of `igmp`, by what is behind the first dot of their name.
const IGMP: [(&str, Field); 1] = [("type", number("igmp", 0, 1))];

/// Fields of `tcp`, by what is behind the first dot of their name.
const TCP: [(&str, Field); 17] = [
    ("port", Field::Port("tcp", "")),
    ("srcport", Field::Port("tcp", "src ")),
    ("dstport", Field::Port("tcp", "dst ")),
    ("seq_raw", number("tcp", 4, 4)),
    ("ack_raw", number("tcp", 8, 4)),
    ("flags", bits("tcp", 12, 2, 0x0fff)),
    ("flags.cwr", bits("tcp", 13, 1, 0x80)),
    ("flags.ece", bits("tcp", 13, 1, 0x40)),
    ("flags.urg", bits("tcp", 13, 1, 0x20)),
    ("flags.ack", bits("tcp", 13, 1, 0x10)),
    ("flags.push", bits("tcp", 13, 1, 0x08)),
    ("flags.reset", bits("tcp", 13, 1, 0x04)),
    ("flags.syn", bits("tcp", 13, 1, 0x02)),
    ("flags.fin", bits("tcp", 13, 1, 0x01)),
    ("window_size_value", number("tcp", 14, 2)),
    ("checksum", number("tcp", 16, 2)),
    ("urgent_pointer", number("tcp", 18, 2)),
];

/// Fields of `udp`, by what is behind the first dot of their name.
const UDP: [(&str, Field); 5] = [
    ("port", Field::Port("udp", "")),
    ("srcport", Field::Port("udp", "src ")),
    ("dstport", Field::Port("udp", "dst ")),
    ("length", number("udp", 4, 2)),
    ("checksum", number("udp", 6, 2)),
];

/// Fields of `sctp`, by what is behind the first dot of their name.
const SCTP: [(&str, Field); 3] = [
    ("port", Field::Port("sctp", "")),
    ("srcport", Field::Port("sctp", "src ")),
    ("dstport", Field::Port("sctp", "dst ")),
];

/// The fields of each protocol.
const FIELDS: [(&str, &[(&str, Field)]); 11] = [
    ("frame", &FRAME),
    ("eth", &ETH),
    ("ip", &IP),
    ("ipv6", &IPV6),
    ("arp", &ARP),
    ("icmp", &ICMP),
    ("icmpv6", &ICMPV6),
    ("igmp", &IGMP),
    ("tcp", &TCP),
    ("udp", &UDP),
    ("sctp", &SCTP),
];

/// The field of this name, if it has a counterpart.
pub(super) fn field(name: &str) -> Option<Field> {
    let find =
        |all: &[(&str, Field)], wanted: &str| all.iter().find(|(known, _)| *known == wanted).map(|&(_, field)| field);
    match name.split_once('.') {
        None => find(&PROTOCOLS, name),
        Some((protocol, rest)) => {
            let (_, fields) = FIELDS.iter().find(|(known, _)| *known == protocol)?;
            find(fields, rest)
        }
    }
}

/// All names, protocols first.
pub(super) fn names() -> impl Iterator<Item = String> {
    let fields = FIELDS
        .iter()
        .flat_map(|(protocol, fields)| fields.iter().map(move |(rest, _)| format!("{protocol}.{rest}")));
    PROTOCOLS.iter().map(|(name, _)| (*name).to_owned()).chain(fields)
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

/// What is in the data is not asked for by a filter.
pub(super) const ABOUT_DATA: &str =
    "a filter compares header fields only; --view follow shows what both ends said, -x the bytes";

/// Of two values, one is enough.
const OF_BOTH: &str = "leave it out: ip.addr == A holds where source or destination is A";

/// What to type for fields whose meaning is not in a single packet's headers.
const ADVICE: [(&str, &str); 25] = [
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
    ("tcp.payload", ABOUT_DATA),
    ("udp.payload", ABOUT_DATA),
    ("data", ABOUT_DATA),
    ("any", OF_BOTH),
    ("all", OF_BOTH),
    (
        "tcp.options",
        "options have no fixed place; --view fields shows each of them",
    ),
    (
        "tcp.option",
        "options have no fixed place; --view fields shows each of them",
    ),
    (
        "udp.checksum.status",
        "--view fields says of every checksum whether it is right",
    ),
    (
        "ip.checksum.status",
        "--view fields says of every checksum whether it is right",
    ),
    ("tcp.time", "every view shows the times; --time chooses their form"),
    (
        "tcp.completeness",
        "--view ladder shows how each connection begins and ends",
    ),
    ("ip.fragment", "type 'ip[6:2] & 0x3fff != 0' for every fragment"),
    ("_ws", "ask for what the column shows: 'tcp', 'arp', 'tcp port 80'"),
    (
        "frame.protocols",
        "ask for a protocol by its name, as in 'tcp', or by its port, as in 'tcp port 80'",
    ),
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
    match names().max_by(|one, other| likeness(one).total_cmp(&likeness(other))) {
        Some(known) if likeness(&known) > 0.9 => format!("did you mean {known}?"),
        _ => "ask for ports, addresses, protocols or lengths, for example 'tcp port 80 and host 192.0.2.1'".to_owned(),
    }
}

/// Is this the first part of a name of a display filter?
pub(super) fn is_protocol(word: &str) -> bool {
    const OTHERS: [&str; 7] = ["frame", "data", "vlan", "wlan", "sll", "ppp", "_ws"];
    PROTOCOLS.iter().any(|&(name, _)| name == word)
        || APPLICATIONS.iter().any(|&(name, _)| name == word)
        || OTHERS.contains(&word)
}
