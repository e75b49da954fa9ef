//! Ethernet and ARP. IEEE 802.3, RFC 826

use super::line::{Purpose, purpose};

pub(super) static TABLE: &[Purpose] = &[
    purpose(
        "eth.dst",
        "IEEE 802.3 section 3.2",
        "Address of the network card that the frame is for, on this link.",
        "ff:ff:ff:ff:ff:ff is everybody; the lowest bit of the first byte marks a group. On loopback all zeros.",
    ),
    purpose(
        "eth.src",
        "IEEE 802.3 section 3.2",
        "Address of the network card that sent the frame on this link; a router puts its own there.",
        "On loopback all zeros.",
    ),
    purpose(
        "eth.type",
        "IEEE 802.3 section 3.2.6",
        "Which protocol follows.",
        "From 1536 on it is a type; up to 1500 the same two bytes are a length.",
    ),
    purpose(
        "eth.len",
        "IEEE 802.3 section 3.2.6",
        "Length of what follows, without padding; it stands where Ethernet II has the type.",
        "Up to 1500.",
    ),
    purpose(
        "eth.invalid_lentype",
        "IEEE 802.3 section 3.2.6",
        "A number between 1501 and 1535: too large for a length, too small for a type.",
        "",
    ),
    purpose("arp.hw.type", "RFC 826", "Which kind of link address is asked for.", ""),
    purpose(
        "arp.proto.type",
        "RFC 826",
        "For which protocol's address it is asked.",
        "The same numbers as Ethernet's type.",
    ),
    purpose("arp.hw.size", "RFC 826", "Length of a link address.", "6 for Ethernet."),
    purpose(
        "arp.proto.size",
        "RFC 826",
        "Length of a protocol address.",
        "4 for IPv4.",
    ),
    purpose("arp.opcode", "RFC 826", "Whether it asks or answers.", ""),
    purpose(
        "arp.src.hw_mac",
        "RFC 826",
        "Link address of the sender: the answer to the question stands here in a reply.",
        "",
    ),
    purpose(
        "arp.src.proto_ipv4",
        "RFC 826, RFC 5227",
        "IPv4 address of the sender.",
        "0.0.0.0 in a probe: the sender asks whether the address is free before it takes it.",
    ),
    purpose(
        "arp.dst.hw_mac",
        "RFC 826",
        "Link address of the one who is asked.",
        "Unknown in a request, hence mostly zeros.",
    ),
    purpose(
        "arp.dst.proto_ipv4",
        "RFC 826",
        "IPv4 address whose link address is wanted.",
        "",
    ),
    purpose(
        "arp.src.hw",
        "RFC 826",
        "Link address of the sender, of another kind than Ethernet's.",
        "",
    ),
    purpose(
        "arp.src.proto",
        "RFC 826",
        "Protocol address of the sender, of another protocol than IPv4.",
        "",
    ),
    purpose(
        "arp.dst.hw",
        "RFC 826",
        "Link address of the one who is asked, of another kind than Ethernet's.",
        "",
    ),
    purpose(
        "arp.dst.proto",
        "RFC 826",
        "Protocol address that is asked for, of another protocol than IPv4.",
        "",
    ),
];
