//! Addresses and ports: who is meant.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "port number",
        other_names: &["ports", "port numbers", "UDP port", "TCP port", "demultiplexing"],
        fields: &["port", "source port", "destination port"],
        sentences: &[
            "A port number leads the data to the right socket inside a machine.",
            "It is a number from 0 to 65535; the UDP and TCP headers carry two, source and destination.",
            "UDP and TCP count separately: UDP port 13000 and TCP port 13000 can be two programs.",
            "A reply has the two ports of the request, swapped.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --view summary",
            notice: "Packet 1 goes from port 38259 to port 13000; in packet 2 the ports are swapped.",
            shows: &["127.0.0.1:38259 → :13000 UDP", "127.0.0.1:13000 → :38259 UDP"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"source port\"",
            notice: "The page shows where the header has the field.",
        },
        source: "RFC 768, RFC 9293 section 3.1",
    },
    Concept {
        name: "ephemeral port",
        other_names: &["dynamic port", "temporary port", "client port", "ip_local_port_range"],
        fields: &[],
        sentences: &[
            "An ephemeral port is a port that the kernel picks for a socket that has none.",
            "Clients use one: the server learns it from the source port of the first packet.",
            "Linux picks it from 32768 to 60999 by default.",
            "The registry of port numbers reserves 49152 to 65535 for this use.",
            "When the socket is closed, the port becomes free for others.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --view summary",
            notice: "The three clients have ports 36698, 36710 and 36726; the server's port is always 13000.",
            shows: &[
                "127.0.0.1:36698 → :13000",
                "127.0.0.1:36710 → :13000",
                "127.0.0.1:36726 → :13000",
            ],
        },
        attempt: Attempt {
            command: "socket-lab close --view summary",
            notice: "The clients' ports differ from those above; the server's does not.",
        },
        source: "RFC 6335 section 6, man 7 ip",
    },
    Concept {
        name: "well-known port",
        other_names: &["system port", "privileged port", "reserved port", "registered port"],
        fields: &[],
        sentences: &[
            "Ports 0 to 1023 are well-known ports: a registry assigns them to services, such as 80 to HTTP.",
            "A client can then reach a service without asking for its port.",
            "On Linux a program needs the capability CAP_NET_BIND_SERVICE to bind one, by default.",
            "Ports 1024 to 49151 are registered ports; ordinary programs can bind them.",
            "The lab's servers use such ports, so they run without root.",
        ],
        example: Example {
            command: "sniffer -r captures/port-12000.pcapng --view summary",
            notice: "The server uses port 12000, which needs no privilege.",
            shows: &[":12000 UDP Len=11"],
        },
        attempt: Attempt {
            command: "udp-server -p 80",
            notice: "Without the capability bind() fails with EACCES, unless your system allows low ports.",
        },
        source: "RFC 6335 section 6, man 7 ip",
    },
    Concept {
        name: "IP address",
        other_names: &["IP addresses", "IPv6 address", "host address"],
        fields: &["source address", "destination address"],
        sentences: &[
            "An IP address names an interface of a machine in the network.",
            "An IPv4 address has 32 bits, written as four numbers such as 127.0.0.1.",
            "An IPv6 address has 128 bits, written in hexadecimal with colons, such as ::1.",
            "Routers use the destination address to choose the next hop.",
            "Your program names only the destination; the kernel adds the source address.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Both addresses of packet 1 are 127.0.0.1, in bytes 26 to 33 of the frame.",
            shows: &["26 7f 00 00 01 source", "30 7f 00 00 01 destination"],
        },
        attempt: Attempt {
            command: "sniffer -D",
            notice: "Each interface is listed with its addresses.",
        },
        source: "RFC 791 section 3.2, RFC 4291 section 2",
    },
    Concept {
        name: "loopback",
        other_names: &["lo", "localhost", "127.0.0.1", "::1", "loopback interface"],
        fields: &[],
        sentences: &[
            "Loopback is an interface whose packets never leave the machine.",
            "Its usual addresses are 127.0.0.1 and, over IPv6, ::1; the name localhost leads there.",
            "Client and server on one machine use it, and the packets have the same headers as elsewhere.",
            "On Linux it is called lo, and its MTU is 65536 bytes by default.",
            "A capture shows no MAC addresses and almost no delay, because the frames take no cable.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 1",
            notice: "The MAC addresses of packet 1 are all zero.",
            shows: &["destination MAC 00:00:00:00:00:00", "127.0.0.1"],
        },
        attempt: Attempt {
            command: "sniffer -D",
            notice: "The list says what lo is good for.",
        },
        source: "RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3",
    },
    Concept {
        name: "interface",
        other_names: &[
            "network interface",
            "NIC",
            "network card",
            "network adapter",
            "eth0",
            "wlan0",
        ],
        fields: &[],
        sentences: &[
            "An interface connects a machine to one network.",
            "It can be hardware, such as an Ethernet or Wi-Fi card, or software, such as loopback.",
            "Each interface has a name, such as lo, and addresses of its own.",
            "The kernel chooses the interface for an outgoing packet by the destination address.",
            "A sniffer captures on one interface, or on all of them.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 1",
            notice: "The addresses of packet 1 begin with 127, so it went through the loopback interface.",
            shows: &["26 7f 00 00 01 source", "30 7f 00 00 01 destination"],
        },
        attempt: Attempt {
            command: "sniffer -D",
            notice: "Each interface is listed with its addresses and what it is good for.",
        },
        source: "man 7 netdevice",
    },
    Concept {
        name: "MAC address",
        other_names: &["hardware address", "Ethernet address", "link-layer address"],
        fields: &["source MAC", "destination MAC"],
        sentences: &[
            "A MAC address names an interface on its own Ethernet or Wi-Fi network.",
            "It has 48 bits, written as six hexadecimal numbers.",
            "Each router on the way puts new MAC addresses on the frame; the IP addresses stay the same.",
            "So a MAC address never identifies a machine behind a router.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Loopback needs no MAC addresses: both in packet 1 are zero.",
            shows: &["source MAC 00:00:00:00:00:00"],
        },
        attempt: Attempt {
            command: "sniffer --explain \"source mac\"",
            notice: "The page shows its place in the Ethernet header.",
        },
        source: "RFC 894, RFC 9542 section 2.1",
    },
    Concept {
        name: "DNS",
        other_names: &["domain name", "host name", "hostname", "name resolution", "getaddrinfo"],
        fields: &[],
        sentences: &[
            "The Domain Name System (DNS) finds the IP addresses of a name such as www.example.com.",
            "A program asks for them with getaddrinfo() before it calls connect() or sendto().",
            "The names do not appear in any IP, UDP or TCP header: these carry addresses only.",
            "Names in the file /etc/hosts, usually localhost among them, need no DNS query.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view summary",
            notice: "The capture has 10 packets and no DNS query: the client was given an address.",
            shows: &["1 0.000000 127.0.0.1:36632 → :13000 SYN", "10 0.020438"],
        },
        attempt: Attempt {
            command: "udp-client -ip localhost -p 13000",
            notice: "The client looks the name up before it sends anything.",
        },
        source: "RFC 1034 section 2, man 3 getaddrinfo",
    },
    Concept {
        name: "NAT",
        other_names: &["network address translation", "NAPT", "masquerading", "home router"],
        fields: &[],
        sentences: &[
            "Network address translation (NAT) replaces addresses, and usually ports, in packets that pass a router.",
            "Several machines with private addresses can so share one public address.",
            "The server then sees the router's address and a port that the router chose.",
            "An unexpected packet from outside finds no entry in the router's table, so it usually is dropped.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --view summary",
            notice: "No NAT here: packet 2 goes back to exactly the address and port of packet 1.",
            shows: &["127.0.0.1:38259 → :13000", "127.0.0.1:13000 → :38259"],
        },
        attempt: Attempt {
            command: "sniffer -D",
            notice: "An address such as 192.168.1.5 is private: a NAT router replaces it.",
        },
        source: "RFC 3022 section 2, RFC 1918 section 3",
    },
    Concept {
        name: "broadcast",
        other_names: &["broadcast address", "255.255.255.255", "SO_BROADCAST"],
        fields: &[],
        sentences: &[
            "A broadcast goes to all machines of a network with one packet.",
            "The IPv4 address 255.255.255.255 means all machines of the own network.",
            "Only datagrams can be broadcast: a TCP connection has exactly two ends.",
            "On Linux your program has to set the socket option SO_BROADCAST first.",
            "IPv6 has no broadcast; it uses multicast.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Packet 1 is not a broadcast: its destination is the address of one machine.",
            shows: &["30 7f 00 00 01 destination"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/udp.pcapng not broadcast",
            notice: "The filter leaves both packets: neither was broadcast.",
        },
        source: "RFC 1122 section 3.2.1.3, man 7 socket",
    },
    Concept {
        name: "multicast",
        other_names: &["multicast address"],
        fields: &[],
        sentences: &[
            "A multicast packet goes to all machines that have joined a group.",
            "IPv4 groups have addresses from 224.0.0.0 to 239.255.255.255.",
            "A machine joins a group with IGMP over IPv4, with MLD over IPv6.",
            "TCP cannot use it, because a connection has exactly two ends.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng -c 1",
            notice: "Packet 1 is not multicast: 127.0.0.1 is not in that range.",
            shows: &["30 7f 00 00 01 destination"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/udp.pcapng not multicast",
            notice: "The filter leaves both packets: neither was multicast.",
        },
        source: "RFC 1112 section 4, RFC 5771 section 3",
    },
];
