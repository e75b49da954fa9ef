//! How packets are captured, and where the lab runs.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "capture file",
        other_names: &["pcap", "pcapng", "packet capture", "capture", "tcpdump", "Wireshark"],
        fields: &[],
        sentences: &[
            "A capture file holds copies of frames, each with its time and length.",
            "pcap is the older format; pcapng is newer and also holds comments and interfaces.",
            "Wireshark, tcpdump and this program read both.",
            "A capture can contain passwords and other private data, so be careful when you hand it on.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcap --view summary",
            notice: "The same 10 packets as in tcp.pcapng, in the older format without comments.",
            shows: &["10 0.020438 127.0.0.1:13000 → :36632 ACK"],
        },
        attempt: Attempt {
            command: "sniffer -i lo -w mine.pcapng",
            notice: "Start a client and a server meanwhile; capturing needs the right to do so.",
        },
        source: "man 5 pcap-savefile, draft-ietf-opsawg-pcapng",
    },
    Concept {
        name: "capture filter",
        other_names: &["filter", "BPF", "filter expression", "display filter", "tcpdump filter"],
        fields: &[],
        sentences: &[
            "A capture filter is an expression that selects packets, such as tcp and port 13000.",
            "The kernel drops all others before the program gets them, which saves work.",
            "Packets that it left out are not in the file and cannot be recovered.",
            "Wireshark's display filter is a different language: it only hides packets.",
        ],
        example: Example {
            command: "sniffer -r captures/refused.pcapng --view summary tcp",
            notice: "Only packets 3 and 4 of the four are shown: SYN and RST.",
            shows: &["3 0.000659", "[refused]"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/refused.pcapng --view summary udp",
            notice: "Datagram 1 remains; the ICMP error about it is not UDP.",
        },
        source: "man 7 pcap-filter, man 7 socket",
    },
    Concept {
        name: "promiscuous mode",
        other_names: &["promiscuous", "promisc"],
        fields: &[],
        sentences: &[
            "In promiscuous mode a network card also accepts frames for other MAC addresses.",
            "Without it the card drops them, and a sniffer never gets them.",
            "In a switched network it shows little more, because a switch sends most frames to one port only.",
            "On loopback it changes nothing.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 1",
            notice: "Packet 1 was captured on loopback, without promiscuous mode.",
            shows: &["destination MAC 00:00:00:00:00:00"],
        },
        attempt: Attempt {
            command: "sniffer -i eth0 --promiscuous",
            notice: "Replace eth0 by an interface of yours; capturing needs the right to do so.",
        },
        source: "man 7 packet",
    },
    Concept {
        name: "snap length",
        other_names: &["snaplen", "snapshot length", "truncated packet", "capture length"],
        fields: &[],
        sentences: &[
            "The snap length is how many bytes of each packet a sniffer keeps at most.",
            "A small value saves space and private data: headers alone need about 100 bytes.",
            "The file still says how long each packet was.",
            "A packet that was cut by it is truncated, which is not an error of the sender.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "Nothing is cut here: segment 4 is complete with 1448 bytes of data.",
            shows: &["4 0.020627 127.0.0.1:36660 → :13000 ACK Seq=1 Ack=1 Win=64512 Len=1448"],
        },
        attempt: Attempt {
            command: "sniffer -r tests/answers/lossy.pcap -c 4",
            notice: "Packet 4 is cut: only its first 96 bytes are in the file.",
        },
        source: "man 5 pcap-savefile, man 8 tcpdump",
    },
    Concept {
        name: "CAP_NET_RAW",
        other_names: &[
            "capability",
            "capabilities",
            "setcap",
            "capture privilege",
            "raw socket",
            "packet socket",
        ],
        fields: &[],
        sentences: &[
            "CAP_NET_RAW is the capability that lets a process capture packets on Linux.",
            "A capability is one part of root's rights, which a process can have alone.",
            "A sniffer needs it to open a packet socket, which gets copies of frames.",
            "Ordinary clients and servers need no capability for ports from 1024 on, by default.",
            "The command setcap gives it to a program file.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view summary",
            notice: "Reading these 10 packets from a file needs no capability; only live capture does.",
            shows: &["10 0.020438"],
        },
        attempt: Attempt {
            command: "sniffer -i lo -c 2",
            notice: "Without the right to capture, the error line names the ways to get it.",
        },
        source: "man 7 capabilities, man 7 packet",
    },
    Concept {
        name: "private network",
        other_names: &["network namespace", "namespace", "netns", "unshare", "user namespace"],
        fields: &[],
        sentences: &[
            "A network namespace is a network of its own inside one Linux kernel.",
            "It has its own interfaces, addresses, routes and ports.",
            "socket-lab runs in one, so no other program's packets appear in its captures.",
            "Inside it the program may capture without root, where the system allows user namespaces.",
            "A port that is taken outside is free inside.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view summary",
            notice: "Packets 1 to 10 belong to one connection: nothing else was in that network.",
            shows: &["1 0.000000", "10 0.020438"],
        },
        attempt: Attempt {
            command: "socket-lab",
            notice: "It captures without sudo where the system allows such networks.",
        },
        source: "man 7 network_namespaces, man 7 user_namespaces",
    },
    Concept {
        name: "negative time",
        other_names: &["relative time", "time zero", "t/ms", "time reference"],
        fields: &[],
        sentences: &[
            "A ladder counts time from the first packet of the conversation: that packet is at 0.",
            "A negative time is before it, such as -20 ms.",
            "Calls have negative times when the program makes them before anything is sent.",
            "A server calls socket(), bind() and listen() long before its first client.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "bind() is at -26.843 ms, connect() at -0.033 ms; SYN 1 is at 0.",
            shows: &["-26.843", "-0.033 connect(11) called", "1 0.000 SYN-SENT"],
        },
        attempt: Attempt {
            command: "socket-lab udp --view ladder",
            notice: "Find the calls before the first datagram.",
        },
        source: "man 2 bind, man 2 listen",
    },
    Concept {
        name: "conversation",
        other_names: &[
            "tcp.stream",
            "udp.stream",
            "stream index",
            "five-tuple",
            "4-tuple",
            "connection",
        ],
        fields: &[],
        sentences: &[
            "A conversation is all packets between two ends: two addresses and two ports, with one protocol.",
            "No header numbers it; programs find it by these five values.",
            "This program counts conversations from 1, Wireshark counts its streams from 0.",
            "If the same ports are used again later, that is a new conversation.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view summary",
            notice: "Packet 6 begins conversation #2 and packet 11 conversation #3, with other client ports.",
            shows: &["6 0.074097 #2", "11 0.121190 #3"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/backlog.pcapng --view ladder --flow 2",
            notice: "Only the second conversation is drawn.",
        },
        source: "RFC 9293 section 3.3.1",
    },
];
