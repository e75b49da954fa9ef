//! Names of numbers, from the registries of IANA and IEEE. Only those that a course or an ordinary network shows.

/// `EtherType`. <https://www.iana.org/assignments/ieee-802-numbers>
pub(super) fn ether_type(number: u64) -> Option<&'static str> {
    Some(match number {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x0842 => "Wake-on-LAN",
        0x2000 => "CDP",
        0x6003 => "DECnet",
        0x8035 => "RARP",
        0x809b => "AppleTalk",
        0x80f3 => "AppleTalk ARP",
        0x8100 => "802.1Q VLAN tag",
        0x8137 => "IPX",
        0x86dd => "IPv6",
        0x8808 => "Ethernet flow control",
        0x8809 => "slow protocols (LACP)",
        0x8847 => "MPLS",
        0x8848 => "MPLS multicast",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x888e => "802.1X authentication",
        0x88a8 => "802.1ad VLAN tag",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88f7 => "PTP",
        0x8902 => "CFM",
        0x8906 => "FCoE",
        0x9000 => "Ethernet loopback test",
        0x9100 | 0x9200 => "QinQ VLAN tag",
        _ => return None,
    })
}

/// IP protocol number. <https://www.iana.org/assignments/protocol-numbers>
pub(super) fn ip_protocol(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "IPv6 hop-by-hop options",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4 in IP",
        6 => "TCP",
        8 => "EGP",
        9 => "IGP",
        17 => "UDP",
        27 => "RDP",
        33 => "DCCP",
        41 => "IPv6 in IP",
        43 => "IPv6 routing header",
        44 => "IPv6 fragment header",
        46 => "RSVP",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        59 => "no next header",
        60 => "IPv6 destination options",
        88 => "EIGRP",
        89 => "OSPF",
        94 => "IPIP",
        97 => "EtherIP",
        103 => "PIM",
        108 => "IPComp",
        112 => "VRRP",
        113 => "PGM",
        115 => "L2TP",
        124 => "IS-IS over IPv4",
        132 => "SCTP",
        135 => "mobility header",
        136 => "UDP-Lite",
        137 => "MPLS in IP",
        139 => "HIP",
        140 => "Shim6",
        143 => "Ethernet",
        253 | 254 => "experiment",
        _ => return None,
    })
}

/// LLC service access point. <https://standards.ieee.org/products-programs/regauth/llc/>
pub(super) fn service_access_point(number: u64) -> Option<&'static str> {
    Some(match number {
        0x00 => "null",
        0x06 => "IP",
        0x42 => "spanning tree",
        0xaa => "SNAP",
        0xe0 => "IPX",
        0xf0 => "NetBIOS",
        0xfe => "OSI network layer",
        0xff => "global",
        _ => return None,
    })
}

/// A SNAP protocol by its organization.
pub(super) fn snap(organization: u32, protocol: u16) -> Option<&'static str> {
    Some(match (organization, protocol) {
        (0x00_000c, 0x010b) => "PVST+",
        (0x00_000c, 0x0111) => "UDLD",
        (0x00_000c, 0x2000) => "CDP",
        (0x00_000c, 0x2003) => "VTP",
        (0x00_000c, 0x2004) => "DTP",
        (0x08_0007, 0x809b) => "AppleTalk",
        _ => return None,
    })
}

/// Differentiated services code point. RFC 2474, RFC 2597, RFC 3246, RFC 5865, RFC 8622
pub(super) fn code_point(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "default",
        1 => "LE",
        8 => "CS1",
        10 => "AF11",
        12 => "AF12",
        14 => "AF13",
        16 => "CS2",
        18 => "AF21",
        20 => "AF22",
        22 => "AF23",
        24 => "CS3",
        26 => "AF31",
        28 => "AF32",
        30 => "AF33",
        32 => "CS4",
        34 => "AF41",
        36 => "AF42",
        38 => "AF43",
        40 => "CS5",
        44 => "voice-admit",
        46 => "EF",
        48 => "CS6",
        56 => "CS7",
        _ => return None,
    })
}

/// Explicit congestion notification. RFC 3168 section 5
pub(super) fn congestion(number: u64) -> Option<&'static str> {
    Some(match number {
        0 => "Not-ECT",
        1 => "ECT(1)",
        2 => "ECT(0)",
        3 => "CE",
        _ => return None,
    })
}

/// Hardware type. <https://www.iana.org/assignments/arp-parameters>; the large ones are Linux's (`linux/if_arp.h`).
pub(super) fn hardware(number: u64) -> Option<&'static str> {
    Some(match number {
        1 => "Ethernet",
        6 => "IEEE 802",
        7 => "ARCNET",
        15 => "Frame Relay",
        24 => "IEEE 1394",
        32 => "InfiniBand",
        512 => "PPP",
        768 => "IP in IP",
        772 => "loopback",
        776 => "IPv6 in IPv4",
        778 => "GRE",
        801 => "IEEE 802.11",
        824 => "netlink",
        65_534 => "none",
        _ => return None,
    })
}
