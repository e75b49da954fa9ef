//! The protocols, and what IP does with a packet on its way.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "UDP",
        other_names: &["User Datagram Protocol", "SOCK_DGRAM"],
        fields: &[],
        sentences: &[
            "UDP carries datagrams from one port to another.",
            "It adds ports, a length and a checksum to IP, and nothing else.",
            "It has no handshake, no acknowledgments and no repetition.",
            "A program that needs certainty must resend by itself.",
            "It suits short questions and answers such as DNS, and live sound and video.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --view ladder",
            notice: "Two packets are the whole conversation: 1 the request, 2 the reply.",
            shows: &["1 datagram from the client, 1 datagram from the server"],
        },
        attempt: Attempt {
            command: "socket-lab",
            notice: "The same line goes over UDP, then over TCP; compare the number of packets.",
        },
        source: "RFC 768",
    },
    Concept {
        name: "TCP",
        other_names: &[
            "Transmission Control Protocol",
            "SOCK_STREAM",
            "reliable transport",
            "reliability",
        ],
        fields: &[],
        sentences: &[
            "TCP carries a byte stream in each direction of a connection.",
            "It delivers all bytes in order, or the program gets an error.",
            "It numbers the bytes, acknowledges them and sends again what was lost.",
            "It slows down when the receiver has no room or the network is overloaded.",
            "The lecture draws a TCP connection as a pipe between two processes.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "Packets 1 to 3 open, 4 to 7 carry and acknowledge the lines, 8 to 10 close.",
            shows: &["SYN seq=0", "len=12"],
        },
        attempt: Attempt {
            command: "socket-lab tcp",
            notice: "Follow the states on both sides of the ladder.",
        },
        source: "RFC 9293 section 2.2",
    },
    Concept {
        name: "IP",
        other_names: &["Internet Protocol", "best effort", "routing"],
        fields: &["ip version"],
        sentences: &[
            "IP carries packets from one machine to another, through as many routers as necessary.",
            "Each packet is forwarded by its destination address, independently of all others.",
            "IP does its best but guarantees nothing: packets can be lost or overtaken.",
            "IP leads to the machine; ports in the UDP or TCP header lead to the socket.",
            "Versions 4 and 6 are in use side by side.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 1",
            notice: "Bytes 14 to 33 of packet 1 are the IPv4 header; protocol 6 says that TCP follows.",
            shows: &["IPV4 (bytes 14-33)", "6 TCP"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"ip version\"",
            notice: "The page shows the first field of the IPv4 header.",
        },
        source: "RFC 791 section 1, RFC 8200 section 1",
    },
    Concept {
        name: "ICMP",
        other_names: &[
            "Internet Control Message Protocol",
            "ICMP error",
            "ping",
            "ICMP message",
        ],
        fields: &[],
        sentences: &[
            "ICMP carries messages about IP itself, such as errors and the questions of ping.",
            "An ICMP error quotes the beginning of the packet that caused it.",
            "By the quoted ports the kernel finds the socket that sent the packet.",
            "ICMP has no ports of its own.",
            "Firewalls often drop ICMP, so a missing error does not prove that all is well.",
        ],
        example: Example {
            command: "sniffer -r captures/refused.pcapng -c 2",
            notice: "Packet 2 is the error; from byte 42 on it quotes packet 1, with its ports.",
            shows: &["QUOTED IPV4 (bytes 42-61)", "35 03 code 3"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/refused.pcapng --view summary icmp",
            notice: "The filter leaves one packet: the error.",
        },
        source: "RFC 792, RFC 1122 section 3.2.2",
    },
    Concept {
        name: "ARP",
        other_names: &[
            "Address Resolution Protocol",
            "ARP cache",
            "neighbour discovery",
            "neighbor discovery",
        ],
        fields: &[],
        sentences: &[
            "ARP finds the MAC address that belongs to an IPv4 address in the same network.",
            "The question is broadcast; the machine with this IPv4 address answers.",
            "The kernel keeps the answer for a while, so most packets need no question.",
            "IPv6 uses ICMPv6 messages for it instead (Neighbor Discovery).",
            "Loopback needs no ARP.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 1",
            notice: "Packet 1 is the very first packet: no ARP before it, and MAC addresses of zero.",
            shows: &["Packet 1 SYN", "destination MAC 00:00:00:00:00:00"],
        },
        attempt: Attempt {
            command: "sniffer --explain arp.opcode",
            notice: "The page explains the field that is different in question and answer.",
        },
        source: "RFC 826, RFC 4861 section 7.2",
    },
    Concept {
        name: "hop",
        other_names: &["hops", "router", "gateway", "traceroute"],
        fields: &[],
        sentences: &[
            "A hop is one step on a packet's way, from one machine to the next.",
            "A router joins networks: it receives a packet and forwards it to the next hop.",
            "Each router lowers the packet's time to live (over IPv6: hop limit) by at least 1.",
            "Two machines in one network are one hop apart, with no router between them.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Packet 1 still has the time to live 64 with which Linux starts: no router passed it.",
            shows: &["22 40 time to live 64"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"hop limit\"",
            notice: "The page explains the field of IPv6.",
        },
        source: "RFC 1812 section 5.3.1, RFC 8200 section 3",
    },
    Concept {
        name: "packet lifetime",
        other_names: &["TTL expired", "time exceeded", "routing loop"],
        fields: &["ttl", "time to live", "hop limit"],
        sentences: &[
            "The time to live (TTL) limits how many routers a packet can pass.",
            "Each router lowers it by at least 1; at 0 the packet is discarded.",
            "The router then sends the ICMP error time exceeded to the sender.",
            "So a packet cannot circle forever when routes are wrong.",
            "Linux starts at 64 by default.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Byte 22 of packet 1 is hexadecimal 40, which is 64.",
            shows: &["22 40 time to live 64"],
        },
        attempt: Attempt {
            command: "sniffer --explain ttl -r captures/udp.pcapng",
            notice: "The page lists the values in this capture.",
        },
        source: "RFC 791 section 3.2, RFC 1812 section 5.3.1, man 7 ip",
    },
    Concept {
        name: "maximum transmission unit",
        other_names: &["link MTU", "interface MTU", "largest packet"],
        fields: &["mtu"],
        sentences: &[
            "The maximum transmission unit (MTU) is the largest IP packet that a link carries in one frame.",
            "Ethernet has 1500 bytes; Linux sets 65536 for loopback by default.",
            "The IP and TCP headers count, so 1500 leave at most 1460 bytes for TCP over IPv4.",
            "With the timestamp option of TCP, 1448 bytes remain.",
            "A larger IPv4 packet is fragmented, or dropped with an ICMP error if fragments are forbidden.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "The MTU was 1500 here: segment 4 has 1448 bytes of data.",
            shows: &["4 0.020627 127.0.0.1:36660 → :13000 ACK Seq=1 Ack=1 Win=64512 Len=1448"],
        },
        attempt: Attempt {
            command: "socket-lab long --view summary",
            notice: "No segment has more than 1448 bytes.",
        },
        source: "RFC 1122 section 3.3.3, RFC 894",
    },
    Concept {
        name: "fragmentation",
        other_names: &["fragment", "fragments", "IP fragment", "reassembly"],
        fields: &["fragment offset", "more fragments", "don't fragment"],
        sentences: &[
            "Fragmentation cuts an IP packet that is larger than the next link's MTU.",
            "Over IPv4 the sender or a router can do it; over IPv6 only the sender.",
            "The destination puts the fragments together; if one is missing, it discards all.",
            "Only the first fragment has the UDP or TCP header.",
            "TCP avoids fragments: its segments are chosen to fit.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 4",
            notice: "Packet 4 has DF=1: do not fragment.",
            shows: &["DF=1 MF=0", "do not fragment"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"fragment offset\"",
            notice: "The page shows the field that gives a fragment its place.",
        },
        source: "RFC 791 section 3.2, RFC 8200 section 4.5",
    },
    Concept {
        name: "path MTU discovery",
        other_names: &["PMTUD", "path MTU", "fragmentation needed", "packet too big"],
        fields: &["next-hop MTU"],
        sentences: &[
            "The path MTU is the smallest MTU on the way to a destination.",
            "A sender finds it with packets that must not be fragmented (DF=1 over IPv4).",
            "A router whose next link is too small drops such a packet and reports the MTU by ICMP.",
            "The sender then makes its packets smaller.",
            "If a firewall drops the ICMP messages, large packets can vanish without a trace.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng -c 4",
            notice: "Packet 4 has DF=1 and a total length of 1500 bytes, the MTU of this network.",
            shows: &["DF=1 MF=0", "1500 bytes"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"next-hop mtu\"",
            notice: "The page explains the field with which a router reports its MTU.",
        },
        source: "RFC 1191 section 3, RFC 8201 section 3",
    },
];
