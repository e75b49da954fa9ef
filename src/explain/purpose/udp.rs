//! UDP. RFC 768

use super::line::{Purpose, purpose};

pub(super) static TABLE: &[Purpose] = &[
    purpose(
        "udp.srcport",
        "RFC 768",
        "Port of the sending program: where a reply goes.",
        "0 means that no reply is wanted.",
    ),
    purpose(
        "udp.dstport",
        "RFC 768",
        "Port of the receiving program: the system hands the data to the socket that is bound to it.",
        "",
    ),
    purpose(
        "udp.length",
        "RFC 768",
        "Length of the datagram, header and data together.",
        "At least 8, the header alone. 0 only in an IPv6 jumbogram.",
    ),
    purpose(
        "udp.checksum",
        "RFC 768, RFC 8200 section 8.1",
        "Lets the receiver find damage. It covers addresses and protocol of the IP header (the pseudo-header), the UDP header and the data.",
        "0 means none was made, which only IPv4 allows. Where the network card is to fill it in, a capture on the sender shows an unfinished sum.",
    ),
];
