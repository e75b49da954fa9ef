//! How a TCP connection is opened, and the states until then.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "handshake",
        other_names: &[
            "three-way handshake",
            "3-way handshake",
            "TCP handshake",
            "SYN-ACK",
            "connection setup",
        ],
        fields: &["syn"],
        sentences: &[
            "Three segments open a TCP connection: SYN, SYN-ACK and ACK.",
            "With SYN each end announces its initial sequence number (ISN), where its numbering starts.",
            "Each end acknowledges the other end's ISN plus 1.",
            "The two kernels do it: the client's program waits in connect(), the server's is not involved.",
            "In the lecture's picture the client knocks at the welcoming socket.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "Packets 1, 2 and 3; with packet 3 the handshake is complete after 0.024 ms.",
            shows: &["SYN seq=0", "The handshake took 0.024 ms"],
        },
        attempt: Attempt {
            command: "socket-lab tcp",
            notice: "The run breaks the three segments down, field by field.",
        },
        source: "RFC 9293 section 3.5",
    },
    Concept {
        name: "choice of the ISN",
        other_names: &["random ISN", "ISN generation", "ISN selection", "ISS", "IRS"],
        fields: &["isn", "initial sequence number"],
        sentences: &[
            "The initial sequence number (ISN) is the sequence number of the SYN; each end has its own.",
            "The ISN is not 0: a kernel adds a clock and a keyed hash, so that outsiders cannot predict it.",
            "This makes it hard for an attacker to forge segments.",
            "It also keeps old segments of an earlier connection apart from new ones.",
            "Ladders and Wireshark show relative numbers by default, so the ISN appears as 0 there.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng -c 2",
            notice: "ISN of the client in packet 1: 1615294026; of the server in packet 2: 3056422563.",
            shows: &["1615294026 [rel 0]", "3056422563 [rel 0]"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/tcp.pcapng --explain isn",
            notice: "The page shows the raw numbers of the first packets.",
        },
        source: "RFC 9293 section 3.4.1, RFC 6528 section 3",
    },
    Concept {
        name: "SYN queue",
        other_names: &["SYN backlog", "tcp_max_syn_backlog", "request queue"],
        fields: &[],
        sentences: &[
            "The SYN queue holds connections whose SYN has arrived and whose last ACK is missing.",
            "On Linux each listening socket limits how many there may be; complete connections wait in another queue.",
            "With the third segment of the handshake a connection moves to the queue for accept().",
            "If that ACK stays out, the kernel sends the SYN-ACK again a few times and then gives up.",
        ],
        example: Example {
            command: "sniffer -r captures/syn-scan.pcapng --view ladder",
            notice: "Between SYN 1 and RST 3 the server is in SYN-RECEIVED: the entry waits in the SYN queue.",
            shows: &["SYN-RECEIVED", "RST seq=1"],
        },
        attempt: Attempt {
            command: "socket-lab syn-scan",
            notice: "The scan never sends the third segment.",
        },
        source: "RFC 4987 section 2, man 7 tcp",
    },
    Concept {
        name: "SYN flood",
        other_names: &["SYN attack", "SYN cookie", "SYN cookies", "denial of service"],
        fields: &[],
        sentences: &[
            "A SYN flood is an attack: very many SYNs, often from forged addresses, and no ACK.",
            "It fills the server's SYN queue, so that real clients get no connection.",
            "SYN cookies are a defence: the server stores nothing and encodes the connection in its ISN.",
            "On Linux SYN cookies are used by default when the queue overflows.",
        ],
        example: Example {
            command: "sniffer -r captures/syn-scan.pcapng --view summary",
            notice: "Not a flood: a single SYN (1) without the third segment; a flood has thousands.",
            shows: &["1 0.000000 127.0.0.1:14000 → :13000 SYN", "RST Seq=1"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/syn-scan.pcapng 'tcp[tcpflags] & tcp-syn != 0'",
            notice: "The filter leaves two SYNs and one SYN-ACK.",
        },
        source: "RFC 4987 section 2 and section 3.6, man 7 tcp",
    },
    Concept {
        name: "half-open connection",
        other_names: &[
            "half-open",
            "embryonic connection",
            "SYN scan",
            "stealth scan",
            "SYN-RECEIVED",
        ],
        fields: &[],
        sentences: &[
            "Half-open has two meanings, so say which one you mean.",
            "Of an opening: the third segment is missing, and the server's end is in SYN-RECEIVED (RFC 4987).",
            "Of an open connection: one end has closed or lost it, and the other does not know (RFC 9293).",
            "That other end learns it when it sends something: a RST comes back.",
            "Do not confuse it with half-close, which is a normal step of closing.",
        ],
        example: Example {
            command: "sniffer -r captures/syn-scan.pcapng --view ladder",
            notice: "Port 13000 is open: 2 answers SYN 1. Port 13001 is closed: RST 5 answers SYN 4.",
            shows: &["RST seq=1", "The connection was refused."],
        },
        attempt: Attempt {
            command: "socket-lab syn-scan",
            notice: "The open and the closed port answer differently.",
        },
        source: "RFC 4987 section 2, RFC 9293 section 3.5.1",
    },
    Concept {
        name: "TCP state",
        other_names: &[
            "state",
            "states",
            "connection state",
            "state diagram",
            "state machine",
            "CLOSED",
        ],
        fields: &[],
        sentences: &[
            "Each end of a TCP connection keeps a state that says which segments it expects next.",
            "No header carries the state; it follows from the segments and the calls.",
            "The usual way of a client: SYN-SENT, ESTABLISHED, then states of closing, then CLOSED.",
            "A listening socket is in LISTEN; a connection that is being opened there is in SYN-RECEIVED.",
            "The two ends are usually in different states for a moment.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "The states are beside the arrows; in parentheses those that are deduced.",
            shows: &["SYN-SENT", "(ESTABLISHED)", "LAST-ACK", "TIME-WAIT"],
        },
        attempt: Attempt {
            command: "socket-lab close --view ladder",
            notice: "Compare the states when the server and when the client closes first.",
        },
        source: "RFC 9293 section 3.3.2",
    },
    Concept {
        name: "SYN-SENT",
        other_names: &["SYN sent state"],
        fields: &[],
        sentences: &[
            "SYN-SENT is the client's state after its SYN: it waits for a SYN-ACK.",
            "The program is in connect() meanwhile, if the call blocks.",
            "With the SYN-ACK the state becomes ESTABLISHED; with a RST the connection is refused.",
            "Without an answer the kernel sends the SYN again, at growing intervals, and finally gives up.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view ladder --flow 3",
            notice: "The client is in SYN-SENT from packet 11 until packet 23 arrives, about 1 s later.",
            shows: &["11 0.000 SYN-SENT", "22 1014.247"],
        },
        attempt: Attempt {
            command: "socket-lab backlog --view ladder",
            notice: "The third client's connect() lasts as long as SYN-SENT.",
        },
        source: "RFC 9293 section 3.3.2",
    },
    Concept {
        name: "ESTABLISHED",
        other_names: &["established connection", "open connection"],
        fields: &[],
        sentences: &[
            "ESTABLISHED is the state of an end that can send and receive data.",
            "The client reaches it with the SYN-ACK, the server with the ACK that follows.",
            "The server's program need not have called accept() yet.",
            "An end stays in it as long as neither end closes or resets, even without any packet.",
        ],
        example: Example {
            command: "sniffer -r captures/idle.pcapng --view ladder --flow 1",
            notice: "After packet 3 nothing is sent for 81 ms, until the client closes with packet 14.",
            shows: &["3 0.029 ESTABLISHED", "14 81.196 FIN-WAIT-1"],
        },
        attempt: Attempt {
            command: "socket-lab idle",
            notice: "The silent client's connection stays open without a packet.",
        },
        source: "RFC 9293 section 3.3.2",
    },
];
