//! TCP's header. RFC 9293

use super::line::{Purpose, purpose};

pub(super) static TABLE: &[Purpose] = &[
    purpose(
        "tcp.srcport",
        "RFC 9293 section 3.1",
        "Port of the sender. Both addresses and both ports together name the connection.",
        "",
    ),
    purpose(
        "tcp.dstport",
        "RFC 9293 section 3.1",
        "Port of the receiver: in a SYN the one on which the server listens.",
        "",
    ),
    purpose(
        "tcp.seq_raw",
        "RFC 9293 section 3.4",
        "Number of the first data byte of this segment in the sender's stream; of a SYN the initial sequence number itself.",
        "It starts at random and wraps after 4294967295. SYN and FIN take one number each. Wireshark's tcp.seq is relative: counted from the start.",
    ),
    purpose(
        "tcp.ack_raw",
        "RFC 9293 section 3.4",
        "The next sequence number that the sender of this segment expects: all before it has arrived.",
        "It counts only with the ACK flag. Wireshark's tcp.ack is relative: counted from the start.",
    ),
    purpose(
        "tcp.hdr_len",
        "RFC 9293 section 3.1",
        "Length of the header in words of 4 bytes: where the data begin.",
        "5, without options, to 15.",
    ),
    purpose(
        "tcp.flags",
        "RFC 9293 section 3.1",
        "Reserved bits and control bits: each flag says whether something holds for this segment.",
        "Its bits, from the left: three reserved, AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.",
    ),
    purpose(
        "tcp.flags.res",
        "RFC 9293 section 3.1",
        "Kept for later use; sent as 0 and ignored by the receiver.",
        "",
    ),
    purpose(
        "tcp.flags.ae",
        "RFC 9768 section 3.1",
        "Accurate ECN: with CWR and ECE it is a counter of congestion marks; in the handshake it asks for that.",
        "",
    ),
    purpose(
        "tcp.flags.cwr",
        "RFC 3168 section 6.1",
        "Congestion window reduced: the sender has heard the echo of a congestion mark and sends less.",
        "In a SYN together with ECE it offers ECN.",
    ),
    purpose(
        "tcp.flags.ece",
        "RFC 3168 section 6.1",
        "ECN echo: a packet arrived with the mark of a congested router.",
        "In a SYN together with CWR it offers ECN, in a SYN,ACK alone it accepts.",
    ),
    purpose(
        "tcp.flags.urg",
        "RFC 9293 section 3.1, RFC 6093",
        "Says that the urgent pointer counts. New programs are told not to use it.",
        "",
    ),
    purpose(
        "tcp.flags.ack",
        "RFC 9293 section 3.1",
        "Says that the acknowledgment number counts.",
        "On in every segment but the first SYN (and some resets).",
    ),
    purpose(
        "tcp.flags.push",
        "RFC 9293 section 3.9.1.2",
        "Push: the receiver should hand what it has to its program now, and not wait for more.",
        "Systems set it on the last segment of what the program sent.",
    ),
    purpose(
        "tcp.flags.reset",
        "RFC 9293 section 3.5.2",
        "Reset: ends the connection at once, or refuses one.",
        "",
    ),
    purpose(
        "tcp.flags.syn",
        "RFC 9293 section 3.5",
        "Synchronize: opens a connection and tells the sender's initial sequence number.",
        "1 in the first segment of each direction only; with ACK off it asks, with ACK on it agrees.",
    ),
    purpose(
        "tcp.flags.fin",
        "RFC 9293 section 3.6",
        "The sender has no more data: it closes its direction. The other direction goes on.",
        "",
    ),
    purpose(
        "tcp.window_size_value",
        "RFC 9293 section 3.8.6, RFC 7323 section 2",
        "How many bytes the sender of this segment has room for, from its acknowledgment number on: the other end may have no more on the way.",
        "After the SYNs it is multiplied by 2 to the power of the shift in the window scale option, if both SYNs have it. 0 means stop. Wireshark's tcp.window_size is the product.",
    ),
    purpose(
        "tcp.checksum",
        "RFC 9293 section 3.1",
        "Lets the receiver find damage. It covers addresses and protocol of the IP header (the pseudo-header), the TCP header and the data.",
        "Where the network card is to fill it in, a capture on the sender shows an unfinished sum.",
    ),
    purpose(
        "tcp.urgent_pointer",
        "RFC 9293 section 3.8.5, RFC 6093",
        "Where urgent data end, counted from the sequence number.",
        "It counts only with the URG flag.",
    ),
];
