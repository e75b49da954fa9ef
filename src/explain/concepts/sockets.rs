//! Sockets and the calls that make and use them.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "socket",
        other_names: &["sockets", "socket()", "endpoint"],
        fields: &[],
        sentences: &[
            "A socket is the end of a communication that your program holds.",
            "Your program asks the kernel for one with socket() and gets a file descriptor, a small number.",
            "Every later call names the socket by that number.",
            "In the lecture's picture the process is a house and the socket is its door.",
            "socket() sends nothing: no packet exists before the program sends or connects.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "socket() returns 3 in the server and 11 in the client, both before packet 1.",
            shows: &["socket() = 3", "socket() = 11"],
        },
        attempt: Attempt {
            command: "socket-lab udp",
            notice: "Count the sockets: the server has one, and the client has one.",
        },
        source: "man 2 socket",
    },
    Concept {
        name: "file descriptor",
        other_names: &["fd", "descriptor", "socket descriptor"],
        fields: &[],
        sentences: &[
            "A file descriptor (fd) is a small number by which one process names an open file or socket.",
            "socket() and accept() return one; send(), recv() and close() take it.",
            "The kernel gives out the lowest number that is free, usually 3 for the first socket.",
            "Numbers 0, 1 and 2 are standard input, standard output and standard error.",
            "The number never leaves the machine: no header carries it.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "The server has two: fd 3 for the welcoming socket and fd 12 for the connection socket.",
            shows: &["welcoming socket fd 3, connection socket fd 12", "accept(3) = 12"],
        },
        attempt: Attempt {
            command: "tcp-server -v",
            notice: "Each call on standard error names its descriptor.",
        },
        source: "man 2 socket, man 2 open",
    },
    Concept {
        name: "client",
        other_names: &["client program", "active open"],
        fields: &[],
        sentences: &[
            "The client is the program that starts the conversation.",
            "It has to know the server's address and port before it starts.",
            "Its own port is usually an ephemeral port, which the kernel picks.",
            "Over TCP the client calls connect(), and the SYN comes from its side.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "The client is on the left, at port 36632; it sends packet 1.",
            shows: &["client 127.0.0.1:36632", "SYN-SENT"],
        },
        attempt: Attempt {
            command: "socket-lab tcp",
            notice: "The ladder's first line with an arrow starts at the client.",
        },
        source: "man 2 connect",
    },
    Concept {
        name: "server",
        other_names: &["server program", "passive open"],
        fields: &[],
        sentences: &[
            "The server is the program that waits until a client contacts it.",
            "It binds its socket to a port that clients know.",
            "Over TCP it also calls listen() and accept(); over UDP it calls recvfrom() and waits.",
            "One server can have many clients at the same port.",
        ],
        example: Example {
            command: "sniffer -r captures/idle.pcapng --view ladder",
            notice: "Two clients, ports 36662 and 36678, use the same server port 13000 at the same time.",
            shows: &[
                "client 127.0.0.1:36662",
                "client 127.0.0.1:36678",
                "server 127.0.0.1:13000",
            ],
        },
        attempt: Attempt {
            command: "socket-lab idle",
            notice: "The server answers the second client while the first one is silent.",
        },
        source: "man 2 listen, man 2 accept",
    },
    Concept {
        name: "bind",
        other_names: &["bind()", "binding", "binding a socket"],
        fields: &[],
        sentences: &[
            "bind() gives a socket its own address and port.",
            "A server calls it so that clients know which port to use.",
            "With port 0 the kernel picks a free port.",
            "A client usually leaves bind() out: the kernel assigns a port with the first sendto() or with connect().",
            "bind() sends nothing.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --calls captures/udp.calls.jsonl --view ladder",
            notice: "The server calls bind() with 127.0.0.1:13000; the client has no bind(), and port 38259.",
            shows: &["127.0.0.1:13000 ╫ bind(3) = 0", "client 127.0.0.1:38259"],
        },
        attempt: Attempt {
            command: "udp-server -v -p 13000",
            notice: "Standard error shows bind() with the port that you asked for.",
        },
        source: "man 2 bind, man 7 ip",
    },
    Concept {
        name: "listen",
        other_names: &["listen()", "listening", "LISTEN state"],
        fields: &[],
        sentences: &[
            "listen() turns a bound TCP socket into a listening socket.",
            "From then on the kernel answers each SYN to this port by itself.",
            "Before listen() a SYN to the port is answered with RST: the connection is refused.",
            "The argument backlog limits how many complete connections may wait for accept().",
            "UDP has no listen(): a bound UDP socket can receive at once.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "listen() is called before packet 1; the server's state is LISTEN from then on.",
            shows: &["backlog 1024 ╫ listen(3) = 0", "LISTEN"],
        },
        attempt: Attempt {
            command: "socket-lab refused",
            notice: "No socket listens at the port, so packet 4 is a RST.",
        },
        source: "man 2 listen",
    },
    Concept {
        name: "listening socket",
        other_names: &["welcoming socket", "welcome socket", "passive socket"],
        fields: &[],
        sentences: &[
            "A listening socket takes connection requests; it never carries data.",
            "The lecture calls it the welcoming socket: clients knock at it when they connect.",
            "For each client, accept() returns a new connection socket.",
            "The listening socket stays open, so that the next client can connect.",
            "Both kinds of socket have the same local port.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "accept() is called on the welcoming socket; recv() and send() use the connection socket.",
            shows: &[
                "welcoming socket ╥ accept(3) called",
                "connection socket ╥ recv(12) called",
            ],
        },
        attempt: Attempt {
            command: "socket-lab tcp --view ladder",
            notice: "The head of the ladder gives both descriptors of the server.",
        },
        source: "man 2 accept, man 2 listen",
    },
    Concept {
        name: "connection socket",
        other_names: &["connected socket", "accepted socket"],
        fields: &[],
        sentences: &[
            "A connection socket is the server's end of one TCP connection.",
            "accept() returns it, with a file descriptor of its own.",
            "The server reads from it, writes to it and closes it; the listening socket stays open.",
            "The lecture draws the connection between client socket and connection socket as a pipe.",
            "The kernel finds the right socket by four numbers: both addresses and both ports.",
        ],
        example: Example {
            command: "sniffer -r captures/close.pcapng --calls captures/close.calls.jsonl --view ladder",
            notice: "One connection after the other; each has a connection socket that accept() returned.",
            shows: &["new connection socket ╨ accept(3) = 12", "Conversation 3: TCP"],
        },
        attempt: Attempt {
            command: "socket-lab idle --view ladder",
            notice: "The two connections have two different connection sockets.",
        },
        source: "man 2 accept, RFC 9293 section 3.3.1",
    },
    Concept {
        name: "accept",
        other_names: &["accept()", "accepting"],
        fields: &[],
        sentences: &[
            "accept() takes one complete connection from the listening socket's queue and returns a connection socket.",
            "If the queue is empty, accept() blocks until a client has connected.",
            "The kernel has completed the handshake by then; accept() itself sends nothing.",
            "So a client can connect and even send before the server calls accept().",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --calls captures/backlog.calls.jsonl --view ladder",
            notice: "Packet 5 acknowledges the client's line; the server calls accept() 360 ms later.",
            shows: &["accept() was called 380 ms later", "accept(3) = 14"],
        },
        attempt: Attempt {
            command: "socket-lab backlog",
            notice: "Two connections are open before the server calls accept() at all.",
        },
        source: "man 2 accept",
    },
    Concept {
        name: "connect",
        other_names: &["connect()", "connecting"],
        fields: &[],
        sentences: &[
            "connect() on a TCP socket makes the kernel send a SYN and start the handshake.",
            "In the lecture's picture the client knocks at the server's welcoming socket.",
            "A blocking connect() returns when the SYN-ACK has arrived and the kernel has sent the ACK: after one round trip.",
            "If a RST comes back instead, it returns with the error ECONNREFUSED.",
            "On a UDP socket connect() sends nothing: it only stores the address for later calls.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --calls captures/tcp.calls.jsonl --view ladder",
            notice: "Packets 1 to 3 lie between the start of connect() and its return: on one machine the ACK takes no time.",
            shows: &["connect(11) called", "connect(11) = 0"],
        },
        attempt: Attempt {
            command: "socket-lab refused",
            notice: "connect() returns -1 with ECONNREFUSED after packet 4.",
        },
        source: "man 2 connect",
    },
    Concept {
        name: "backlog",
        other_names: &["accept queue", "listen backlog", "somaxconn", "pending connections"],
        fields: &[],
        sentences: &[
            "The backlog is the second argument of listen().",
            "On Linux it limits how many complete connections may wait for accept().",
            "The kernel reduces it to the value in /proc/sys/net/core/somaxconn if it is larger.",
            "When the queue is full, Linux by default drops further SYNs without an answer.",
            "The client's kernel then sends its SYN again, first after about one second.",
        ],
        example: Example {
            command: "sniffer -r captures/backlog.pcapng --view summary",
            notice: "SYN 11 finds the queue full and gets no answer; packet 22 is its retransmission.",
            shows: &["22 1.135437 #3 127.0.0.1:36692 → :13000 SYN Seq=0 [retransmission of 11]"],
        },
        attempt: Attempt {
            command: "socket-lab backlog",
            notice: "The third client waits about one second in connect().",
        },
        source: "man 2 listen",
    },
    Concept {
        name: "blocking call",
        other_names: &[
            "blocking",
            "blocking socket",
            "non-blocking",
            "nonblocking",
            "O_NONBLOCK",
            "EAGAIN",
        ],
        fields: &[],
        sentences: &[
            "A call blocks when it does not return before something has happened, such as the arrival of data.",
            "accept(), recv(), recvfrom() and connect() block by default.",
            "send() blocks only while the socket's send buffer has no room.",
            "A blocked program uses no processor time; the kernel wakes it up.",
            "With O_NONBLOCK the call returns at once with an error such as EAGAIN instead.",
        ],
        example: Example {
            command: "sniffer -r captures/udp.pcapng --calls captures/udp.calls.jsonl --view ladder",
            notice: "The server's lane is a double line from recvfrom(3) called until packet 1 has arrived.",
            shows: &["recvfrom(3) called", "the server waits in recvfrom()"],
        },
        attempt: Attempt {
            command: "socket-lab idle",
            notice: "The server's recv() for the silent client lasts until that client closes.",
        },
        source: "man 2 recv, man 7 socket",
    },
];
