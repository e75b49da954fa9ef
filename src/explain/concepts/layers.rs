//! Layers, what each adds, and what its unit is called.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "layer",
        other_names: &[
            "layers",
            "protocol stack",
            "TCP/IP model",
            "OSI model",
            "transport layer",
            "network layer",
            "link layer",
            "application layer",
        ],
        fields: &[],
        sentences: &[
            "A layer is one step of the work to bring data from a program to another one.",
            "The Internet has four: application, transport (UDP, TCP), Internet (IP) and link (such as Ethernet).",
            "Each layer uses the one below it and adds a header of its own.",
            "Textbooks often count five: they split the link layer into link and physical layer.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 4",
            notice: "Packet 4 has three headers, Ethernet, IPv4 and TCP, and then the application's data.",
            shows: &[
                "ETHERNET (bytes 0-13)",
                "IPV4 (bytes 14-33)",
                "TCP (bytes 34-65)",
                "DATA (bytes 66-77)",
            ],
        },
        attempt: Attempt {
            command: "socket-lab udp --view diagram",
            notice: "The headers follow each other in the order of the layers.",
        },
        source: "RFC 1122 section 1.1.3",
    },
    Concept {
        name: "encapsulation",
        other_names: &["encapsulate", "decapsulation", "nesting"],
        fields: &[],
        sentences: &[
            "Encapsulation means that each layer puts its header before the data of the layer above.",
            "A line of text becomes a TCP segment, then an IP datagram, then an Ethernet frame.",
            "The receiver removes the headers in the opposite order.",
            "A field in each header names the next one, such as the IP header's protocol field.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Packet 1 has 53 bytes, but the program sent 11: the other 42 are three headers.",
            shows: &["53 bytes = Ethernet 14 + IPv4 20 + UDP 8 + data 11"],
        },
        attempt: Attempt {
            command: "socket-lab udp --line \"\" --view fields",
            notice: "Without data the three headers alone remain.",
        },
        source: "RFC 1122 section 1.3.3, RFC 894",
    },
    Concept {
        name: "header",
        other_names: &["headers", "protocol header"],
        fields: &["header length"],
        sentences: &[
            "A header is what a protocol puts before the data: fields with fixed places and meanings.",
            "The UDP header has 8 bytes; the IPv4 and TCP headers have 20 bytes and more with options.",
            "The kernel writes it; your program only passes addresses, ports and data.",
            "The receiving kernel uses it and removes it before your program gets the data.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1 --view diagram",
            notice: "Packet 1 is drawn as in the RFCs: each row has 32 bits of a header.",
            shows: &["38259", "13000"],
        },
        attempt: Attempt {
            command: "sniffer --explain list",
            notice: "The list names the fields of all headers that this program knows.",
        },
        source: "RFC 768, RFC 791 section 3.1, RFC 9293 section 3.1",
    },
    Concept {
        name: "payload",
        other_names: &[
            "data",
            "user data",
            "tcp.payload",
            "udp.payload",
            "TCP data",
            "UDP data",
        ],
        fields: &["udp length", "total length", "data offset"],
        sentences: &[
            "The payload is what a packet carries after its last header.",
            "For UDP and TCP it is the bytes that the program passed to sendto() or send().",
            "It is not a field: headers give only lengths, from which its size follows.",
            "Many packets have none: SYN, FIN and pure ACK usually carry no data.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view summary",
            notice: "Packets 4 and 6 have Len=12; all others carry nothing.",
            shows: &["4 0.020269 127.0.0.1:36632 → :13000 PSH-ACK Seq=1 Ack=1 Win=65536 Len=12"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/tcp.pcapng --view follow",
            notice: "This view shows only the payload: what both ends said.",
        },
        source: "RFC 768, RFC 9293 section 3.1",
    },
    Concept {
        name: "frame",
        other_names: &["frames", "Ethernet frame", "link-layer frame"],
        fields: &[],
        sentences: &[
            "A frame is the unit of the link layer: a link header and what it carries.",
            "An Ethernet header has 14 bytes: two MAC addresses and the type of the next header.",
            "The checksum at a frame's end is usually removed before a sniffer sees the frame.",
            "A frame stays in its own network: a router takes the packet out and puts it into a new frame.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Bytes 0 to 13 of packet 1 are the Ethernet header; type 0x0800 means IPv4.",
            shows: &["ETHERNET (bytes 0-13)", "0x0800 IPv4"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/udp.pcapng -x",
            notice: "You see all captured bytes of each frame.",
        },
        source: "RFC 1122 section 1.3.3, RFC 894",
    },
    Concept {
        name: "packet",
        other_names: &["packets"],
        fields: &[],
        sentences: &[
            "A packet is a unit that travels through the network by itself, with a header that leads it.",
            "Strictly, it is what IP passes to the link layer: an IP datagram or a fragment of one.",
            "In everyday speech, and in this program, a packet is also one line of a capture.",
            "The exact words are segment (TCP), datagram (UDP, IP) and frame (link layer).",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --view summary",
            notice: "Two lines, so two packets: 1 is the request, 2 is the reply.",
            shows: &["UDP Len=11 \"UDP IS LAZY\" [reply to 1]"],
        },
        attempt: Attempt {
            command: "socket-lab tcp --view summary",
            notice: "One line of text and its reply need about ten packets over TCP.",
        },
        source: "RFC 1122 section 1.3.3",
    },
    Concept {
        name: "datagram",
        other_names: &[
            "datagrams",
            "UDP datagram",
            "IP datagram",
            "UDP packet",
            "connectionless",
        ],
        fields: &[],
        sentences: &[
            "A datagram is a message that is delivered as a whole or not at all.",
            "One sendto() makes one UDP datagram, and one recvfrom() takes one.",
            "Each datagram carries its addresses and needs no connection.",
            "Datagrams can be lost, arrive twice or arrive in another order; UDP does not repair that.",
            "Over IPv4 a UDP datagram holds at most 65507 bytes of data.",
        ],
        example: Example {
            command: "sniffer -r captures/empty.pcapng --view summary udp",
            notice: "Datagram 1 has no data at all, and it still arrives and is answered by 2.",
            shows: &["UDP Len=0"],
        },
        attempt: Attempt {
            command: "socket-lab udp --line one --line two",
            notice: "Two lines become two datagrams, each with its own reply.",
        },
        source: "RFC 768, man 7 udp",
    },
    Concept {
        name: "segment",
        other_names: &["segments", "TCP segment", "TCP packet"],
        fields: &[],
        sentences: &[
            "A segment is the unit of TCP: a TCP header and a piece of the byte stream.",
            "TCP chooses where a segment ends; your program's send() calls do not decide it.",
            "A large send() becomes many segments; several small ones can become a single segment.",
            "A segment without data opens, closes or acknowledges.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "The first data are in segments 4 to 8, with 1448 bytes each.",
            shows: &["4 0.020627 127.0.0.1:36660 → :13000 ACK Seq=1 Ack=1 Win=64512 Len=1448"],
        },
        attempt: Attempt {
            command: "socket-lab long --view ladder",
            notice: "One call of send() becomes many segments.",
        },
        source: "RFC 9293 section 3.1 and section 4",
    },
    Concept {
        name: "network byte order",
        other_names: &["byte order", "big-endian", "endianness", "htons", "ntohs", "htonl"],
        fields: &[],
        sentences: &[
            "Network byte order means that the most significant byte of a number comes first.",
            "The headers of IP, UDP and TCP use it for all numbers.",
            "Most computers store numbers the other way around, so C programs convert with htons() and htonl().",
            "Many languages convert inside their socket library, so you pass an ordinary number.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Port 13000 is 0x32c8: bytes 36 and 37 of packet 1 are 32 and c8, in this order.",
            shows: &["36 32 c8 dest. port 13000"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/udp.pcapng -x",
            notice: "Find the length of the datagram, 19, as the bytes 00 13.",
        },
        source: "RFC 791 appendix B, man 3 byteorder",
    },
    Concept {
        name: "Internet checksum",
        other_names: &["checksums", "checksum error", "pseudo-header"],
        fields: &["checksum", "header checksum"],
        sentences: &[
            "The Internet checksum lets a receiver detect most changed bits.",
            "It is the complement of the one's complement sum of all 16-bit words.",
            "UDP and TCP also include a pseudo-header: addresses, protocol and length.",
            "The receiving kernel drops a packet whose checksum is wrong, without an answer.",
            "It protects against accidents, not against an attacker, who can compute it again.",
        ],
        example: Example {
            command: "sniffer -r captures/refused.pcapng -c 2",
            notice: "Both checksums of packet 2, of the IPv4 header and of ICMP, are marked [ok].",
            shows: &["24 58 b7 header checksum 0x58b7 [ok]", "36 6a f6 checksum 0x6af6 [ok]"],
        },
        attempt: Attempt {
            command: "sniffer --explain checksum",
            notice: "The page says what each checksum covers.",
        },
        source: "RFC 1071 section 1, RFC 9293 section 3.1",
    },
    Concept {
        name: "checksum offload",
        other_names: &[
            "checksum offloading",
            "partial checksum",
            "offload",
            "bad checksum",
            "tcp.checksum.status",
        ],
        fields: &[],
        sentences: &[
            "With checksum offload the network card computes the checksum, not the kernel.",
            "A sniffer on the sending machine sees the packet before that, with an unfinished checksum.",
            "On Linux the field then holds the sum of the pseudo-header only.",
            "On loopback it stays unfinished, because the packet never leaves the machine.",
            "Such a checksum is not an error; this program calls it partial.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "The UDP checksum of packet 1 is marked [partial]; the finished one is given too.",
            shows: &["[partial]", "full sum is"],
        },
        attempt: Attempt {
            command: "socket-lab udp --view fields",
            notice: "Your own packets have partial checksums as well.",
        },
        source: "Linux kernel, Documentation/networking/checksum-offloads.rst",
    },
];
