//! What can go wrong, and what calls return then.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "connection refused",
        other_names: &["ECONNREFUSED", "refused", "closed port"],
        fields: &[],
        sentences: &[
            "Connection refused means that an answer came, usually because no program listens at this port.",
            "Over TCP the answer to the SYN is a RST, and connect() fails with ECONNREFUSED.",
            "Over UDP it is the ICMP error port unreachable.",
            "Usual causes: the server is not running, or the address or port is wrong.",
            "A firewall can send the same answer.",
            "No answer at all is different: then the call waits and times out.",
        ],
        example: Example {
            command: "sniffer -r captures/refused.pcapng --calls captures/refused.calls.jsonl --view ladder",
            notice: "ICMP error 2 answers datagram 1; RST 4 answers SYN 3. Both calls get ECONNREFUSED.",
            shows: &["ICMP port unreachable", "connect(9) = -1 ╨ ECONNREFUSED"],
        },
        attempt: Attempt {
            command: "socket-lab refused",
            notice: "The run tries both protocols without a server.",
        },
        source: "RFC 9293 section 3.5.2, man 2 connect",
    },
    Concept {
        name: "port unreachable",
        other_names: &[
            "ICMP port unreachable",
            "destination unreachable",
            "unreachable",
            "IP_RECVERR",
        ],
        fields: &[],
        sentences: &[
            "Port unreachable is an ICMP error: the datagram arrived, but no socket has this UDP port.",
            "The destination's kernel sends it, not a program.",
            "On Linux a program gets it if its socket is connected, or has the option IP_RECVERR.",
            "Without that a UDP client learns nothing and waits for a reply.",
            "The error can be lost or filtered: silence does not mean that a server got the datagram.",
        ],
        example: Example {
            command: "sniffer -r captures/refused.pcapng --calls captures/refused.calls.jsonl --view ladder",
            notice: "The client sets IP_RECVERR, so after ICMP error 2 its recvfrom() fails with ECONNREFUSED.",
            shows: &["IP_RECVERR = 1", "recvfrom(9) = -1 ╫ ECONNREFUSED"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/refused.pcapng -c 2",
            notice: "The error quotes the datagram that caused it.",
        },
        source: "RFC 792, RFC 1122 section 4.1.3.1, man 7 ip",
    },
    Concept {
        name: "connection reset",
        other_names: &[
            "ECONNRESET",
            "connection reset by peer",
            "RST segment",
            "reset by peer",
            "abort",
        ],
        fields: &["rst", "reset"],
        sentences: &[
            "A reset ends a connection at once: a segment with the flag RST, without a farewell.",
            "A kernel sends it for a segment that belongs to no connection that it has.",
            "It also follows if a program closes a socket with unread data (on Linux).",
            "The peer's next call usually fails with ECONNRESET.",
            "Data on its way is lost, and no TIME-WAIT follows.",
        ],
        example: Example {
            command: "sniffer -r captures/syn-scan.pcapng --view ladder",
            notice: "RST 3 ends the connection that SYN 1 began; RST 5 answers a SYN to a closed port.",
            shows: &["RST seq=1", "reset the connection after the SYN"],
        },
        attempt: Attempt {
            command: "socket-lab syn-scan",
            notice: "One RST comes from the scanner, one from a closed port.",
        },
        source: "RFC 9293 section 3.5.2, RFC 2525 section 2.17",
    },
    Concept {
        name: "EADDRINUSE",
        other_names: &["address already in use", "address in use", "port in use"],
        fields: &[],
        sentences: &[
            "EADDRINUSE means that bind() or listen() failed: the port is taken.",
            "Most often another program is already bound to it.",
            "After a TCP server ends, its old connections can be in TIME-WAIT and block the port.",
            "The socket option SO_REUSEADDR allows bind() in this second case.",
            "UDP and TCP ports are separate: the same number can be free in one and taken in the other.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "bind() returns 0, so the port was free; after packet 10 the server is in TIME-WAIT.",
            shows: &["bind(3) = 0", "the server stays in TIME-WAIT"],
        },
        attempt: Attempt {
            command: "tcp-server -p 13000",
            notice: "Start it in two terminals: the second one reports the error.",
        },
        source: "man 2 bind",
    },
    Concept {
        name: "SO_REUSEADDR",
        other_names: &[
            "REUSEADDR",
            "reuse address",
            "socket option",
            "setsockopt",
            "setsockopt()",
        ],
        fields: &[],
        sentences: &[
            "SO_REUSEADDR is a socket option that a server sets before bind().",
            "It allows bind() to a port whose old connections are still in TIME-WAIT.",
            "On Linux it does not allow a second TCP socket while another one listens at the port.",
            "Without it a TCP server that you restart can fail with EADDRINUSE for up to a minute.",
            "On Linux two UDP sockets that both set it can share a port, so the lab's UDP server leaves it out.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "The server calls setsockopt() with SO_REUSEADDR = 1 before bind(), all before packet 1.",
            shows: &["SO_REUSEADDR = 1 ╫ setsockopt(3) = 0"],
        },
        attempt: Attempt {
            command: "tcp-server -v",
            notice: "Standard error shows setsockopt() before bind().",
        },
        source: "man 7 socket, man 7 ip",
    },
    Concept {
        name: "SIGPIPE",
        other_names: &["EPIPE", "broken pipe", "MSG_NOSIGNAL"],
        fields: &[],
        sentences: &[
            "EPIPE is the error of send() on a connection that no longer takes data.",
            "The kernel then also sends your process the signal SIGPIPE, which ends it by default.",
            "Programs avoid that with the flag MSG_NOSIGNAL, or they ignore the signal.",
            "A usual cause: the peer closed, your first send() was answered with RST, and you send again.",
            "The first send() succeeds, because it only passes data to the kernel.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "No EPIPE here: after FIN 8 the client sees recv(11) = 0 and closes with FIN 9.",
            shows: &["recv(11) = 0", "the end of the stream"],
        },
        attempt: Attempt {
            command: "socket-lab close --view ladder",
            notice: "No end sends data after the peer has closed completely.",
        },
        source: "man 2 send, man 7 signal",
    },
    Concept {
        name: "recv returning 0",
        other_names: &[
            "recv() = 0",
            "end of stream",
            "end of the stream",
            "EOF",
            "end of file",
            "empty read",
        ],
        fields: &[],
        sentences: &[
            "recv() returns 0 on a TCP socket when the peer has sent FIN and all data is read.",
            "It is the end of the stream, not an error and not an empty message.",
            "Your program should then close the socket; a further recv() returns 0 again at once.",
            "Over UDP 0 means a datagram without data; more datagrams can follow.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "After FIN 8 the client's next recv() returns 0.",
            shows: &["recv(11) = 0 ╫ the end of the stream"],
        },
        attempt: Attempt {
            command: "socket-lab empty",
            notice: "recvfrom() returns 0 for an empty datagram; the conversation continues.",
        },
        source: "man 2 recv",
    },
];
