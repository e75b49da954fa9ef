//! How TCP carries a byte stream.

use super::concept::{Attempt, Concept, Example};

pub(super) const CONCEPTS: &[Concept] = &[
    Concept {
        name: "byte stream",
        other_names: &["stream", "TCP stream", "data stream", "in-order delivery"],
        fields: &[],
        sentences: &[
            "A byte stream is a sequence of bytes in order, without marks inside.",
            "TCP carries one in each direction of a connection.",
            "recv() returns the bytes that have arrived, up to the number that you ask for.",
            "It does not matter in how many calls of send() they were sent.",
            "In the lecture's picture the connection is a pipe: what goes in comes out in order.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --calls captures/long.calls.jsonl --view ladder",
            notice: "The client sends 65,537 bytes with one send(); the server gets 16,384 with its first recv().",
            shows: &["send(11) called ╥ 65,537 bytes", "recv(12) = 16384"],
        },
        attempt: Attempt {
            command: "socket-lab long",
            notice: "Compare the calls of send() on one side with recv() on the other.",
        },
        source: "RFC 9293 section 2.2, man 2 recv",
    },
    Concept {
        name: "message boundary",
        other_names: &["message boundaries", "framing", "record boundary", "partial read"],
        fields: &[],
        sentences: &[
            "A message boundary is the place where one message ends and the next begins.",
            "UDP keeps it: one recvfrom() gives exactly one datagram.",
            "TCP does not: your program has to find the end by itself.",
            "Usual ways are a newline, a length before the data, or closing the connection.",
            "The lab's TCP programs end each message with a newline.",
        ],
        example: Example {
            command: "sniffer -r captures/empty.pcapng --view summary",
            notice: "An empty line is a UDP datagram without data (1), but over TCP one byte, the newline (6).",
            shows: &[
                "UDP Len=0",
                "6 0.025892 #2 127.0.0.1:36648 → :13000 PSH-ACK Seq=1 Ack=1 Win=65536 Len=1",
            ],
        },
        attempt: Attempt {
            command: "socket-lab empty",
            notice: "The run shows both cases, one after the other.",
        },
        source: "RFC 768, RFC 9293 section 2.2",
    },
    Concept {
        name: "sequence numbers",
        other_names: &["relative sequence number", "numbering of bytes", "sequence space"],
        fields: &["sequence number"],
        sentences: &[
            "TCP numbers the bytes of each direction; a segment carries the number of its first byte.",
            "Bytes are counted, not segments: after 12 bytes the number is 12 higher.",
            "SYN and FIN count as one each, as if they were a byte.",
            "After 4294967295 the numbers start again at 0.",
            "Ladders show relative numbers: the distance from the initial sequence number.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "Packet 4 has seq=1 and 12 bytes, so packet 7 of the same side has seq=13.",
            shows: &["seq=1 len=12", "ACK seq=13 ack=13"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/tcp.pcapng --explain \"sequence number\"",
            notice: "Raw and relative numbers are side by side.",
        },
        source: "RFC 9293 section 3.4",
    },
    Concept {
        name: "cumulative acknowledgment",
        other_names: &[
            "ACK number meaning",
            "acknowledgments",
            "cumulative ACK",
            "positive acknowledgment",
        ],
        fields: &["acknowledgment", "acknowledgment number", "ack"],
        sentences: &[
            "An acknowledgment (ACK) gives the number of the next byte that the receiver expects.",
            "It confirms all bytes before that number, so one ACK can cover many segments.",
            "It says that the receiving kernel has the bytes, not that the program has read them.",
            "Every segment after the first SYN carries one, also those with data; only a RST can lack it.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng --view summary",
            notice: "Packet 71 acknowledges 65538: with one segment everything that the client has sent.",
            shows: &["71 0.020872 127.0.0.1:13000 → :36660 ACK Seq=1 Ack=65538"],
        },
        attempt: Attempt {
            command: "socket-lab backlog",
            notice: "A line is acknowledged before the server's program has read it.",
        },
        source: "RFC 9293 section 3.4",
    },
    Concept {
        name: "keep-alive",
        other_names: &[
            "keepalive",
            "SO_KEEPALIVE",
            "keep-alive probe",
            "tcp.analysis.keep_alive",
        ],
        fields: &[],
        sentences: &[
            "A keep-alive is a segment that asks whether the other end of an idle connection is still there.",
            "It uses a sequence number that is already acknowledged, so the peer answers with an ACK.",
            "It is off by default; a program turns it on with the socket option SO_KEEPALIVE.",
            "On Linux the first one is sent after two hours without traffic by default.",
            "Without it an idle connection can last forever, and no packet is sent.",
        ],
        example: Example {
            command: "sniffer -r captures/idle.pcapng --view ladder --flow 1",
            notice: "No keep-alive: between packet 3 and packet 14 the idle connection sends nothing.",
            shows: &["3 0.029 ESTABLISHED", "14 81.196"],
        },
        attempt: Attempt {
            command: "socket-lab idle",
            notice: "The silent connection needs no packets to stay open.",
        },
        source: "RFC 9293 section 3.8.4, man 7 tcp",
    },
    Concept {
        name: "Nagle's algorithm",
        other_names: &["Nagle", "TCP_NODELAY", "small segments", "coalescing"],
        fields: &[],
        sentences: &[
            "Nagle's algorithm avoids many small segments.",
            "While data is unacknowledged, a further small piece waits until the ACK comes.",
            "On Linux it waits only if a small segment is among the unacknowledged data.",
            "A full segment is sent at once.",
            "Together with delayed ACK it can slow down programs that send a request in two pieces.",
            "The socket option TCP_NODELAY turns it off.",
        ],
        example: Example {
            command: "sniffer -r captures/tcp.pcapng --view ladder",
            notice: "Packet 4 is small but leaves at once: no data was unacknowledged before it.",
            shows: &["PSH-ACK seq=1 len=12"],
        },
        attempt: Attempt {
            command: "socket-lab long --view summary",
            notice: "Most segments are full; the last one of a piece is smaller.",
        },
        source: "RFC 9293 section 3.7.4, man 7 tcp",
    },
    Concept {
        name: "largest segment",
        other_names: &[
            "segment size",
            "effective MSS",
            "segmentation",
            "segmentation offload",
            "TSO",
            "GSO",
        ],
        fields: &["mss", "maximum segment size"],
        sentences: &[
            "Each end announces in its SYN how many bytes of data a segment to it may have (MSS).",
            "The usual value over IPv4 is the MTU minus 40 bytes: 20 for IP, 20 for TCP.",
            "Options such as timestamps take room from the data of each segment.",
            "The two directions may differ: it is an announcement, not a negotiation.",
            "A capture on the sender can show larger segments, because the network card cuts them later.",
        ],
        example: Example {
            command: "sniffer -r captures/long.pcapng -c 4",
            notice: "SYN 1 announces 1460; segment 4 has 1448 bytes, because timestamps take 12.",
            shows: &["opt 2 MSS 1460 bytes", "1448"],
        },
        attempt: Attempt {
            command: "sniffer -r captures/long.pcapng --explain mss",
            notice: "Both SYN segments of the capture are shown.",
        },
        source: "RFC 9293 section 3.7.1, RFC 6691",
    },
];
